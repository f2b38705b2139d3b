import { expect, test } from "vitest";
import { articleFromEntry, articleFromPage } from "../../src/articles/article.ts";
import type { ParsedEntry } from "../../src/domain/types.ts";

const TEXT = `<p>${"The council talked about roads and schools for a long while. ".repeat(20)}</p>`;
const page = (head: string, text = TEXT, url = "https://harbour.example/news/roads") =>
  articleFromPage(
    {
      url,
      html: `<html lang="en"><head><title>Roads</title>${head}</head><body><article>${text}</article></body></html>`,
    },
    null,
    null,
  );
const linked = (json: object) => page(`<script type="application/ld+json">${JSON.stringify(json)}</script>`);

const entry = (parts: Partial<ParsedEntry>): ParsedEntry => ({
  guid: null,
  link: "https://harbour.example/roads",
  title: "Roads",
  published: null,
  updated: null,
  author: null,
  categories: [],
  descriptionHtml: null,
  contentHtml: TEXT,
  image: null,
  language: "en",
  ...parts,
});
const ofFeed = (parts: Partial<ParsedEntry>) =>
  articleFromEntry(entry(parts), { title: null, siteUrl: null, iconUrl: null, language: "en" }, "feed")
    .sponsored;

test("an ordinary article bears no marks", () => {
  const { sponsored, paywall } = linked({ "@type": "NewsArticle", isAccessibleForFree: true });
  expect([sponsored, paywall]).toEqual([null, null]);
});

test("schema.org's type for paid texts is a mark", () => {
  expect(linked({ "@type": ["NewsArticle", "AdvertiserContentArticle"] }).sponsored).toBe(
    "the page calls it AdvertiserContentArticle",
  );
});

test("a paid link in the text is a mark, one in an advertisement beside it is not", () => {
  const link = '<a href="https://shop.example" rel="nofollow sponsored">bags</a>';
  expect(page("", `<p>Buy ${link}.</p>${TEXT}`).sponsored).toBe("a link in its text is marked rel=sponsored");
  expect(page("", `<div>${link}</div>${TEXT}`).sponsored).toBeNull();
  expect(ofFeed({ contentHtml: `<p>Buy ${link}.</p>${TEXT}` })).toBe(
    "a link in its text is marked rel=sponsored",
  );
});

test("so is a category, a part of the address, or the headline's own word, in many languages", () => {
  expect(ofFeed({ categories: ["Local", "Sponsored Content"] })).toBe("its category is “Sponsored Content”");
  expect(ofFeed({ categories: ["ANZEIGE"] })).toBe("its category is “ANZEIGE”");
  expect(ofFeed({ link: "https://harbour.example/partner-content/roads" })).toBe(
    "its address has the part “partner-content”",
  );
  expect(ofFeed({ title: "Anzeige: Neue Wege" })).toBe("its headline says so");
  expect(ofFeed({ categories: ["Sport"], title: "Sponsored walk raises £900" })).toBeNull();
  expect(ofFeed({ link: "https://harbour.example/sponsored-walk" })).toBeNull();
});

test("what readers must pay for says so: itself, in a part, or by its tier", () => {
  const article = { "@type": "NewsArticle" };
  const part = { "@type": "WebPageElement", isAccessibleForFree: "False", cssSelector: ".paid" };
  const says = "the page says isAccessibleForFree: false";
  expect(linked({ ...article, isAccessibleForFree: false }).paywall).toBe(says);
  expect(linked({ ...article, isAccessibleForFree: "http://schema.org/False" }).paywall).toBe(says);
  expect(linked({ ...article, hasPart: [part] }).paywall).toBe(says);
  expect(linked({ ...article, isAccessibleForFree: true, hasPart: part }).paywall).toBeNull();
  expect(page('<meta property="article:content_tier" content="Metered">').paywall).toBe(
    "the page's content tier is metered",
  );
  expect(page('<meta property="article:content_tier" content="free">').paywall).toBeNull();
});
