import { pathToFileURL } from "node:url";
import { decodePage, decodeSaved } from "../articles/charset.ts";
import { extractKeyPoints } from "../articles/key-points.ts";
import { isWhole } from "../articles/extract.ts";
import { fetchPage } from "../articles/fetch.ts";
import { prepareOneImage } from "../articles/image.ts";
import {
  type Asking,
  checkArticle,
  checkImage,
  checkListing,
  checkSending,
  writtenAt,
} from "../articles/checks.ts";
import { LIMITS } from "../config/defaults.ts";
import { AdminError } from "../domain/errors.ts";
import type { Article, CheckResult, Image, ParsedEntry, ParsedFeed, Post } from "../domain/types.ts";
import { discoverFeed } from "../feeds/discover.ts";
import { sourceOf } from "../feeds/document.ts";
import { webUrl } from "../lib/address.ts";
import { discovererOf } from "../pipeline/context.ts";
import { summaryOf } from "../pipeline/summary.ts";
import { meantBy, savedPage, type SavedPage } from "./meant.ts";
import type { Operator } from "./operator.ts";
import { optionsFor } from "./preview-options.ts";

export type Preview = {
  readonly title: string;
  readonly url: string;
  readonly keyPoints: readonly string[];
  readonly origin: string | null;
  readonly description: string | null;
  readonly firstSentences: string | null;
  readonly language: string | null;
  readonly image: string | null;
  readonly author: string | null;
  readonly categories: readonly string[];
  readonly siteName: string | null;
  /** What the checks would say if a feed listed it now. */
  readonly checks: readonly CheckResult[];
  /** Those of them that would hold it for an admin; left out when none does. */
  readonly held?: readonly Pick<CheckResult, "check" | "reason">[];
  readonly posts: readonly PreviewPost[];
};

/** A post as it would be sent; of the picture only its kind and its size in bytes. */
export type PreviewPost = Omit<Post, "image"> & {
  readonly image: { readonly mime: string; readonly bytes: number } | null;
};

export type FoundKeyPoints = {
  readonly target: string;
  readonly keyPoints: readonly string[];
  readonly origin: string | null;
  readonly label: string | null;
  readonly candidates?: unknown;
};

/** An article, its feed's entry where it came from one, and the addresses of feed and site. */
type Found = {
  readonly article: Article;
  readonly entry: Pick<ParsedEntry, "link" | "published">;
  readonly home: readonly string[];
};

const alone = (article: Article): Found => ({
  article,
  entry: { link: article.url, published: article.published },
  home: [],
});

/** How an article will look: nothing is stored, nothing is sent. Takes a page, a feed, a site, or a saved file. */
export async function preview(operator: Operator, target: string): Promise<Preview> {
  const meant = await meantBy(target, operator.context.config().limits.pageBytes);
  return await draw(
    operator,
    meant.kind === "file" ? await fromFile(operator, meant) : await fromWeb(operator, meant.url),
  );
}

/** The newest article of the feed of a site, or of the feed itself; null when it lists none yet. Throws without a feed. */
export async function previewNewest(operator: Operator, site: string): Promise<Preview | null> {
  const { feed, url } = await feedOf(operator, site);
  return feed.entries.length === 0
    ? null
    : await draw(operator, await fromEntry(operator.context, feed, url));
}

async function draw(operator: Operator, found: Found): Promise<Preview> {
  const { clock, config } = operator.context;
  const asking: Asking = { settings: config().checks, released: new Set() };
  const { article, results } = checkArticle(found, asking);
  const { image, results: ofImage } = await pictureOf(operator, article, asking);
  const summary = summaryOf(article, image, null);
  const drawn = (["discord", "bluesky"] as const).map(async (look) =>
    operator.composers[look](summary, await optionsFor(operator, article, look)),
  );
  const posts = (await Promise.all(drawn)).flat();
  const dates = { ...found.entry, firstSeenAt: clock.now(), now: clock.now() };
  const sending = {
    text: () => posts.map(({ text }) => text).join("\n"),
    language: article.language,
    writtenAt: writtenAt(dates),
    now: clock.now(),
    timezone: config().timezone,
  };
  const checks = [
    ...checkListing({ ...dates, maxAge: config().timing.maxAge }, asking),
    ...results,
    ...ofImage,
    ...checkSending(sending, asking),
  ];
  const held = checks
    .filter(({ outcome }) => outcome === "held")
    .map(({ check, reason }) => ({ check, reason }));
  return {
    title: article.title,
    url: article.url,
    keyPoints: article.keyPoints.points,
    origin: article.keyPoints.origin,
    description: article.description,
    firstSentences: article.firstSentences,
    language: article.language,
    image: image?.sourceUrl ?? null,
    author: article.author,
    categories: article.categories,
    siteName: article.siteName,
    checks,
    ...(held.length === 0 ? {} : { held }),
    posts: posts.map(withoutBytes),
  };
}

async function pictureOf(
  { context }: Operator,
  { image, otherImages = [] }: Article,
  asking: Asking,
): Promise<{ readonly image: Image | null; readonly results: readonly CheckResult[] }> {
  if (image === null) return { image: null, results: [] };
  const { http, config, signal } = context;
  const isJudged = asking.settings.image !== "off";
  const result = await prepareOneImage(http, [image, ...otherImages], config().limits, signal, isJudged);
  return result.kind === "image"
    ? { image: result.image, results: [] }
    : { image: null, results: checkImage(result.reason, asking) };
}

const withoutBytes = ({ image, ...post }: Post): PreviewPost => ({
  ...post,
  image: image === null ? null : { mime: image.mime, bytes: image.bytes.length },
});

async function fromFile({ context }: Operator, { path, bytes }: SavedPage): Promise<Found> {
  const url = pathToFileURL(path).href;
  const parsed = await context.reader.read({ body: bytes, contentType: null, url });
  if (parsed.kind === "feed") return await fromEntry(context, parsed.feed, null);
  const page = { html: decodeSaved(bytes), url };
  return alone(await context.extractor.articleFromPage(page, null, null, context.signal));
}

async function fromWeb(operator: Operator, url: string): Promise<Found> {
  const { http, config, extractor, signal } = operator.context;
  const { limits } = config();
  if (webUrl(url)?.pathname === "/") {
    const site = await feedOf(operator, url);
    return await fromEntry(operator.context, site.feed, site.url);
  }
  const response = await http.get({
    url,
    maxBytes: limits.pageBytes,
    totalMs: limits.pageMs,
    priority: "page",
    signal,
  });
  if (response.kind === "failed") throw new AdminError(`${url} cannot be read: ${response.reason}`);
  if (response.status !== 200) throw new AdminError(`${url} answers ${response.status}.`);
  const parsed = await operator.context.reader.read(sourceOf(response), signal);
  if (parsed.kind === "feed") return await fromEntry(operator.context, parsed.feed, url);
  return alone(
    await extractor.articleFromPage(
      { html: decodePage(response.body, response.headers["content-type"] ?? null), url: response.url },
      null,
      null,
      signal,
    ),
  );
}

/** A site's address: its feed, and where it is. */
async function feedOf(
  { context }: Operator,
  url: string,
): Promise<{ readonly feed: ParsedFeed; readonly url: string }> {
  const { http, config, signal } = context;
  const { limits } = config();
  const found = await discoverFeed(discovererOf(context), url, signal);
  if (found.kind === "none")
    throw new AdminError(
      `${url} has no feed that could be found: ${found.reason}. Give the feed's own address, often https://SITE/feed/.`,
    );
  const response = await http.get({
    url: found.feedUrl,
    maxBytes: limits.feedBytes,
    totalMs: limits.feedMs,
    priority: "feed",
    signal,
  });
  if (response.kind === "failed") throw new AdminError(`${found.feedUrl} cannot be read: ${response.reason}`);
  const parsed = await context.reader.read(sourceOf(response), signal);
  if (parsed.kind === "not a feed") throw new AdminError(`${found.feedUrl} is no feed: ${parsed.reason}`);
  return { feed: parsed.feed, url: found.feedUrl };
}

/** A feed's newest article; `feedUrl` is null for a saved feed. */
async function fromEntry(
  context: Operator["context"],
  feed: ParsedFeed,
  feedUrl: string | null,
): Promise<Found> {
  const [entry] = feed.entries;
  if (entry === undefined) throw new AdminError("The feed lists no article.");
  const home = [feedUrl, feed.siteUrl].filter((address) => address !== null);
  const { extractor, http, robots, config, signal } = context;
  if (isWhole(entry)) return { article: await extractor.articleFromEntry(entry, feed, "feed"), entry, home };
  const page =
    entry.link === null ? null : await fetchPage(http, robots, entry.link, config().limits, signal);
  const article =
    page?.kind === "page"
      ? await extractor.articleFromPage(page, entry, feed, signal)
      : await extractor.articleFromEntry(entry, feed, "feed only");
  return { article, entry, home };
}

/** The key points of one page, with how they were found. */
export async function keyPoints(
  operator: Operator,
  target: string,
  explain: boolean,
): Promise<FoundKeyPoints> {
  const meant = await meantBy(target, operator.context.config().limits.pageBytes);
  const html = meant.kind === "file" ? decodeSaved(meant.bytes) : await loadPage(operator, meant.url);
  const found = extractKeyPoints(html, { url: meant.kind === "web" ? meant.url : null, language: null });
  const { points, origin, label } = found.keyPoints;
  return { target, keyPoints: points, origin, label, ...(explain ? { candidates: found.candidates } : {}) };
}

async function loadPage({ context }: Operator, url: string): Promise<string> {
  const page = await fetchPage(context.http, context.robots, url, context.config().limits, context.signal);
  if (page.kind === "page") return page.html;
  throw new AdminError(`${url} cannot be read: ${"reason" in page ? page.reason : UNREAD[page.kind]}`);
}

const UNREAD = {
  gone: "it is gone (404 or 410)",
  disallowed: "the site's robots.txt asks programs to stay away from it. Save the page and give the file.",
} as const;

/** The key points of a saved page, for batches; throws an AdminError when there is no such file. */
export async function keyPointsOfFile(
  path: string,
  url: string | null,
  language: string | null,
): Promise<readonly string[]> {
  const html = decodeSaved((await savedPage(path, LIMITS.pageBytes)).bytes);
  return extractKeyPoints(html, { url, language }).keyPoints.points;
}
