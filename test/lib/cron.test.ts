import { assert, constantFrom, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { cronProblem, cronWarnings, lastSlot, nextSlot } from "../../src/lib/cron.ts";

const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
const wall = (time: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(time)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: "never", smallestUnit: "minute" });

/** The next firings as local times with their offset. */
function firings(expression: string, zone: string, after: string, count: number): readonly string[] {
  const found: string[] = [];
  for (let now = at(after); found.length < count;) {
    now = nextSlot(expression, zone, now);
    found.push(wall(now, zone));
  }
  return found;
}

test.each([
  {
    name: "a daily time that spring skips fires at the first minute after the gap",
    expression: "30 2 * * *",
    zone: "Europe/Berlin",
    after: "2026-03-27T12:00Z",
    firings: ["2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"],
  },
  {
    name: "several times in the gap fire once together",
    expression: "0,20,40 2,3 * * *",
    zone: "Europe/Berlin",
    after: "2026-03-29T00:00Z",
    firings: [
      "2026-03-29T03:00+02:00",
      "2026-03-29T03:20+02:00",
      "2026-03-29T03:40+02:00",
      "2026-03-30T02:00+02:00",
    ],
  },
  {
    name: "a daily time that autumn doubles fires once, at the first",
    expression: "30 2 * * *",
    zone: "Europe/Berlin",
    after: "2026-10-24T12:00Z",
    firings: ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"],
  },
  {
    name: "with every hour, elapsed time counts through autumn",
    expression: "*/30 * * * *",
    zone: "Europe/Berlin",
    after: "2026-10-24T23:59Z",
    firings: [
      "2026-10-25T02:00+02:00",
      "2026-10-25T02:30+02:00",
      "2026-10-25T02:00+01:00",
      "2026-10-25T02:30+01:00",
    ],
  },
  {
    name: "with every hour, elapsed time counts through spring",
    expression: "*/30 * * * *",
    zone: "Europe/Berlin",
    after: "2026-03-29T00:00Z",
    firings: ["2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"],
  },
  {
    name: "New York in spring",
    expression: "15 2 * * *",
    zone: "America/New_York",
    after: "2026-03-08T00:00Z",
    firings: ["2026-03-08T03:00-04:00", "2026-03-09T02:15-04:00"],
  },
  {
    name: "New York in autumn",
    expression: "15 1 * * *",
    zone: "America/New_York",
    after: "2026-11-01T00:00Z",
    firings: ["2026-11-01T01:15-04:00", "2026-11-02T01:15-05:00"],
  },
  {
    name: "Lord Howe's half hour in spring",
    expression: "10 2 * * *",
    zone: "Australia/Lord_Howe",
    after: "2026-10-03T00:00Z",
    firings: ["2026-10-04T02:30+11:00", "2026-10-05T02:10+11:00"],
  },
  {
    name: "Lord Howe's half hour in autumn",
    expression: "45 1 * * *",
    zone: "Australia/Lord_Howe",
    after: "2026-04-04T00:00Z",
    firings: ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"],
  },
  {
    name: "a gap at midnight",
    expression: "0 0 * * *",
    zone: "America/Santiago",
    after: "2026-09-05T12:00Z",
    firings: ["2026-09-06T01:00-03:00", "2026-09-07T00:00-03:00"],
  },
  {
    name: "29 February",
    expression: "0 12 29 2 *",
    zone: "UTC",
    after: "2026-01-01T00:00Z",
    firings: ["2028-02-29T12:00+00:00", "2032-02-29T12:00+00:00"],
  },
  {
    name: "day of month and weekday must both match",
    expression: "0 9 13 * 5",
    zone: "UTC",
    after: "2026-01-01T00:00Z",
    firings: ["2026-02-13T09:00+00:00", "2026-03-13T09:00+00:00", "2026-11-13T09:00+00:00"],
  },
  {
    name: "the last day, the nearest working day, the last and the second weekday",
    expression: "0 0 L,15W * *",
    zone: "UTC",
    after: "2026-08-01T00:00Z",
    firings: ["2026-08-14T00:00+00:00", "2026-08-31T00:00+00:00", "2026-09-15T00:00+00:00"],
  },
  {
    name: "the second Monday and the last Friday",
    expression: "0 0 * * 1#2,5L",
    zone: "UTC",
    after: "2026-11-01T00:00Z",
    firings: ["2026-11-09T00:00+00:00", "2026-11-27T00:00+00:00", "2026-12-14T00:00+00:00"],
  },
])("$name", ({ expression, zone, after, firings: expected }) => {
  expect(firings(expression, zone, after, expected.length)).toEqual(expected);
});

const anyExpression = constantFrom(
  "* * * * *",
  "*/7 * * * *",
  "0 * * * *",
  "30 2 * * *",
  "0,30 1-3 * * *",
  "15 0,23 * * 0,6",
  "0 8 1 * *",
);
const anyZone = constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Pacific/Apia",
);
const anyTime = integer({ min: at("2011-12-20T00:00Z"), max: at("2030-01-01T00:00Z") });

test("firings rise strictly, and the one before a firing's next is that firing", () => {
  assert(
    property(anyExpression, anyZone, anyTime, (expression, zone, start) => {
      const first = nextSlot(expression, zone, start);
      const second = nextSlot(expression, zone, first);
      expect(first).toBeGreaterThan(start);
      expect(second).toBeGreaterThan(first);
      expect(lastSlot(expression, zone, second - 1, start)).toBe(first);
      expect(lastSlot(expression, zone, second, start)).toBe(second);
    }),
    { numRuns: 150 },
  );
});

test("the last firing is not sought before the given time", () => {
  const noon = at("2026-05-05T12:00Z");
  expect(lastSlot("0 8 * * *", "UTC", noon, at("2026-05-05T08:00Z"))).toBe(at("2026-05-05T08:00Z"));
  expect(lastSlot("0 8 * * *", "UTC", noon, at("2026-05-05T08:01Z"))).toBeNull();
});

test.each([
  ["0 8 * * 1-5", null],
  ["*/10 9-17 * jan-mar mon", null],
  ["@daily", null],
  [
    "0 0 8 * * *",
    "six fields: seconds are not kept here; leave the first one out (minute hour day month weekday)",
  ],
  ["0 8 * *", "five fields are needed: minute hour day month weekday"],
  ["60 * * * *", "60 is an invalid expression for minute"],
  ["0 0 30 2 *", "30 2 is an impossible day of month for the given month"],
  ["0 0 31W 2 *", "no day ever matches this"],
  ["0-99999999999 * * * *", "a number is too large"],
])("%s is judged: %s", (expression, problem) => {
  expect(cronProblem(expression)).toBe(problem);
});

test("day of month and weekday together draw a warning", () => {
  expect(cronWarnings("0 9 13 * 5")).toEqual([
    "day of month and weekday are both given: it fires only on days that match both",
  ]);
  expect(cronWarnings("0 9 * * 5")).toEqual([]);
  expect(cronWarnings("0 9 13 * ?")).toEqual([]);
});
