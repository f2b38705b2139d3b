import { assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, readDuration } from "../../src/config/durations.ts";
import { formatBytes, readBytes } from "../../src/config/sizes.ts";
import { closest } from "../../src/config/suggest.ts";

test.each([
  ["10 minutes", 600_000],
  ["3 min", 180_000],
  ["90s", 90_000],
  ["1h 30m", 5_400_000],
  ["1 hour, 30 minutes", 5_400_000],
  ["1.5 hours", 5_400_000],
  ["2 Days", 172_800_000],
  ["250 ms", 250],
  ["0", 0],
])("%s is %d milliseconds", (text, value) => {
  expect(readDuration(text)).toEqual({ kind: "read", value });
});

test.each(["-5 minutes", "5 minutes ago", "1 month", "", "minutes", "1e3 s"])("%j is no duration", (text) => {
  expect(readDuration(text).kind).toBe("wrong");
});

test("a formatted duration or size reads back as itself", () => {
  assert(
    property(integer({ min: 0, max: 366 * 86_400_000 }), (value) => {
      expect(readDuration(formatDuration(value))).toEqual({ kind: "read", value });
    }),
  );
  assert(
    property(integer({ min: 1, max: 2 ** 40 }), (value) => {
      expect(readBytes(formatBytes(value))).toEqual({ kind: "read", value });
    }),
  );
});

test.each([
  ["quite", "quiet"],
  ["discrod", "discord"],
  ["postTo", "post_to"],
  ["spacin", "spacing"],
  ["wibble", null],
  ["web", null],
])("%s was probably meant as %s", (word, meant) => {
  expect(closest(word, ["quiet", "discord", "post_to", "spacing", "wait"])).toBe(meant);
});
