import type { Millis, ParsedEntry } from "../domain/types.ts";

export type FloodInput = {
  /** The entries that are new in this poll. */
  readonly fresh: readonly ParsedEntry[];
  /** How many entries the document lists. */
  readonly listed: number;
  /** The newest entry that was known before is not in the document. */
  readonly newestKnownGone: boolean;
  /** How many of the new ones have a text that a known entry has. */
  readonly matchingKnownText: number;
  /** How many new entries each of the last polls that brought any had; at most 50 count. */
  readonly history: readonly number[];
  readonly lastGoodPoll: Millis | null;
  readonly now: Millis;
};

const ALWAYS_ALLOWED = 10;
const ENOUGH_POLLS = 5;
const MAX_POLLS = 50;
const SHORT_LIST = 5;
const FUTURE = 7 * 86_400_000;
/** A cache shows an entry late, and two clocks differ: a date so little before the last poll is news all the same. */
const LATE = 3_600_000;

/** The most new entries that one poll may bring: ten, or three times the 90th percentile of what is usual. */
function allowance(history: readonly number[]): number {
  const recent = history.slice(-MAX_POLLS).sort((a, b) => a - b);
  if (recent.length < ENOUGH_POLLS) return ALWAYS_ALLOWED;
  const percentile = recent[Math.ceil(recent.length * 0.9) - 1] ?? 0;
  return Math.max(ALWAYS_ALLOWED, 3 * percentile);
}

/** Published since about the last poll, as real news is; a date more than a week ahead is none. */
function isRecent({ published }: ParsedEntry, lastGoodPoll: Millis, now: Millis): boolean {
  // Our own clock may have been ahead at that poll.
  const since = Math.min(lastGoodPoll, now) - LATE;
  return published !== null && published > since && published <= now + FUTURE;
}

/**
 * Why all new entries of a poll must wait for an admin, as a sentence for her; null when they need not. Two signs: far
 * more of them than this feed ever brings, or most of the list replaced at once by what looks old (a migration, a
 * rewritten feed). Entries dated after the last good poll count for neither, unless at least half of the new ones
 * repeat known texts: then the dates were stamped anew. `history` comes oldest first. A first poll floods nobody.
 */
export function floodReason(input: FloodInput): string | null {
  const { fresh, listed, lastGoodPoll, now } = input;
  if (lastGoodPoll === null || fresh.length === 0) return null;
  const restamped = input.matchingKnownText * 2 >= fresh.length;
  const counted = restamped ? fresh : fresh.filter((entry) => !isRecent(entry, lastGoodPoll, now));
  const allowed = allowance(input.history);
  if (counted.length > allowed) {
    return `${counted.length} new entries at once that are not dated since the last poll; up to ${allowed} would be usual for this feed`;
  }
  const replaced = listed >= SHORT_LIST && counted.length * 2 >= listed && input.newestKnownGone;
  if (!replaced) return null;
  const look = restamped ? "repeat known texts" : "bear old dates or none";
  return `${counted.length} of the ${listed} listed entries are new, the newest known one is gone, and the new ones ${look}: the feed may have been moved or rebuilt`;
}
