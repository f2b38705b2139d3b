import type { Asking } from "../../src/articles/checks.ts";
import type { Article, CheckSettings } from "../../src/domain/types.ts";

/** The defaults, as README has them. */
const SETTINGS: CheckSettings = {
  headline: "hold",
  mention: "hold",
  sponsored: "note",
  paywall: "note",
  foreign_domain: "note",
  relative_time: "note",
  age: "skip",
  future_date: "wait",
  missing_link: "skip",
  image: "omit",
  boilerplate: "omit",
};

/** The checks at their defaults but for `settings`; `released` as an admin would. */
export const asking = (settings: Partial<CheckSettings> = {}, released: readonly string[] = []): Asking => ({
  settings: { ...SETTINGS, ...settings },
  released: new Set(released),
});

/** An English article that no check minds. */
export const cleanArticle = (parts: Partial<Article> = {}): Article => ({
  url: "https://harbour.example/a",
  pageUrl: null,
  canonicalUrl: null,
  title: "The council talked about roads and schools",
  description: null,
  firstSentences: null,
  text: "The council talked about roads and schools for a long while before the evening came. ".repeat(6),
  keyPoints: { points: [], origin: null, label: null },
  language: "en",
  image: null,
  author: null,
  categories: [],
  siteName: null,
  siteUrl: null,
  siteIconUrl: null,
  published: null,
  source: "page",
  ...parts,
});
