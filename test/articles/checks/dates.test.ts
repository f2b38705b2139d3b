import { expect, test } from "vitest";
import { age, futureDate, writtenAt } from "../../../src/articles/checks/dates.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SEEN = Date.UTC(2026, 10, 5, 12);

test("an article is as old as its date says, when that can be true", () => {
  expect(writtenAt({ published: SEEN - DAY, firstSeenAt: SEEN })).toBe(SEEN - DAY);
  expect(writtenAt({ published: null, firstSeenAt: SEEN })).toBe(SEEN);
  expect(writtenAt({ published: SEEN - 31 * DAY, firstSeenAt: SEEN })).toBe(SEEN);
  expect(writtenAt({ published: SEEN + DAY, firstSeenAt: SEEN })).toBe(SEEN);
});

test("older than the feed's max_age is too old, just as old is not", () => {
  const dates = { published: SEEN - DAY, firstSeenAt: SEEN, maxAge: DAY };
  expect(age({ ...dates, now: SEEN })).toBeNull();
  expect(age({ ...dates, now: SEEN + 1 })).toEqual({
    kind: "hit",
    reason: "older than 24 hours when it was first read",
  });
});

test("a date in the future is waited for, one more than a week ahead is a slip", () => {
  const seen = { firstSeenAt: SEEN, now: SEEN };
  expect(futureDate({ ...seen, published: SEEN + HOUR })).toMatchObject({ kind: "hit" });
  expect(futureDate({ ...seen, published: SEEN + 8 * DAY })).toBeNull();
  expect(futureDate({ ...seen, published: SEEN })).toBeNull();
  expect(futureDate({ ...seen, published: null })).toBeNull();
  expect(futureDate({ firstSeenAt: SEEN, now: SEEN + HOUR, published: SEEN + HOUR })).toBeNull();
});
