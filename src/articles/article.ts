import type { Article, KeyPoints, ParsedEntry } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import { oneLine, takeGraphemes } from "../lib/text.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { type Body, readBody, readFeedBody } from "./body.ts";
import { isBoilerplate, withoutBoilerplateTail } from "./boilerplate.ts";
import { tidyCategories } from "./categories.ts";
import { chooseDescription } from "./description.ts";
import { parseDocument } from "./dom.ts";
import { extractKeyPoints } from "./key-points.ts";
import { normaliseLanguage } from "./language.ts";
import { postedLink } from "./link.ts";
import { type Metadata, readMetadata, statedAddress } from "./metadata.ts";
import { paidMark, paidMarkOfHtml } from "./marks.ts";
import { choosePictures, pictureAt } from "./picture.ts";
import { firstSentences, isCut, withoutByline } from "./sentences.ts";
import { tidySiteName } from "./title.ts";
import { folded, sameWords } from "./wording.ts";

/** What an article takes over from its feed. */
export type FeedInfo = {
  readonly title: string | null;
  readonly siteUrl: string | null;
  readonly iconUrl: string | null;
  readonly language: string | null;
};

export type Page = { readonly html: string; readonly url: string };

const MAX_TEXT = 100_000;
const MAX_TITLE = 512;
const NO_FEED: FeedInfo = { title: null, siteUrl: null, iconUrl: null, language: null };
/** A page that gives less than this share of what the feed carries (a paywall, a script's shell) loses to the feed. */
const PAGE_SHARE = 0.5;

/**
 * The article as its feed tells it. `source` says whether the feed carries the whole text ("feed") or the page could
 * not be had ("feed only"). Costs as much as the HTML is hostile: call it through `openExtractor` for foreign data.
 */
export function articleFromEntry(entry: ParsedEntry, feed: FeedInfo, source: "feed" | "feed only"): Article {
  const html = entry.contentHtml ?? entry.descriptionHtml ?? "";
  const language = normaliseLanguage(entry.language) ?? normaliseLanguage(feed.language);
  const { keyPoints } = extractKeyPoints(html, { url: entry.link, language, fragment: true });
  return assemble({
    entry,
    feed,
    page: null,
    source,
    language,
    keyPoints,
    body: readFeedBody(html, entry.link),
  });
}

/**
 * The article on a page, with what the feed says of it going first (title, description, author, date). Without an
 * entry the page speaks for itself; a saved page, whose address is a file, says where it was found. Costs as much as the page is hostile: call it through `openExtractor`.
 */
export function articleFromPage(found: Page, entry: ParsedEntry | null, feed: FeedInfo | null): Article {
  const document = parseDocument(found.html);
  const page = {
    ...found,
    url: webUrl(found.url) === null ? (statedAddress(document) ?? found.url) : found.url,
  };
  const metadata = readMetadata(document, page.url);
  const language =
    metadata.language ?? normaliseLanguage(entry?.language) ?? normaliseLanguage(feed?.language);
  const fromPage = extractKeyPoints(page.html, { url: page.url, language }).keyPoints;
  const own = entry?.contentHtml ?? null;
  const keyPoints =
    fromPage.points.length > 0 || own === null
      ? fromPage
      : extractKeyPoints(own, { url: page.url, language, fragment: true }).keyPoints;
  const pageBody = readBody(document, page.url);
  const feedBody = own === null ? null : readFeedBody(own, page.url);
  const body = feedBody !== null && size(pageBody) < size(feedBody) * PAGE_SHARE ? feedBody : pageBody;
  const parts = {
    entry,
    feed: feed ?? NO_FEED,
    page: { url: page.url, metadata },
    language,
    keyPoints,
    body,
  };
  return assemble({ ...parts, source: "page" });
}

type Parts = {
  readonly entry: ParsedEntry | null;
  readonly feed: FeedInfo;
  readonly page: { readonly url: string; readonly metadata: Metadata } | null;
  readonly source: Article["source"];
  readonly language: string | null;
  readonly keyPoints: KeyPoints;
  readonly body: Body;
};

function assemble({ entry, feed, page, source, language, keyPoints, body }: Parts): Article {
  const metadata = page?.metadata ?? null;
  const url = postedLink(entry?.link ?? null, page?.url ?? null);
  const title = takeGraphemes(oneLine(entry?.title || (metadata?.title ?? "")), MAX_TITLE) || url;
  const blocks = readable(body.blocks).filter(({ text }) => !sameWords(text, title));
  const text = textOf(blocks);
  const siteName = metadata?.siteName ?? tidySiteName(feed.title);
  const [image = null, ...otherImages] = choosePictures([
    entryPicture(entry),
    metadata?.image ?? null,
    body.picture,
  ]);
  const described = { title, siteName, text, keyPoints: keyPoints.points };
  const categories =
    entry !== null && entry.categories.length > 0 ? entry.categories : (metadata?.categories ?? []);
  return {
    url,
    pageUrl: page?.url ?? null,
    canonicalUrl: metadata?.canonicalUrl ?? null,
    title,
    description: chooseDescription(descriptions(entry, metadata), described),
    firstSentences: firstSentences(paragraphsOf(blocks), language, isOneOf(keyPoints.points)),
    text,
    keyPoints,
    language,
    image,
    otherImages,
    author: entry?.author ?? metadata?.author ?? null,
    categories: tidyCategories(categories, title),
    siteName,
    siteUrl: feed.siteUrl ?? metadata?.siteUrl ?? null,
    siteIconUrl: feed.iconUrl ?? metadata?.siteIconUrl ?? null,
    published: entry?.published ?? metadata?.published ?? null,
    sponsored:
      paidMark({ title, url, categories: [...categories, ...(metadata?.categories ?? [])] }) ??
      metadata?.sponsored ??
      paidMarkOfHtml(entry?.contentHtml ?? ""),
    paywall: metadata?.paywall ?? null,
    documents: metadata?.documents ?? [],
    source,
  };
}

/** What may be the dek, the feed's own words first. */
function descriptions(entry: ParsedEntry | null, metadata: Metadata | null): readonly string[] {
  const html = entry?.descriptionHtml ?? null;
  const fromFeed = html === null ? [] : readable(blocksOf(html)).map(({ text }) => text);
  const fromPage = (metadata?.descriptions ?? []).filter((text) => !isBoilerplate(text));
  return [fromFeed.join(" "), ...fromPage].map((text) => withoutByline(withoutTail(text)));
}

/** The blocks that the author wrote, without what themes and feeds put between and behind. */
const readable = (blocks: readonly Block[]): readonly Block[] =>
  blocks
    .filter(({ text }) => !isBoilerplate(text))
    .map(({ kind, text }) => ({ kind, text: withoutTail(text) }));

/** Without "Read more" and its like; that a machine cut the text there stays visible by an ellipsis. */
function withoutTail(text: string): string {
  const kept = withoutBoilerplateTail(text);
  return isCut(text) || /…|\.{3}/u.test(text.slice(kept.length)) ? `${kept}…` : kept;
}

const entryPicture = (entry: ParsedEntry | null) =>
  pictureAt(entry?.image?.url, entry?.image?.alt, entry?.link ?? null);

const paragraphsOf = (blocks: readonly Block[]): readonly string[] =>
  blocks.filter(({ kind }) => kind === "paragraph").map(({ text }) => text);

function isOneOf(points: readonly string[]): (text: string) => boolean {
  const known = new Set(points.map(folded));
  return (text) => known.has(folded(text));
}

const size = (body: Body): number => body.blocks.reduce((sum, { text }) => sum + text.length, 0);

const textOf = (blocks: readonly Block[]): string =>
  takeCharacters(blocks.map(({ text }) => text).join("\n\n"), MAX_TEXT);

const takeCharacters = (text: string, max: number): string =>
  text.length <= max ? text : text.slice(0, max).toWellFormed();
