import { expect, test } from "vitest";
import type { Millis, ParsedEntry } from "../../src/domain/types.ts";
import { type FloodInput, floodReason } from "../../src/feeds/flood.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 6);
const LAST = NOW - 900_000;

function entries(count: number, published: Millis | null): readonly ParsedEntry[] {
  const one: ParsedEntry = {
    guid: null,
    link: null,
    title: "t",
    published,
    updated: null,
    author: null,
    categories: [],
    descriptionHtml: null,
    contentHtml: null,
    image: null,
    language: null,
  };
  return Array.from({ length: count }, () => one);
}

const reason = (input: Partial<FloodInput>): string | null =>
  floodReason({
    fresh: [],
    listed: 50,
    newestKnownGone: false,
    matchingKnownText: 0,
    history: [],
    lastGoodPoll: LAST,
    now: NOW,
    ...input,
  });

test("up to ten undated entries pass, eleven are held", () => {
  expect(reason({ fresh: entries(10, null) })).toBeNull();
  expect(reason({ fresh: entries(11, null) })).toContain("11 new entries at once");
});

test("a feed that always brings many may bring three times its 90th percentile", () => {
  const history = [...Array.from({ length: 9 }, () => 8), 40];
  expect(reason({ fresh: entries(24, null), history })).toBeNull();
  expect(reason({ fresh: entries(25, null), history })).toContain("up to 24");
});

test("four polls are no history, and of a long one only the last fifty count", () => {
  expect(reason({ fresh: entries(11, null), history: [20, 20, 20, 20] })).not.toBeNull();
  expect(reason({ fresh: entries(11, null), history: [20, 20, 20, 20, 20] })).toBeNull();
  const past = [...Array.from({ length: 50 }, () => 90), ...Array.from({ length: 50 }, () => 1)];
  expect(reason({ fresh: entries(11, null), history: past })).not.toBeNull();
});

test("stories dated after the last poll are no flood, however many", () => {
  const fresh = entries(40, LAST + 60_000);
  expect(reason({ fresh, listed: 40, newestKnownGone: true })).toBeNull();
});

test("a story that a cache showed late, or that came while our own clock was ahead, is news", () => {
  expect(reason({ fresh: entries(40, LAST - 1_800_000) })).toBeNull();
  expect(reason({ fresh: entries(40, LAST - 7_200_000) })).not.toBeNull();
  expect(reason({ fresh: entries(40, NOW - 60_000), lastGoodPoll: NOW + DAY })).toBeNull();
});

test("a date far in the future is no date", () => {
  expect(reason({ fresh: entries(11, NOW + 8 * DAY) })).not.toBeNull();
  expect(reason({ fresh: entries(11, NOW + 6 * DAY) })).toBeNull();
});

test.each([null, LAST - DAY])(
  "ten listed, all new and dated %s, with the newest known gone: held",
  (published) => {
    const input = { fresh: entries(10, published), listed: 10 };
    expect(reason({ ...input, newestKnownGone: true })).toContain("10 of the 10 listed entries are new");
    expect(reason({ ...input, newestKnownGone: false })).toBeNull();
  },
);

test("half of the list is enough, less is not, and a list of four is too short to judge", () => {
  const gone = { newestKnownGone: true };
  expect(reason({ ...gone, fresh: entries(5, null), listed: 10 })).not.toBeNull();
  expect(reason({ ...gone, fresh: entries(4, null), listed: 10 })).toBeNull();
  expect(reason({ ...gone, fresh: entries(4, null), listed: 4 })).toBeNull();
});

test("a list that was stamped anew is told by its known texts", () => {
  const input = { fresh: entries(10, LAST + 1000), listed: 10, newestKnownGone: true };
  expect(reason({ ...input, matchingKnownText: 5 })).toContain("repeat known texts");
  expect(reason({ ...input, matchingKnownText: 4 })).toBeNull();
});

test("a first poll and a poll without news hold nothing", () => {
  expect(reason({ fresh: entries(500, null), lastGoodPoll: null })).toBeNull();
  expect(reason({ fresh: [], newestKnownGone: true })).toBeNull();
});
