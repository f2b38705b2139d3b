/** How far into a page a `<meta charset>` is looked for: twice what the HTML standard asks for. */
const PRESCAN_BYTES = 2048;

const META_CHARSET = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})/iu;
const XML_ENCODING = /^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,40})["']/iu;
const HEADER_CHARSET = /charset\s*=\s*["']?\s*([\w.:-]{2,40})/iu;

/**
 * The bytes of a page as text. The encoding is what the byte order mark says, else the Content-Type header, else the
 * page's own `<meta charset>` or XML declaration (HTML standard, 13.2.3.2), else UTF-8; bytes that are not valid UTF-8
 * are then read as windows-1252. Never throws.
 */
export function decodePage(bytes: Uint8Array, contentType: string | null): string {
  const marked = byteOrderMark(bytes);
  const label = marked ?? knownLabel(HEADER_CHARSET.exec(contentType ?? "")?.[1]) ?? declaredLabel(bytes);
  if (label !== null) return new TextDecoder(label).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * The bytes of a saved page as text. Who saves a page often rewrites it as UTF-8 and leaves the old declaration in it:
 * so what is valid UTF-8 is UTF-8, and only the rest is read as `decodePage` does. Never throws.
 */
export function decodeSaved(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodePage(bytes, null);
  }
}

function byteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return null;
}

function declaredLabel(bytes: Uint8Array): string | null {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, PRESCAN_BYTES));
  const label = knownLabel(META_CHARSET.exec(start)?.[1] ?? XML_ENCODING.exec(start)?.[1]);
  // A declaration that could be read as ASCII can't be UTF-16: the standard takes it for UTF-8.
  return label?.startsWith("utf-16") === true ? "utf-8" : label;
}

/** The label when `TextDecoder` knows it, else null: a made-up charset counts as none. */
function knownLabel(label: string | undefined): string | null {
  if (label === undefined) return null;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}
