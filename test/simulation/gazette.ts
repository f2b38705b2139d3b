import type { Extractor } from "../../src/articles/extract.ts";
import type { Article, Millis, ParsedEntry } from "../../src/domain/types.ts";
import type { Http, HttpResponse } from "../../src/lib/http.ts";
import { HOUR } from "../support/clock.ts";
import { WHOLE } from "../support/newsroom.ts";
import type { World } from "./world.ts";

export const SITE = "https://gazette.example";
export const FEED = `${SITE}/feed`;

/** The feed as it stands now, behind a network that may fail. */
export function httpOf({ stories, roll, counts, clock }: World): Http {
  const get = (): Promise<HttpResponse> => {
    counts.activity += 1;
    if (counts.fails && roll() < 0.1)
      return Promise.resolve({ kind: "failed", reason: "the connection was cut" });
    const body = Buffer.from(feedOf(stories, clock.now()));
    const headers = { "content-type": "application/rss+xml" };
    return Promise.resolve({
      kind: "response",
      status: 200,
      headers,
      body,
      url: FEED,
      redirected: false,
      permanent: false,
    });
  };
  const unused = () => Promise.reject(new Error("unused"));
  return { get, post: unused, fetch: unused, [Symbol.asyncDispose]: async () => {} };
}

const feedOf = (stories: readonly string[], now: Millis): string =>
  `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Gazette</title><link>${SITE}</link>${stories
    .map(
      (link) =>
        `<item><title>Story ${link.slice(SITE.length + 1)} of the day</title><link>${link}</link><guid>${link}</guid><pubDate>${new Date(now - HOUR).toUTCString()}</pubDate><content:encoded><![CDATA[${WHOLE}]]></content:encoded></item>`,
    )
    .toReversed()
    .join("")}</channel></rss>`;

const articleOf = (entry: ParsedEntry): Article => ({
  url: entry.link ?? "",
  pageUrl: null,
  canonicalUrl: null,
  title: entry.title,
  description: null,
  firstSentences: null,
  text: entry.title,
  keyPoints: { points: [], origin: null, label: null },
  language: "en",
  image: null,
  author: null,
  categories: [],
  siteName: "Gazette",
  siteUrl: SITE,
  siteIconUrl: null,
  published: entry.published,
  source: "feed",
});

/** The articles are told apart by their links alone. */
export const EXTRACTOR: Extractor = {
  articleFromPage: (_, entry) => Promise.resolve(articleOf(entry as ParsedEntry)),
  articleFromEntry: (entry) => Promise.resolve(articleOf(entry)),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
