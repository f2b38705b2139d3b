import { Tokenizer } from "htmlparser2";

/**
 * What is read of one document, in pieces: a reference is one, an attribute two, an element eight, about as each
 * weighs in a tree. None of 174 real pages comes to that much; the trees made of it take about 40 MB.
 */
export const MOST_PIECES = 80_000;
const ELEMENT = 8;
const ATTRIBUTE = 2;
/** Of one element: parsers look through all of them for each one more. */
export const MOST_ATTRIBUTES = 1_000;

/** Names longer than this count for more: parsers put them together letter by letter. */
const NAME = 8;
const lengthOf = (start: number, end: number): number => Math.floor((end - start) / NAME);

const ignore = (): void => {};

/**
 * The beginning of an HTML document, as far as its tree stays small; nearly always all of it. Whoever writes more is
 * read up to there, as a page that broke off. Linear in the length, never throws.
 */
export function boundedHtml(html: string): string {
  let pieces = 0;
  let attributes = 0;
  let kept = html.length;
  let value = 0;
  const count = (weight: number, end: number): void => {
    pieces += weight;
    if (pieces <= MOST_PIECES && attributes <= MOST_ATTRIBUTES) return;
    kept = Math.min(kept, end);
    tokenizer.pause();
  };
  const tokenizer: Tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (start, end) => {
        attributes = 0;
        count(ELEMENT + lengthOf(start, end), start - 1);
      },
      onattribname: (start, end) => {
        attributes++;
        value = start;
        count(ATTRIBUTE + lengthOf(start, end), start);
      },
      // Where it stands is not told, only where the text before it does.
      onattribentity: () => count(1, value),
      onattribdata: (start) => void (value = start),
      ontextentity: (_, end) => count(1, end),
      ontext: ignore,
      onattribend: ignore,
      oncdata: ignore,
      onclosetag: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onopentagend: ignore,
      onprocessinginstruction: ignore,
      onselfclosingtag: ignore,
    },
  );
  tokenizer.write(html);
  return html.slice(0, kept);
}
