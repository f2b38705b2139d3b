import type { Millis } from "../domain/types.ts";
import type { DestinationRow } from "../store/tables.ts";
import type { Context } from "./context.ts";

const MINUTE: Millis = 60_000;

/** How long until the next try after this many: doubled each time, a little less by chance, `max_retry` at most. */
export function backOff({ config, clock }: Context, tries: number): Millis {
  const { firstRetry, maxRetry } = config().timing;
  const longest = Math.min(maxRetry, firstRetry * 2 ** Math.min(tries - 1, 20));
  return Math.round(longest * (0.75 + clock.random() / 4));
}

/** How long a platform is to be left alone; `outage`: it gave no answer, so nobody but us said how long. */
type Asked = { readonly afterMs: Millis; readonly outage?: true };

/**
 * The time that a server asked for, and a little more by chance, so that not all who wait come back at once; after an
 * outage no longer than `max_retry`.
 */
export function serverTime({ config, clock }: Context, { afterMs, outage }: Asked): Millis {
  const wait = outage === true ? Math.min(afterMs, config().timing.maxRetry) : afterMs;
  return wait + Math.round(clock.random() * Math.min(wait / 10, MINUTE));
}

/** Tells when the lease of a destination is over, by either clock: one can be set back, the other can stand still. */
export function leaseIsOver({ clock, config }: Context, { leaseUntil }: DestinationRow): () => boolean {
  const from = clock.monotonic();
  const { lease } = config().timing;
  return () => clock.now() >= leaseUntil || clock.monotonic() - from >= lease;
}

/** A clock that is set is mostly set by seconds or minutes; what is older than so many graces by the wall clock is old. */
const SURELY = 10;

/**
 * When a platform has shown what this process found sent to it at `at`, or never will: `grace` later by the wall clock,
 * which may have been set since, and `grace` after this process began. After ten times the grace the wall clock's word
 * is enough: a command that cron runs is never old.
 */
export function shownAt({ config, clock, attempts }: Context, at: Millis): Millis {
  const { grace } = config().timing;
  const begunAt = clock.now() - attempts.sinceStart();
  return Math.max(at + grace, Math.min(begunAt + grace, at + SURELY * grace));
}
