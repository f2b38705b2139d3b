import type { Millis } from "../../domain/types.ts";
import { type Finding, hit } from "./finding.ts";

/** The dates of an entry, and the time now. */
export type Dates = {
  readonly published: Millis | null;
  readonly firstSeenAt: Millis;
  readonly now: Millis;
};

const HOUR: Millis = 3_600_000;
const WEEK: Millis = 7 * 24 * HOUR;
const MONTH: Millis = 30 * 24 * HOUR;

/** When an article was written: its date when that can be true (0 to 30 days before it was first seen), else then. */
export function writtenAt({ published, firstSeenAt }: Omit<Dates, "now">): Millis {
  const age = firstSeenAt - (published ?? firstSeenAt);
  return age >= 0 && age <= MONTH ? firstSeenAt - age : firstSeenAt;
}

/** An article whose day is past; `maxAge` is the feed's. */
export function age(dates: Dates & { readonly maxAge: Millis }): Finding {
  return dates.now - writtenAt(dates) > dates.maxAge
    ? hit(`older than ${Math.round(dates.maxAge / HOUR)} hours when it was first read`)
    : null;
}

/** A date that has not come yet (an embargo); one more than a week ahead is a slip and not believed. */
export function futureDate({ published, firstSeenAt, now }: Dates): Finding {
  return published !== null && published > now && published - firstSeenAt <= WEEK
    ? hit("dated in the future: it waits until then")
    : null;
}
