import { Tokenizer } from "htmlparser2";

/** A character reference with its semicolon; bounded, so that no input makes the search expensive. */
const REFERENCE = /&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});/gu;

const ignore = (): void => {};

/** One reference as HTML decodes it, numbers of windows-1252 and lone surrogates included; itself when unknown. */
function decodeOne(reference: string): string {
  let decoded = "";
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: (start, end) => void (decoded += reference.slice(start, end)),
      ontextentity: (codePoint) => void (decoded += String.fromCodePoint(codePoint)),
      onattribdata: ignore,
      onattribentity: ignore,
      onattribend: ignore,
      onattribname: ignore,
      oncdata: ignore,
      onclosetag: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onopentagend: ignore,
      onopentagname: ignore,
      onprocessinginstruction: ignore,
      onselfclosingtag: ignore,
    },
  );
  tokenizer.write(reference);
  tokenizer.end();
  return decoded;
}

const KEEP = 4096;
const known = new Map<string, string>([
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&apos;", "'"],
]);

/**
 * Text with its character references decoded once, by HTML's table (feeds use `&nbsp;` and `&eacute;` although XML
 * knows only five names). A reference needs its semicolon: the bare `&copy=1` of a broken link stays as it is.
 */
export function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(REFERENCE, (reference) => {
    const seen = known.get(reference);
    if (seen !== undefined) return seen;
    const decoded = decodeOne(reference);
    if (known.size < KEEP) known.set(reference, decoded);
    return decoded;
  });
}
