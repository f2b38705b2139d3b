const DECLARATION = /^\s{0,64}<\?xml[^>]{0,256}?encoding\s{0,8}=\s{0,8}["']([\w.:-]{1,40})["']/iu;
const CHARSET = /charset\s{0,8}=\s{0,8}["']?([\w.:-]{1,40})/iu;

/** The decoder of a label of the WHATWG Encoding Standard; null when there is none by that name. */
function decoderOf(label: string | null, fatal: boolean): TextDecoder | null {
  if (label === null) return null;
  try {
    return new TextDecoder(label, { fatal });
  } catch {
    return null;
  }
}

/** The text when every byte is valid in that encoding, else null. */
function strictly(body: Uint8Array, label: string | null): string | null {
  try {
    return decoderOf(label, true)?.decode(body) ?? null;
  } catch {
    return null;
  }
}

/** UTF-16, told by its byte order mark or, without one, by the zero byte beside the first character. */
function utf16Label(body: Uint8Array): string | null {
  const [first, second, third, fourth] = body;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (second === 0 && fourth === 0 && first !== 0 && third !== 0) return "utf-16le";
  if (first === 0 && third === 0 && second !== 0 && fourth !== 0) return "utf-16be";
  return null;
}

function declaredLabel(body: Uint8Array): string | null {
  const head = new TextDecoder("latin1").decode(body.subarray(0, 512));
  return DECLARATION.exec(head)?.[1] ?? null;
}

/** UTF-8 with some bad bytes keeps its good characters; text that is mostly bad never was UTF-8. */
function loosely(body: Uint8Array): string {
  const text = new TextDecoder().decode(body);
  let bad = 0;
  let good = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0xfffd) bad++;
    else if (unit > 0x7f) good++;
  }
  return good > bad ? text : new TextDecoder("windows-1252").decode(body);
}

/**
 * The bytes as text, by what they are rather than what they are called: a byte order mark, then UTF-16 without one,
 * then valid UTF-8 with a character beyond ASCII in it (no text of another encoding looks like that by chance), then
 * the charset of Content-Type (RFC 7303, 3), then that of the XML declaration; UTF-8 that fails is read as
 * windows-1252. Zero bytes are dropped. Never throws.
 */
export function decodeBody(body: Uint8Array, contentType: string | null): string {
  const wide = utf16Label(body);
  if (wide !== null) return clean(new TextDecoder(wide).decode(body));
  const utf8 = strictly(body, "utf-8");
  if (utf8 !== null && utf8.length !== body.length) return clean(utf8);
  // As many characters as bytes: nothing but ASCII, which is the same in every encoding that is left, but for those
  // that switch by an escape (ISO-2022-JP).
  if (utf8 !== null && !["\0", "\u001b", "~"].some((special) => utf8.includes(special))) return utf8;
  const labels = [CHARSET.exec(contentType ?? "")?.[1] ?? null, declaredLabel(body)];
  for (const label of labels) {
    if (label !== null && /^utf-?16/iu.test(label)) continue;
    const text = strictly(body, label);
    if (text !== null) return clean(text);
  }
  return clean(utf8 ?? loosely(body));
}

/** Control characters that no document means; those of the upper half are windows-1252 that was taken for Latin-1. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const STRAY = /[\0\u0080-\u009f]/gu;
const windows1252 = new TextDecoder("windows-1252");

const clean = (text: string): string =>
  text.replaceAll(STRAY, (stray) =>
    stray === "\0" ? "" : windows1252.decode(Uint8Array.of(stray.charCodeAt(0))),
  );
