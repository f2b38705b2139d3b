import { expect, test } from "vitest";
import { checkArticle, checkImage, checkListing, checkSending } from "../../src/articles/checks.ts";
import type { Article } from "../../src/domain/types.ts";
import { asking, cleanArticle } from "../support/checks.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 5, 12);
const listing = {
  link: "https://harbour.example/a",
  published: NOW,
  firstSeenAt: NOW,
  now: NOW,
  maxAge: HOUR,
};
const HOME = ["https://harbour.example/feed"];
const reading = (parts: Partial<Article>) => ({ article: cleanArticle(parts), home: HOME });
const points = (...points: string[]) => ({
  keyPoints: { points, origin: "box" as const, label: "Key points" },
});

test("an article that no check minds leaves no row", () => {
  expect(checkListing(listing, asking())).toEqual([]);
  expect(checkArticle(reading({}), asking())).toEqual({ article: cleanArticle(), results: [] });
});

test("by default headline and mention hold, what readers should know is noted, old and linkless are skipped", () => {
  const outcomes = (parts: Partial<Article>) => checkArticle(reading(parts), asking()).results;
  expect(outcomes({ title: "Japan talked about roads and schools" })).toMatchObject([
    { check: "headline", outcome: "held" },
  ]);
  expect(outcomes({ title: "The council and @everyone talked" })).toMatchObject([
    { check: "mention", outcome: "held" },
  ]);
  expect(outcomes({ sponsored: "its category is “Anzeige”" })).toEqual([
    { check: "sponsored", outcome: "noted", reason: "paid for by somebody: its category is “Anzeige”" },
  ]);
  expect(outcomes({ paywall: "the page says so" })).toMatchObject([{ check: "paywall", outcome: "noted" }]);
  expect(outcomes({ url: "https://elsewhere.example/a" })).toMatchObject([
    { check: "foreign_domain", outcome: "noted" },
  ]);
  expect(checkListing({ ...listing, published: NOW - 2 * HOUR }, asking())).toMatchObject([
    { check: "age", outcome: "skipped" },
  ]);
  expect(checkListing({ ...listing, link: null }, asking())).toMatchObject([
    { check: "missing_link", outcome: "skipped" },
  ]);
  expect(checkListing({ ...listing, published: NOW + HOUR }, asking())).toMatchObject([
    { check: "future_date", outcome: "waits" },
  ]);
  expect(checkImage("it is only 16 x 16", asking())).toEqual([
    { check: "image", outcome: "left out", reason: "its picture: it is only 16 x 16" },
  ]);
});

test("a post that says today is noted once midnight has passed", () => {
  const sending = {
    text: () => "The bridge opens today.",
    language: "en",
    writtenAt: NOW,
    now: NOW + 13 * HOUR,
    timezone: "UTC",
  };
  expect(checkSending(sending, asking())).toMatchObject([{ check: "relative_time", outcome: "noted" }]);
  expect(checkSending({ ...sending, now: NOW + HOUR }, asking())).toEqual([]);
});

test("boilerplate is left out of the key points, and nothing else is", () => {
  const { article, results } = checkArticle(
    reading(points("The roads are mended.", "Sign up for our newsletter", "The schools stay.")),
    asking(),
  );
  expect(article.keyPoints).toEqual({
    points: ["The roads are mended.", "The schools stay."],
    origin: "box",
    label: "Key points",
  });
  expect(results).toEqual([
    {
      check: "boilerplate",
      outcome: "left out",
      reason: "boilerplate among the key points: “Sign up for our newsletter”",
    },
  ]);
});

test("a setting changes what becomes of it, and off does not look", () => {
  const boilerplate = reading(points("Sign up for our newsletter"));
  const noted = checkArticle(boilerplate, asking({ boilerplate: "note" }));
  expect(noted).toMatchObject({ article: boilerplate.article, results: [{ outcome: "noted" }] });
  const wrong = reading({ title: "Japan talked about roads and schools" });
  expect(checkArticle(wrong, asking({ headline: "note" })).results).toMatchObject([{ outcome: "noted" }]);
  expect(checkArticle(wrong, asking({ headline: "skip" })).results).toMatchObject([{ outcome: "skipped" }]);
  expect(checkArticle(wrong, asking({ headline: "off" })).results).toEqual([]);
});

test("what an admin released is kept as a row and stops nothing any more", () => {
  const wrong = reading({ title: "Japan and @everyone talked about roads" });
  expect(checkArticle(wrong, asking({}, ["headline"])).results).toMatchObject([
    { check: "headline", outcome: "released" },
    { check: "mention", outcome: "held" },
  ]);
});

test("where the headline cannot be judged, a row says why", () => {
  expect(checkArticle(reading({ text: "Ships were sent." }), asking()).results).toEqual([
    { check: "headline", outcome: "not checked", reason: "the text has only 0 words in sentences" },
  ]);
  expect(checkArticle(reading({ language: "de-DE" }), asking()).results).toEqual([
    { check: "headline", outcome: "not checked", reason: "no data for the language de" },
  ]);
});
