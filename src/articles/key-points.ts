import type { KeyPointOrigin, KeyPoints } from "../domain/types.ts";
import { findBody } from "./key-points/body.ts";
import { findCandidates } from "./key-points/candidates.ts";
import type { Found } from "./key-points/found.ts";
import { ACCEPTED, judge } from "./key-points/judge.ts";
import { readPage } from "./key-points/page.ts";
import { settingOf, type Setting } from "./key-points/setting.ts";
import { findZones } from "./key-points/zones.ts";

/** Something with the form of key points, and how it was judged. */
export type Candidate = {
  readonly points: readonly string[];
  readonly origin: KeyPointOrigin;
  readonly label: string | null;
  readonly score: number;
  readonly reasons: readonly string[];
};

export type Extraction = { readonly keyPoints: KeyPoints; readonly candidates: readonly Candidate[] };

export type ExtractOptions = {
  /** Where it was found: links to it with a fragment lead to places in the text. */
  readonly url: string | null;
  /** Not asked today: labels are looked up in all languages, for many pages declare a wrong one. */
  readonly language: string | null;
  /** A feed's content: the whole is the article's body. */
  readonly fragment?: boolean;
};

const NOTHING: KeyPoints = { points: [], origin: null, label: null };

/**
 * The publisher's own key points of an article, verbatim and in order; none when nothing on the page reaches the
 * mark. All candidates come along, best first, with the reasons of their scores. Pure; a document of more than
 * 15,000 elements, or nested deeper than 1,500, is read up to there.
 */
export function extractKeyPoints(html: string, options: ExtractOptions): Extraction {
  const page = readPage(html, options.url);
  const zones = findZones(page);
  const body = findBody(page, zones, options.fragment ?? false);
  const headline = page.blocks[body.title]?.text;
  const found = findCandidates(page).map((one) => withoutHeadline(one, headline));
  const setting = settingOf(page, body, zones, found, options.fragment ?? false);
  const candidates = found
    .map((one) => candidateOf(one, setting))
    .sort((one, other) => other.score - one.score);
  const best = candidates[0];
  if (best === undefined || best.score < ACCEPTED) return { keyPoints: NOTHING, candidates };
  const { points, origin, label } = best;
  return { keyPoints: { points, origin, label }, candidates };
}

/** The headline is no label of what follows it, though it may read like one ("Five takeaways from the debate"). */
function withoutHeadline(found: Found, headline: string | undefined): Found {
  if (headline === undefined) return found;
  const label = found.label?.text === headline ? null : found.label;
  const heading = found.heading?.text === headline ? null : found.heading;
  return { ...found, label, heading };
}

function candidateOf(found: Found, setting: Setting): Candidate {
  return { label: found.label?.text ?? found.heading?.text ?? null, ...judge(found, setting) };
}
