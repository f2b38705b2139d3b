import { countGraphemes, graphemeSegments } from "unicode-segmenter/grapheme";

/** How many characters a person sees (UAX #29): what Bluesky counts. */
export const graphemeLength = (text: string): number => countGraphemes(text);

const encoder = new TextEncoder();

/** Length in UTF-8 bytes: what facets and byte limits count. */
export const utf8Length = (text: string): number => encoder.encode(text).length;

/** What is to become one space; a space between two words, which most are, is one already and is left alone. */
const WHITE_SPACE = /[\s\u200b]{2,}|[^\S ]|\u200b/gu;

/** White space of every kind becomes one space; the ends are trimmed. */
export const normaliseSpace = (text: string): string => text.replaceAll(WHITE_SPACE, " ").trim();

/** Text without any of this, as most lines are, is one line already. */
const UNUSUAL = /[^ -~\u00a1-\u024f]|^ | {2}| $/u;

/** Embeddings, overrides and isolates: one that is left open turns round what stands after it. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Control characters, newlines, lone surrogates and what turns the direction of writing removed: safe as one line of a
 * log, a terminal or a title.
 */
export const oneLine = (text: string): string =>
  UNUSUAL.test(text)
    ? normaliseSpace(
        text
          .toWellFormed()
          .replaceAll(DIRECTIONS, "")
          .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " "),
      )
    : text;

/** At most `max` graphemes of the text, never cutting one. */
export function takeGraphemes(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  let count = 0;
  for (const { segment } of graphemeSegments(text)) {
    if (count++ >= max) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/**
 * The text when it measures at most `max`, else cut at a word with an ellipsis. `measure` is the platform's own way
 * to count (graphemes, UTF-16 units, bytes). For body sentences and titles only: a key point is never cut.
 */
export function ellipsize(
  text: string,
  max: number,
  measure: (text: string) => number = graphemeLength,
): string {
  if (measure(text) <= max) return text;
  let kept = "";
  let whole = "";
  for (const { segment } of graphemeSegments(text)) {
    if (measure(`${kept}${segment}…`) > max) break;
    if (/\s/u.test(segment)) whole = kept;
    kept += segment;
  }
  const cut = whole.length > kept.length / 2 ? whole : kept;
  return max < 1 ? "" : `${cut.trimEnd()}…`;
}
