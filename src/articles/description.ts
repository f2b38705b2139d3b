import { graphemeLength } from "../lib/text.ts";
import { isCut } from "./sentences.ts";
import { folded, sameWords } from "./wording.ts";

const SHORTEST = 15;
/** What is longer is an article, not a description of one. */
const LONGEST = 500;
/** Where search engines cut: a text of about this length that breaks off was cut for them. */
const SEARCH_CUT = 140;

/** What is known of an article when its description is judged. */
export type Described = {
  readonly title: string;
  readonly siteName: string | null;
  readonly text: string;
  readonly keyPoints: readonly string[];
};

/**
 * The publisher's own description (the dek): the first candidate that a person wrote for the reader. Passed over are
 * the headline or the site's name again, text that was cut (with or without an ellipsis), the key points run
 * together, and what is too short or too long to be one. Candidates are plain text without boilerplate.
 */
export function chooseDescription(candidates: readonly string[], article: Described): string | null {
  return candidates.find((candidate) => isDescription(candidate, article)) ?? null;
}

function isDescription(text: string, { title, siteName, text: body, keyPoints }: Described): boolean {
  const length = graphemeLength(text);
  if (length < SHORTEST || length > LONGEST || isCut(text)) return false;
  if (sameWords(text, title) || (siteName !== null && sameWords(text, siteName))) return false;
  const words = folded(text);
  if (words === "" || folded(title).startsWith(words)) return false;
  if (keyPoints.some((point) => words.startsWith(folded(point)))) return false;
  return endsLikeSentence(text) || !(length >= SEARCH_CUT || folded(body).includes(words));
}

const endsLikeSentence = (text: string): boolean => /[.!?。！？।؟][\p{Pe}\p{Pf}"'’”]*$/u.test(text);
