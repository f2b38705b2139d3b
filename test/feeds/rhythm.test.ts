import { expect, test } from "vitest";
import { rhythmInterval, rhythmOf } from "../../src/feeds/rhythm.ts";
import { simulateAdaptive } from "../bench/adaptive.ts";
import { feedFrom, rss } from "./feed-text.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 21, 12);
const BOUNDS = { least: 5 * MINUTE, most: 6 * HOUR };

const listed = (...ages: readonly number[]) =>
  feedFrom(
    rss(
      ages
        .map((age) => `<item><title>A</title><pubDate>${new Date(NOW - age).toUTCString()}</pubDate></item>`)
        .join(""),
    ),
  ).entries;

test("a feed's rhythm is that of its ten newest entries, in whatever order it lists them", () => {
  const ages = Array.from({ length: 30 }, (_, i) => (i + 1) * HOUR);
  const newest = { since: NOW - 10 * HOUR, count: 10 };
  expect(rhythmOf(listed(...ages), NOW)).toEqual(newest);
  expect(rhythmOf(listed(...ages.toReversed()), NOW)).toEqual(newest);
});

test.each([
  ["nothing", []],
  ["one moment alone", [HOUR, HOUR, HOUR]],
  ["dates to come", [-HOUR, -2 * HOUR]],
])("%s shows no rhythm", (_, ages) => {
  expect(rhythmOf(listed(...ages), NOW)).toBeNull();
});

test("undated entries show no rhythm", () => {
  expect(
    rhythmOf(feedFrom(rss("<item><title>A</title></item><item><title>B</title></item>")).entries, NOW),
  ).toBeNull();
});

test.each([
  ["every minute", MINUTE, 5 * MINUTE],
  ["every ten minutes", 10 * MINUTE, 10 * MINUTE],
  ["every day", 24 * HOUR, 2 * HOUR],
  ["every year", 365 * 24 * HOUR, 6 * HOUR],
])("a feed that brings an entry %s is asked within its bounds", (_, every, wait) => {
  expect(rhythmInterval({ since: NOW - 10 * every, count: 10 }, NOW, BOUNDS)).toBeCloseTo(wait, -5);
});

test("while nothing comes the wait grows, up to its bound", () => {
  const rhythm = { since: NOW - HOUR, count: 10 };
  const waits = [0, 1, 10, 100, 10_000].map((hours) => rhythmInterval(rhythm, NOW + hours * HOUR, BOUNDS));
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits.at(-1)).toBe(BOUNDS.most);
});

test("over a mix of feeds, posts wait at most half as long as with a fixed interval of as many requests", () => {
  const { all, ratio } = simulateAdaptive(100);
  expect(all.fixed.requests / all.own.requests).toBeCloseTo(1, 1);
  expect(ratio).toBeLessThanOrEqual(0.5);
});
