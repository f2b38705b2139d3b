import { expect, test } from "vitest";
import type { Post, PostOptions, Summary } from "../../../src/domain/types.ts";
import { openPreview } from "../../../src/destinations/preview/preview.ts";

const summary: Summary = {
  title: "Harbour café reopens",
  url: "https://courier.example/cafe/",
  keyPoints: ["It opens at seven."],
  description: null,
  firstSentences: null,
  language: "en",
  image: null,
  author: null,
  categories: [],
  siteName: null,
  siteUrl: null,
  siteIconUrl: null,
  published: null,
};
const options: PostOptions = { key: "3kq", createdAt: 5, style: "card", mentions: [], hashtags: [] };
const composed: Post = {
  platform: "preview",
  payload: { text: "• It opens at seven." },
  image: null,
  text: "x",
};
const preview = openPreview({
  id: "preview:bluesky",
  name: "Bluesky",
  look: "bluesky",
  compose: () => [composed],
});

test("a preview keeps what the platform's composer made and says which platform it looks like", () => {
  expect(preview.compose(summary, options)).toEqual([{ ...composed, platform: "bluesky" }]);
});

test("sending goes nowhere, always succeeds, and gives the same reference each time", async () => {
  const delivery = { key: "3kq", post: composed, articleUrl: summary.url, firstAttemptAt: null };
  const sent = { kind: "sent", ref: { id: "preview:3kq", url: null, cid: null } };
  const { signal } = new AbortController();
  expect(await preview.send(delivery, signal)).toEqual(sent);
  expect(await preview.send(delivery, signal)).toEqual(sent);
  expect(preview.resend).toBe("always");
  expect(await preview.check(signal)).toEqual([]);
});
