import type { FeedConfig, Millis } from "../domain/types.ts";
import { LEAST_GAP, nextPollAt } from "../feeds/cadence.ts";
import type { Rhythm } from "../feeds/rhythm.ts";
import { nextSlot } from "../lib/cron.ts";
import { isOwnHost } from "../lib/http/guard.ts";
import { numbersOf } from "../store/feeds.ts";
import type { ClaimedFeed } from "../store/tables.ts";
import type { Context } from "./context.ts";

/** A feed that fails is asked ever more rarely, down to once a day. */
const LONGEST_BACK_OFF: Millis = 24 * 3_600_000;

/** What a feed and its last answer say about the next poll. */
export type Hints = {
  readonly rhythm: Rhythm | null;
  readonly updateInterval: Millis | null;
  readonly skipHours: readonly number[];
  readonly skipDays: readonly number[];
  readonly freshness?: Millis;
  readonly retryAfterMs?: Millis;
  readonly failures?: number;
};

/** What the last document said. */
export const hintsOf = (feed: ClaimedFeed): Hints => ({
  rhythm:
    feed.rhythmSince === null || feed.rhythmCount === null
      ? null
      : { since: feed.rhythmSince, count: feed.rhythmCount },
  updateInterval: feed.updateInterval,
  skipHours: numbersOf(feed.skipHours),
  skipDays: numbersOf(feed.skipDays),
});

/** When a feed is asked again, under its config and by its hints. */
export function nextDue(context: Context, config: FeedConfig, hints: Hints): Millis {
  const { timezone, timing, network } = context.config();
  return nextPollAt({
    now: context.clock.now(),
    schedule: config.schedule,
    rhythm: hints.rhythm,
    leastGap: isOwnHost(network, config.url) ? 0 : LEAST_GAP,
    timezone,
    freshness: hints.freshness ?? 0,
    retryAfterMs: hints.retryAfterMs ?? 0,
    updateInterval: hints.updateInterval,
    skipHours: hints.skipHours,
    skipDays: hints.skipDays,
    failures: hints.failures ?? 0,
    firstRetry: timing.firstRetry,
    maxRetry: LONGEST_BACK_OFF,
    random: context.clock.random,
    nextSlot,
  });
}

/** So long after a feed was asked a push may have it asked again; never before whoever asks it now is done. */
export function pushGap({ config }: Context, url: string): Millis {
  const { network, timing } = config();
  return Math.max(timing.lease, isOwnHost(network, url) ? 0 : LEAST_GAP);
}
