import type { ImageRef, Millis } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import { oneLine } from "../lib/text.ts";
import { plainText } from "./blocks.ts";
import type { Document } from "./dom.ts";
import { type LinkedData, readLinkedData } from "./json-ld.ts";
import { normaliseLanguage } from "./language.ts";
import { canonicalLink } from "./link.ts";
import { paidMarkOfPage, paywallMark } from "./marks.ts";
import { choosePictures, pictureAt } from "./picture.ts";
import { siteNames, tidySiteName, withoutSiteName } from "./title.ts";

/** What a page's head says of its article: Open Graph, JSON-LD, plain meta tags; nothing of the body. */
export type Metadata = {
  readonly title: string | null;
  /** In the order of trust; which of them is a dek, description.ts decides. */
  readonly descriptions: readonly string[];
  readonly author: string | null;
  readonly categories: readonly string[];
  readonly siteName: string | null;
  readonly siteUrl: string | null;
  readonly siteIconUrl: string | null;
  readonly canonicalUrl: string | null;
  readonly language: string | null;
  readonly image: ImageRef | null;
  readonly published: Millis | null;
  /** What marks the article as paid for, and what says that readers must pay; null: nothing. */
  readonly sponsored: string | null;
  readonly paywall: string | null;
  /** AT-URIs of the records that stand for the page (https://standard.site). */
  readonly documents: readonly string[];
};

const MAX_DOCUMENTS = 4;
const MAX_CATEGORIES = 10;

const statedLink = (document: Document): string | null =>
  document.querySelector('link[rel~="canonical"]')?.getAttribute("href") ?? metaTags(document)("og:url");

/** The web address that a page gives as its own, for one that was saved and has no other; null when it gives none. */
export const statedAddress = (document: Document): string | null =>
  webUrl(statedLink(document) ?? "")?.href ?? null;

/** Reads the head of a page; `url` is where the page was found. */
export function readMetadata(document: Document, url: string): Metadata {
  const meta = metaTags(document);
  const linked = readLinkedData(document);
  const siteName =
    [meta("og:site_name"), meta("application-name"), linked?.publisher ?? null]
      .map(tidySiteName)
      .find((name) => name !== null) ?? null;
  return {
    title: readTitle(document, meta, linked, siteNames(siteName, url)),
    descriptions: [
      meta("og:description"),
      meta("description"),
      linked?.description,
      meta("twitter:description"),
    ]
      .map((text) => decoded(text))
      .filter((text) => text !== null),
    author: readAuthor(meta, linked),
    categories: readCategories(document, linked),
    siteName,
    siteUrl: webUrl("/", url)?.href ?? null,
    siteIconUrl: readIcon(document, url),
    canonicalUrl: canonicalLink(statedLink(document), url),
    language: readLanguage(document, meta, linked),
    image: readImage(meta, linked, url),
    published: parseTime(
      first(
        meta("article:published_time"),
        linked?.published,
        document.querySelector("article time[datetime]")?.getAttribute("datetime"),
      ),
    ),
    sponsored: paidMarkOfPage(document, linked),
    paywall: paywallMark(document, linked),
    documents: readDocuments(document),
  };
}

/** Document and publication, by whichever link the page gives them. */
function readDocuments(document: Document): readonly string[] {
  const links = document.querySelectorAll(
    'link[rel~="site.standard.document"], link[rel~="site.standard.publication"]',
  );
  const uris = [...links].map((link) => link.getAttribute("href")?.trim() ?? "");
  return [...new Set(uris.filter((uri) => uri.startsWith("at://")))].slice(0, MAX_DOCUMENTS);
}

type Meta = (name: string) => string | null;

/** The first tag of each name counts, `property` and `name` alike. */
function metaTags(document: Document): Meta {
  const tags = new Map<string, string>();
  for (const tag of document.querySelectorAll("meta[content]")) {
    const name = (tag.getAttribute("property") ?? tag.getAttribute("name") ?? "").trim().toLowerCase();
    const content = oneLine(tag.getAttribute("content") ?? "");
    if (name !== "" && content !== "" && !tags.has(name)) tags.set(name, content);
  }
  return (name) => tags.get(name) ?? null;
}

function readTitle(document: Document, meta: Meta, linked: LinkedData | null, names: readonly string[]) {
  const headings = [...document.querySelectorAll("h1")].map((h1) => oneLine(h1.textContent ?? ""));
  const heading = headings.length === 1 ? headings[0] : undefined;
  const title = first(
    meta("og:title"),
    linked?.headline,
    heading,
    document.querySelector("head > title, title")?.textContent,
    headings[0],
  );
  return title === null ? null : withoutSiteName(decoded(title) ?? title, names, headings);
}

function readAuthor(meta: Meta, linked: LinkedData | null): string | null {
  const author = first(linked?.author, meta("author"), meta("article:author"), meta("parsely-author"));
  if (author === null || webUrl(author) !== null || author.length > 200) return null;
  return decoded(author.replace(/^by\s+/iu, ""));
}

function readCategories(document: Document, linked: LinkedData | null): readonly string[] {
  const tagged = [
    ...document.querySelectorAll('meta[property="article:section"], meta[property="article:tag"]'),
  ];
  const found = [...tagged.map((tag) => tag.getAttribute("content") ?? ""), ...(linked?.sections ?? [])];
  const texts = found.map((text) => decoded(text)).filter((text) => text !== null);
  return [...new Set(texts)].slice(0, MAX_CATEGORIES);
}

function readIcon(document: Document, url: string): string | null {
  const icon = document.querySelector('link[rel~="apple-touch-icon"], link[rel~="icon"]');
  const href = icon?.getAttribute("href") ?? null;
  return href === null ? null : (webUrl(href, url)?.href ?? null);
}

function readLanguage(document: Document, meta: Meta, linked: LinkedData | null): string | null {
  const root = document.documentElement;
  const stated = [root.getAttribute("lang"), root.getAttribute("xml:lang"), linked?.language];
  const more = [meta("og:locale"), meta("content-language")];
  return [...stated, ...more].map((tag) => normaliseLanguage(tag)).find((tag) => tag !== null) ?? null;
}

function readImage(meta: Meta, linked: LinkedData | null, url: string): ImageRef | null {
  const [picture = null] = choosePictures([
    pictureAt(
      first(meta("og:image:secure_url"), meta("og:image"), meta("og:image:url")),
      meta("og:image:alt"),
      url,
    ),
    pictureAt(first(meta("twitter:image"), meta("twitter:image:src")), meta("twitter:image:alt"), url),
    pictureAt(linked?.imageUrl, null, url),
  ]);
  return picture;
}

/** A time as pages write it; one without a zone is taken for UTC, so that it means the same on every machine. */
function parseTime(text: string | null): Millis | null {
  // Without its year, a machine would take one of its own.
  if (text === null || !/\d{4}/u.test(text)) return null;
  const local = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/u.test(text);
  const time = Date.parse(local ? `${text.replace(" ", "T")}Z` : text);
  return Number.isNaN(time) ? null : time;
}

function first(...texts: readonly (string | null | undefined)[]): string | null {
  const text = texts.find((text) => text !== null && text !== undefined && text.trim() !== "");
  return text === undefined || text === null ? null : oneLine(text);
}

/** Some publishers escape twice: what still looks like HTML is read once more. */
function decoded(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const plain = /&(?:#\d+|#x[\da-f]+|[a-z]+\d*);|<\/?[a-z]/iu.test(text) ? plainText(text) : text;
  return oneLine(plain) || null;
}
