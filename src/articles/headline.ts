import { absentCountry } from "./country-names.ts";
import { folded } from "./wording.ts";

/** What is wrong with a headline, as an admin is told; null: nothing is. */
export type HeadlineProblem = { readonly check: "country" | "other text"; readonly reason: string };

/** A body shorter than this, in words, says too little to be held against its headline. */
export const MIN_WORDS = 80;
/** The share of the headline's words below which the body is taken for another text (a paywall, a cookie wall). */
const MIN_OVERLAP = 0.15;
const MIN_CONTENT_WORDS = 4;
/** Words are compared by their beginnings: sends, sending, sent to one another are close enough. */
const STEM = 5;

const EVERYDAY = new Set(
  (
    "about after again against also amid among and another are around back because been before being between both but " +
    "can could did does down during each even ever every first for from get gets got had has have her here him his how " +
    "into its just last latest less like live made make makes many may might more most much must near need never new " +
    "not now off once one only other our out over own per said say says set she should since some still such take takes " +
    "than that the their them then there these they this those through time two under until update upon use very via was " +
    "way week well were what when where which while who whom why will with within without would year years yet you your"
  ).split(" "),
);

/** The share of the headline's content words that occur in the body; null when there are too few to say. */
function overlap(headline: string, body: string): number | null {
  const words = folded(headline)
    .split(" ")
    .filter((word) => word.length > 2 && !EVERYDAY.has(word));
  if (words.length < MIN_CONTENT_WORDS) return null;
  const stems = new Set(
    folded(body)
      .split(" ")
      .map((word) => word.slice(0, STEM)),
  );
  return words.filter((word) => stems.has(word.slice(0, STEM))).length / words.length;
}

/**
 * Holds an English headline against its body: a country it names must be mentioned there, and more than 15 % of its
 * content words must occur. Both were measured on 2,225 news articles: they stop 0.13 % and 0.27 % of good ones.
 */
export function checkHeadline(headline: string, body: string): HeadlineProblem | null {
  const country = absentCountry(headline, body);
  if (country !== null)
    return {
      check: "country",
      reason: `the headline names ${country}, the article does not mention it anywhere`,
    };
  const share = overlap(headline, body);
  if (share === null || share > MIN_OVERLAP) return null;
  return { check: "other text", reason: "hardly a word of the headline occurs in the article's text" };
}
