import { request } from "undici";
import { articleFromEntry, articleFromPage } from "../../src/articles/article.ts";
import { isWhole } from "../../src/articles/whole.ts";
import type { Article, Limits } from "../../src/domain/types.ts";
import { parseFeed } from "../../src/feeds/parse.ts";

const get = async (url: string) => (await request(url)).body.bytes();

/** The articles of a sample newsroom that is open at this address, as the pipeline reads them. */
export async function readSample(newsroomUrl: string, limits: Limits): Promise<readonly Article[]> {
  const url = `${newsroomUrl}/feed/`;
  const parsed = parseFeed(await get(url), "application/rss+xml; charset=UTF-8", url, limits);
  if (parsed.kind !== "feed") throw new Error(parsed.reason);
  const { title, siteUrl, iconUrl, language, entries } = parsed.feed;
  const feed = { title, siteUrl, iconUrl, language };
  const read = async (entry: (typeof entries)[number]): Promise<Article> => {
    if (isWhole(entry) || entry.link === null) return articleFromEntry(entry, feed, "feed");
    const html = Buffer.from(await get(entry.link)).toString();
    return articleFromPage({ html, url: entry.link }, entry, feed);
  };
  return Promise.all(entries.map(read));
}
