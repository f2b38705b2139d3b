import { afterAll, beforeAll, expect, test } from "vitest";
import { checkArticle } from "../../src/articles/checks.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Article, Config } from "../../src/domain/types.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openNewsroom } from "../../src/web/newsroom.ts";
import { asking } from "../support/checks.ts";
import { readSample } from "../support/sample.ts";

const sample = (path: string): string => new URL(`../../config/sample/${path}`, import.meta.url).pathname;

let articles: readonly Article[];
let config: Config;
let newsroom: Awaited<ReturnType<typeof openNewsroom>>;
beforeAll(async () => {
  const loaded = await loadConfig({ folder: sample(""), files: [sample("bulletin.yaml")], env: {} });
  if (loaded.kind !== "loaded") throw new Error(JSON.stringify(loaded));
  config = loaded.config;
  newsroom = await openNewsroom({ folder: sample("newsroom"), port: 0, clock: systemClock });
  articles = await readSample(newsroom.url, config.limits);
});
afterAll(async () => newsroom[Symbol.asyncDispose]());

test("the sample's config is valid, reads the newsroom on loopback and sends nothing anywhere", () => {
  expect(config.feeds.map(({ url, backfill }) => [url, backfill])).toEqual([["http://127.0.0.1:8085", 7]]);
  expect(config.destinations.map(({ platform, look }) => `${platform} ${look}`)).toEqual([
    "preview discord",
    "preview bluesky",
  ]);
});

test("its seven stories show the forms in which publishers write key points, and two without any", () => {
  const found = articles.map(({ keyPoints }) => [keyPoints.origin, keyPoints.points.length]);
  expect(found).toEqual([
    ["box", 3],
    ["lead list", 2],
    ["text bullets", 3],
    ["question list", 4],
    [null, 0],
    [null, 0],
    ["box", 3],
  ]);
});

test("one has nothing but its first sentences, one is German, one has a picture", () => {
  expect(articles.filter(({ description }) => description === null)).toHaveLength(1);
  expect(articles.map(({ language }) => language).filter((language) => language !== "en-GB")).toEqual(["de"]);
  expect(articles.filter(({ image }) => image !== null)).toHaveLength(1);
});

test("nothing of the page around a story gets into it", () => {
  for (const article of articles)
    expect(JSON.stringify(article)).not.toMatch(
      /Published by|Leave a Reply|Share this|appeared first|newsletter|Exit mobile|\[…\]|undefined/u,
    );
});

test("one is held, because its headline names the wrong country", () => {
  const found = articles.flatMap((article) => checkArticle({ article, home: [] }, asking()).results);
  expect(found.filter(({ outcome }) => outcome !== "not checked")).toEqual([
    {
      check: "headline",
      outcome: "held",
      reason: "the headline names Norway, the article does not mention it anywhere",
    },
  ]);
});
