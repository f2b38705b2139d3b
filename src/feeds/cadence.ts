import type { Millis, PollSchedule } from "../domain/types.ts";
import { type Rhythm, rhythmInterval } from "./rhythm.ts";

export type CadenceInput = {
  readonly now: Millis;
  readonly schedule: PollSchedule;
  /** How often the feed brings something; null: it does not show. */
  readonly rhythm: Rhythm | null;
  /** No schedule asks sooner than this after a poll: `LEAST_GAP`, or 0 for the operator's own hosts. */
  readonly leastGap: Millis;
  /** The zone in which a cron expression is meant. */
  readonly timezone: string;
  /** How long the answer stays fresh, from `FeedResponse`; 0: it does not say. */
  readonly freshness: Millis;
  /** What Retry-After asks for; 0: nothing. */
  readonly retryAfterMs: Millis;
  /** What `ttl` and `sy:` ask for. */
  readonly updateInterval: Millis | null;
  readonly skipHours: readonly number[];
  readonly skipDays: readonly number[];
  /** How many polls in a row failed, this one included; 0 after a good one. */
  readonly failures: number;
  readonly firstRetry: Millis;
  readonly maxRetry: Millis;
  readonly random: () => number;
  readonly nextSlot: (expression: string, timezone: string, after: Millis) => Millis;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** No publisher is asked more often, whatever the admin wrote. */
export const LEAST_GAP = 5 * MINUTE;
/** A poll begins some seconds after its slot: the slot five minutes on is meant all the same. */
const SLOT_SLACK = MINUTE;
const MAX_FRESHNESS = DAY;
/** Feeds that say `yearly` bring news all the same. */
const MAX_HINT = DAY;
const MAX_RETRY_AFTER = 7 * DAY;

/** The schedule's own next time; the feed's hints lengthen only what was not written for this feed. */
function scheduled(input: CadenceInput): Millis {
  const { now, schedule, leastGap } = input;
  if (schedule.kind === "cron") {
    const earliest = now + Math.max(0, leastGap - SLOT_SLACK);
    return Math.max(now + leastGap, input.nextSlot(schedule.expression, input.timezone, earliest));
  }
  if (schedule.kind === "every") return now + Math.max(schedule.interval, leastGap);
  const own = schedule.kind === "rhythm" && input.rhythm !== null;
  const interval = own ? rhythmInterval(input.rhythm, now, schedule) : schedule.interval;
  return now + Math.max(interval, leastGap, Math.min(input.updateInterval ?? 0, MAX_HINT));
}

/**
 * The wait after failures in a row: three times as long each, and up to half as long again by chance, so that it at
 * least doubles and feeds that failed together don't come back together. It starts from the wait there would be
 * without a failure, but no less than five minutes: a failing feed is never asked sooner than a good one.
 */
function backOff(input: CadenceInput, usual: Millis): Millis {
  if (input.failures === 0) return 0;
  const first = Math.max(input.firstRetry, usual, LEAST_GAP);
  const wait = first * 3 ** Math.min(input.failures - 1, 20) * (1 + input.random() / 2);
  return Math.min(wait, input.maxRetry);
}

/** The first moment from `time` on that is in no skipped GMT hour or weekday; `time` itself when all are skipped. */
export function afterSkipped(time: Millis, hours: readonly number[], days: readonly number[]): Millis {
  if (hours.length === 0 && days.length === 0) return time;
  let at = time;
  for (let i = 0; i < 8 * 24; i++) {
    const date = new Date(at);
    if (!hours.includes(date.getUTCHours()) && !days.includes(date.getUTCDay())) return at;
    at = (Math.floor(at / HOUR) + 1) * HOUR;
  }
  return time;
}

/**
 * When to ask a feed again: the latest of its schedule, its freshness (to 24 h), Retry-After (to 7 days) and the wait
 * after failures (to `maxRetry`), then moved out of the hours and days that it wants skipped. An `every` or `cron` of
 * the admin's beats `ttl` and `sy:`, the default schedule and the feed's own rhythm do not; none asks sooner than `leastGap`. Pure but for
 * `random`.
 */
export function nextPollAt(input: CadenceInput): Millis {
  const { now } = input;
  const schedule = scheduled(input);
  const earliest = Math.max(
    schedule,
    now + Math.min(input.freshness, MAX_FRESHNESS),
    now + Math.min(input.retryAfterMs, MAX_RETRY_AFTER),
    now + backOff(input, schedule - now),
  );
  return afterSkipped(Math.ceil(earliest), input.skipHours, input.skipDays);
}
