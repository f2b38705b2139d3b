import { expect, test } from "vitest";
import { linkedHub } from "../../src/feeds/link-header.ts";

const FEED = "https://quay.example/feed";
const read = (header: string) => linkedHub(header, FEED, 2_048);

test.each([
  ['<https://hub.example/>; rel="hub", <https://quay.example/f>; rel="self"', "https://hub.example/", "/f"],
  ["<https://hub.example/>;rel=hub,</f>;rel=self", "https://hub.example/", "/f"],
  ['</hub?a=1,2>; title="a, b; rel=self"; rel="alternate HUB"', "https://quay.example/hub?a=1,2", null],
  ['<https://hub.example/>; rel="hub"; rel="self"', "https://hub.example/", null],
  ["<http://old.example/>; rel=hub, <https://new.example/>; rel=hub", "https://new.example/", null],
  ["<//hub.example/#part>; rel=hub", "https://hub.example/", null],
] as const)("%s names a hub", (header, hubUrl, self) => {
  expect(read(header)).toEqual({ hubUrl, selfUrl: self === null ? null : `https://quay.example${self}` });
});

test.each([
  "",
  "<https://hub.example/>",
  "https://hub.example/; rel=hub",
  "<https://hub.example/; rel=hub",
  '<https://hub.example/>; anchor="https://elsewhere.example/"; rel="hub"',
  '<https://hub.example/>; title="; rel=hub"',
  "<javascript:alert(1)>; rel=hub",
  "<file:///etc/passwd>; rel=hub",
  `<https://hub.example/${"x".repeat(2_048)}>; rel=hub`,
  "<".repeat(100_000),
  `<>${';a="'.repeat(20_000)}`,
])("%s names none", (header) => {
  expect(read(header)).toEqual({ hubUrl: null, selfUrl: null });
});
