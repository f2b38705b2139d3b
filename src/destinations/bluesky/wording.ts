import { ellipsize, graphemeLength, oneLine, takeGraphemes, utf8Length } from "../../lib/text.ts";

/** A post holds 300 graphemes and 3,000 bytes, whichever comes first (lexicon `app.bsky.feed.post`). */
export const POST_GRAPHEMES = 300;
const BYTES_PER_GRAPHEME = 10;

/** How much of the 300 the text takes; a text that is heavier in bytes than in graphemes weighs by its bytes. */
export const weight = (text: string): number =>
  Math.max(graphemeLength(text), utf8Length(text) / BYTES_PER_GRAPHEME);

/** A text from a feed as one line that cannot disturb its neighbours. */
export const clean = (text: string | null): string => oneLine(text ?? "");

/** At most `max` of weight, cut at a word with an ellipsis; for headlines and deks, never for key points. */
export const shorten = (text: string, max: number, measure: (text: string) => number = weight): string =>
  ellipsize(takeGraphemes(text, POST_GRAPHEMES * 2), max, measure);

const folded = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "");

/** Whether two texts say the same but for case, punctuation and spaces. */
export const saysTheSame = (one: string, other: string): boolean => folded(one) === folded(other);
