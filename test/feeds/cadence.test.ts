import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PollSchedule } from "../../src/domain/types.ts";
import { type CadenceInput, LEAST_GAP, nextPollAt } from "../../src/feeds/cadence.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Saturday, 23:30 GMT. */
const NOW = Date.UTC(2026, 10, 21, 23, 30);

const OWN: PollSchedule = { kind: "rhythm", interval: 30 * MINUTE, least: 5 * MINUTE, most: 6 * HOUR };

const input = (fields: Partial<CadenceInput>): CadenceInput => ({
  now: NOW,
  schedule: { kind: "default", interval: 15 * MINUTE },
  rhythm: null,
  leastGap: LEAST_GAP,
  timezone: "UTC",
  freshness: 0,
  retryAfterMs: 0,
  updateInterval: null,
  skipHours: [],
  skipDays: [],
  failures: 0,
  firstRetry: 30_000,
  maxRetry: DAY,
  random: () => 0,
  nextSlot: () => NOW + 3 * HOUR,
  ...fields,
});

const gap = (fields: Partial<CadenceInput>): number => nextPollAt(input(fields)) - NOW;

test.each([
  ["the default interval", {}, 15 * MINUTE],
  [
    "the default interval is never under five minutes",
    { schedule: { kind: "default", interval: 1000 } },
    5 * MINUTE,
  ],
  ["the feed's own rhythm", { schedule: OWN, rhythm: { since: NOW - 10 * DAY, count: 10 } }, 2 * HOUR],
  ["the interval while no rhythm shows", { schedule: OWN }, 30 * MINUTE],
  [
    "a hint that is longer than the rhythm",
    { schedule: OWN, rhythm: { since: NOW - HOUR, count: 10 }, updateInterval: 3 * HOUR },
    3 * HOUR,
  ],
  ["nor is an admin's", { schedule: { kind: "every", interval: MINUTE } }, 5 * MINUTE],
  ["save for her own hosts", { schedule: { kind: "every", interval: MINUTE }, leastGap: 0 }, MINUTE],
  [
    "an admin's interval is as she wrote it",
    { schedule: { kind: "every", interval: 7 * MINUTE } },
    7 * MINUTE,
  ],
  ["a cron's next slot", { schedule: { kind: "cron", expression: "x" } }, 3 * HOUR],
  ["the feed's ttl lengthens the default", { updateInterval: 4 * HOUR }, 4 * HOUR],
  ["but not beyond a day", { updateInterval: 365 * DAY }, DAY],
  ["nor does it shorten it", { updateInterval: MINUTE }, 15 * MINUTE],
  [
    "an interval beats ttl",
    { schedule: { kind: "every", interval: 7 * MINUTE }, updateInterval: HOUR },
    7 * MINUTE,
  ],
  ["a cron beats ttl", { schedule: { kind: "cron", expression: "x" }, updateInterval: 9 * HOUR }, 3 * HOUR],
  ["freshness beats all", { schedule: { kind: "every", interval: MINUTE }, freshness: 2 * HOUR }, 2 * HOUR],
  ["up to a day", { freshness: 365 * DAY }, DAY],
  ["Retry-After beats all", { schedule: { kind: "every", interval: MINUTE }, retryAfterMs: DAY }, DAY],
  ["up to a week", { retryAfterMs: 30 * DAY }, 7 * DAY],
  [
    "the longest of them counts",
    { freshness: 2 * HOUR, retryAfterMs: HOUR, updateInterval: 3 * HOUR },
    3 * HOUR,
  ],
] as const)("%s", (_, fields, expected) => {
  expect(gap(fields)).toBe(expected);
});

test("five failures in a row: each wait is at least twice the one before, whatever chance says, to four hours and more", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5, maxLength: 5 }),
      (dice) => {
        const every = { kind: "every", interval: 5 * MINUTE } as const;
        const gaps = dice.map((random, i) => gap({ schedule: every, failures: i + 1, random: () => random }));
        gaps.slice(1).forEach((wait, i) => expect(wait).toBeGreaterThanOrEqual(2 * (gaps[i] ?? 0) - 2));
        expect(gaps[3]).toBeGreaterThanOrEqual(HOUR);
        expect(gaps[4]).toBeGreaterThanOrEqual(4 * HOUR);
      },
    ),
  );
});

test("a failing feed is never asked sooner than a good one, nor later than the longest wait unless its schedule says so", () => {
  expect(gap({ failures: 1 })).toBe(15 * MINUTE);
  expect(gap({ failures: 1, schedule: { kind: "every", interval: MINUTE } })).toBe(5 * MINUTE);
  expect(gap({ failures: 500 })).toBe(DAY);
  expect(gap({ failures: 500, schedule: { kind: "every", interval: 3 * DAY } })).toBe(3 * DAY);
});

test("skipped GMT hours and days are waited out", () => {
  expect(gap({ skipHours: [23, 0, 1, 2, 3, 4, 5, 6] })).toBe(7 * HOUR + 30 * MINUTE);
  expect(gap({ skipHours: [12] })).toBe(15 * MINUTE);
  expect(gap({ schedule: { kind: "every", interval: HOUR }, skipDays: [0] })).toBe(DAY + 30 * MINUTE);
  expect(gap({ schedule: { kind: "every", interval: HOUR }, skipDays: [0], skipHours: [0] })).toBe(
    DAY + 90 * MINUTE,
  );
});

test("a feed that wants every hour or day skipped is asked all the same", () => {
  expect(gap({ skipDays: [0, 1, 2, 3, 4, 5, 6] })).toBe(15 * MINUTE);
  expect(gap({ skipHours: Array.from({ length: 24 }, (_, hour) => hour) })).toBe(15 * MINUTE);
});

test("a cron that fires every minute is asked every five minutes, one of five minutes misses no slot", () => {
  const everyMinute = (_expression: string, _timezone: string, after: number) =>
    (Math.floor(after / MINUTE) + 1) * MINUTE;
  const everyFive = (_expression: string, _timezone: string, after: number) =>
    (Math.floor(after / (5 * MINUTE)) + 1) * 5 * MINUTE;
  const schedule = { kind: "cron", expression: "x" } as const;
  expect(gap({ schedule, nextSlot: everyMinute })).toBe(5 * MINUTE);
  expect(gap({ schedule, nextSlot: everyFive, now: NOW + 3000 }) - 3000).toBe(5 * MINUTE);
});
