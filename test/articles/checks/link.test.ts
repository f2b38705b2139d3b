import { expect, test } from "vitest";
import { foreignDomain, missingLink } from "../../../src/articles/checks/link.ts";

const home = ["https://feeds.harbour.example/rss", "https://www.harbour.example"];
const at = (url: string, pageUrl: string | null = null) => foreignDomain({ url, pageUrl, home });

test("an entry without a link is found", () => {
  expect(missingLink({ link: null })).toEqual({ kind: "hit", reason: "the feed gives no link for it" });
  expect(missingLink({ link: "https://harbour.example/a" })).toBeNull();
});

test("subdomains of the site are its own, other domains are not", () => {
  expect(at("https://news.harbour.example/a")).toBeNull();
  expect(at("https://shop.example/a")).toEqual({
    kind: "hit",
    reason: "its link leads to shop.example, which is not the site's own domain",
  });
});

test("a link that is passed on to another domain is found, one through a feed proxy is not", () => {
  expect(at("https://harbour.example/a", "https://shop.example/a")).toMatchObject({ kind: "hit" });
  expect(at("https://feedproxy.google.com/~r/a", "https://harbour.example/a")).toBeNull();
});

test("without a feed there is nothing to compare with", () => {
  expect(foreignDomain({ url: "https://shop.example/a", pageUrl: null, home: [] })).toBeNull();
  expect(foreignDomain({ url: "", pageUrl: null, home })).toBeNull();
});
