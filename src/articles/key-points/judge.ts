import type { KeyPointOrigin } from "../../domain/types.ts";
import type { Found } from "./found.ts";
import { noteLabel, notePlace } from "./place.ts";
import { keepPoints, noteItems, noteMeaning, noteSections } from "./points.ts";
import { isLead, isQuestion, type Note, type Setting } from "./setting.ts";

export type Verdict = {
  readonly points: readonly string[];
  readonly origin: KeyPointOrigin;
  readonly score: number;
  readonly reasons: readonly string[];
};

/** A candidate is key points when its score reaches this. */
export const ACCEPTED = 3;

/** The most that the meaning of the points can add. */
const MOST_FOR_WORDS = 0.5;

/** Weighs one candidate: what stands over it, where it stands, and what its items are like. */
export function judge(found: Found, setting: Setting): Verdict {
  const kept = keepPoints(found.items);
  const plain = [...noteLabel(found), ...notePlace(found, setting), ...noteItems(found, kept)];
  // What the words say is looked at only where it could matter.
  const notes =
    sum(plain) < ACCEPTED - MOST_FOR_WORDS
      ? plain
      : [...plain, ...noteMeaning(found, kept, setting), ...noteSections(found, kept, setting)];
  const score = sum(notes);
  return {
    points: kept.map((item) => item.text),
    origin: originOf(found, setting),
    score: Math.round(score * 100) / 100,
    reasons: notes.map(([points, reason]) => `${points > 0 ? "+" : ""}${points} ${reason}`),
  };
}

const sum = (notes: readonly Note[]): number => notes.reduce((total, [points]) => total + points, 0);

function originOf(found: Found, setting: Setting): KeyPointOrigin {
  if (found.label !== null) return found.form === "lines" ? "text bullets" : "box";
  if (found.form === "lines") return "text bullets";
  if (isLead(found, setting.body)) return "lead list";
  return isQuestion(found.heading?.text) ? "question list" : "section list";
}
