import { expect, test } from "vitest";
import { openFeedReader } from "../../src/feeds/reader.ts";
import { limits } from "../support/limits.ts";
import { rss } from "./feed-text.ts";

const ENTRY = "<item><title>still there</title><guid>1</guid></item>";
const source = (text: string) => ({
  body: Buffer.from(text),
  contentType: null,
  url: "https://a.example/feed",
});
const LARGE = rss(`${"<a>".repeat(700_000)}${"</a>".repeat(700_000)}${ENTRY}`);

test("small and large documents are read alike, with the keys of their entries", async () => {
  await using reader = openFeedReader({ limits });
  for (const text of [rss(ENTRY), LARGE])
    expect(await reader.read(source(text))).toMatchObject({
      kind: "feed",
      feed: { entries: [{ title: "still there" }] },
      keys: [{ guid: "1", link: null }],
    });
  const page = `<html><link rel="alternate" type="application/rss+xml" href="/rss">${"<p>".repeat(50_000)}`;
  expect(await reader.read(source(page))).toMatchObject({
    kind: "not a feed",
    links: [{ url: "https://a.example/rss" }],
  });
});

test("a large document is read where it can be stopped: when it takes too long it is given up, the reason is told, and the next one is read", async () => {
  const reasons: unknown[] = [];
  const note = (_: string, fields?: Readonly<Record<string, unknown>>) =>
    void reasons.push(fields?.["reason"]);
  const log = { debug: note, info: note, warn: note, error: note };
  await using reader = openFeedReader({ limits: { ...limits, parseMs: 60 }, log });
  const results = await Promise.all([
    reader.read(source(LARGE)),
    reader.read(source(rss(ENTRY))),
    reader.read(source(rss(`${ENTRY}${" ".repeat(70_000)}`))),
  ]);
  expect(results.map(({ kind }) => kind)).toEqual(["not a feed", "feed", "feed"]);
  expect(reasons).toEqual(["it took longer than 60 ms"]);
});
