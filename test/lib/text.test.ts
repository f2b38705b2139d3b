import { array, assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { addressKey, registrableDomain, typedAddress, withoutTracking } from "../../src/lib/address.ts";
import { ellipsize, graphemeLength, oneLine, takeGraphemes } from "../../src/lib/text.ts";
import { nextTid, tidAt, tidMicros } from "../../src/lib/tid.ts";

test("a family emoji counts as one grapheme and is never cut", () => {
  expect(graphemeLength("👨‍👩‍👧‍👦!")).toBe(2);
  expect(takeGraphemes("👨‍👩‍👧‍👦!", 1)).toBe("👨‍👩‍👧‍👦");
});

test("a long sentence is cut at a word and shows that it was cut", () => {
  expect(ellipsize("The harbour was closed for three days.", 20)).toBe("The harbour was…");
  expect(ellipsize("short", 20)).toBe("short");
});

test("newlines, ANSI escapes and lone surrogates never reach a line of text", () => {
  expect(oneLine("a\nb\u001B[31mc\uD800")).toBe("a b [31mc\uFFFD");
  expect(oneLine("Storm \u202Enears\u2066")).toBe("Storm nears");
});

test("two spellings of one address are one key", () => {
  const key = "https://news.example/2024/storm";
  for (const spelling of [
    "http://NEWS.example/2024/storm/",
    "https://news.example/2024/storm?utm_source=rss&utm_medium=feed",
    "https://news.example/2024/storm#xtor=RSS-3",
    "https://news.example:443/2024/storm",
  ])
    expect(addressKey(spelling)).toBe(key);
  expect(addressKey("https://news.example/changelog#v1.2")).toBe("https://news.example/changelog#v1.2");
});

test("the parameters of a key are written as a form writes them, however the link wrote them", () => {
  const piece = constantFrom(
    "a",
    "b=1",
    "utm_source=x",
    "c=%20",
    "d=e+f",
    "=",
    "é",
    "&",
    "~",
    "ns_x",
    "*-._",
  );
  assert(
    property(array(piece, { maxLength: 8 }), (pieces) => {
      const url = new URL(`https://news.example/x?${pieces.join("&")}`);
      const kept = [...url.searchParams].filter(([name]) => !/^(?:utm_|ns_)/u.test(name));
      const search = kept.length === 0 ? "" : `?${new URLSearchParams(kept).toString()}`;
      expect(addressKey(url.href)).toBe(`https://news.example/x${search}`);
    }),
  );
});

test("only tracking is removed from the link that is posted", () => {
  expect(withoutTracking("https://a.example/x/?p=1&utm_source=rss")).toBe("https://a.example/x/?p=1");
  expect(withoutTracking("https://a.example/x/?p=1#part")).toBe("https://a.example/x/?p=1#part");
});

test("private suffixes are domains of their own", () => {
  expect(registrableDomain("a.github.io")).toBe("a.github.io");
  expect(registrableDomain("news.bbc.co.uk")).toBe("bbc.co.uk");
  expect(registrableDomain("127.0.0.1")).toBe("127.0.0.1");
});

test("keys are valid TIDs that sort in the order they were made, also when the clock stands still or jumps back", () => {
  const first = nextTid(1_700_000_000_000, null);
  const second = nextTid(1_700_000_000_000, first);
  const third = nextTid(1_600_000_000_000, second);
  expect([third, second, first].sort()).toEqual([first, second, third]);
  expect(first).toMatch(/^[234567a-j][2-7a-z]{12}$/);
  expect(tidMicros(tidAt(123_456n))).toBe(123_456n);
});

test.each([
  ["bbc.co.uk/news", "https://bbc.co.uk/news"],
  [" 127.0.0.1:8085 ", "https://127.0.0.1:8085"],
  ["http://frontline.example", "http://frontline.example"],
  ["page.html", null],
  ["saved/page.html", null],
  ["ftp://bbc.co.uk", null],
  ["the bbc.co.uk", null],
])("who types %s means %s", (typed, meant) => {
  expect(typedAddress(typed)).toBe(meant);
});
