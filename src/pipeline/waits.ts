import type { Millis } from "../domain/types.ts";
import type { Context } from "./context.ts";

const MINUTE: Millis = 60_000;

/** How long until the next try after this many: doubled each time, a little less by chance, `max_retry` at most. */
export function backOff({ config, clock }: Context, tries: number): Millis {
  const { firstRetry, maxRetry } = config().timing;
  const longest = Math.min(maxRetry, firstRetry * 2 ** Math.min(tries - 1, 20));
  return Math.round(longest * (0.75 + clock.random() / 4));
}

/** The time that a server asked for, and a little more by chance, so that not all who wait come back at once. */
export const serverTime = ({ clock }: Context, afterMs: Millis): Millis =>
  afterMs + Math.round(clock.random() * Math.min(afterMs / 10, MINUTE));
