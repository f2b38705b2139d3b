import { systemClock } from "../../src/lib/clock.ts";
import type { Clock, Millis } from "../../src/domain/types.ts";

/** Real time plus what a test added to it. Waiting stays real: deadlines of real requests need it. */
export type TestClock = Clock & {
  /** Moves wall and monotonic time forward. */
  readonly advance: (ms: Millis) => void;
  /** Sets the wall clock back, as a time server does; monotonic time goes on. */
  readonly setBack: (ms: Millis) => void;
  /** Moves on to a moment, such as "2026-03-29T01:30:00Z"; never back. */
  readonly advanceTo: (time: string) => void;
};

export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

/** A clock that starts at the given moment; chance always gives one half. */
export function openTestClock(start = "2026-06-01T10:00:00Z"): TestClock {
  const begun = performance.now();
  const from = Date.parse(start);
  let added = 0;
  let back = 0;
  const now = () => Math.floor(from + performance.now() - begun + added - back);
  return {
    now,
    monotonic: () => performance.now() + added,
    random: () => 0.5,
    sleep: systemClock.sleep,
    advance: (ms) => {
      added += ms;
    },
    setBack: (ms) => {
      back += ms;
    },
    advanceTo: (time) => {
      added += Math.max(0, Date.parse(time) - now());
    },
  };
}

/** Time that stands still unless a test moves it on: whoever sleeps wakes when its moment has come. */
export function openStillClock(start = "2026-06-01T10:00:00Z"): TestClock {
  const from = Date.parse(start);
  let passed = 0;
  let back = 0;
  const sleepers = new Set<{ readonly until: Millis; readonly wake: () => void }>();
  const advance = (ms: Millis): void => {
    passed += Math.max(0, ms);
    for (const { until, wake } of sleepers) if (until <= passed) wake();
  };
  return {
    now: () => Math.floor(from + passed - back),
    monotonic: () => passed,
    random: () => 0.5,
    sleep: (ms, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper = { until: passed + ms, wake: () => resolve() };
      if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
      sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      return promise.finally(() => {
        sleepers.delete(sleeper);
        signal?.removeEventListener("abort", sleeper.wake);
      });
    },
    advance,
    setBack: (ms) => {
      back += ms;
    },
    advanceTo: (time) => advance(Date.parse(time) - from - passed + back),
  };
}

/** The clock with chance as it falls, but the same in every run. */
export function withDice(clock: TestClock, start = 7): TestClock {
  let seed = start;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return { ...clock, random };
}
