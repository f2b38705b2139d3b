import type { Limits, ParsedFeed } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import type { Http } from "../lib/http.ts";
import { decodeBody } from "./encoding.ts";
import { readMarkup } from "./markup.ts";
import type { Attributes } from "./markup.ts";
import { parseFeed } from "./parse.ts";
import { plainLine } from "./plain.ts";

export type FoundFeed = { readonly url: string; readonly title: string | null };

export type Discovery =
  | { readonly kind: "found"; readonly feedUrl: string; readonly title: string | null }
  | { readonly kind: "none"; readonly reason: string };

const TYPE =
  /^(?:application\/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json|xml|json)|text\/(?:xml|rss|atom)|text\/rss\+xml)/iu;
const COMMENTS = /comment|kommentar|coment[aá]rio|commentaire|\/replies/iu;
const GUESSES = ["feed/", "rss.xml", "atom.xml", "feed.xml", "index.xml"];
const MAX_LINKS = 20;
const MAX_TITLE = 200;
/** How many of a page's links are asked before the customary addresses. */
const TRIES = 5;

/** WordPress also names its JSON interfaces as alternates: JSON counts only where it calls itself a feed. */
function isFeedLink(attributes: Attributes): boolean {
  const relations = (attributes.get("rel") ?? "").toLowerCase().split(/\s+/u);
  const type = attributes.get("type")?.trim() ?? "";
  const href = attributes.get("href") ?? "";
  if (!relations.includes("alternate") && !relations.includes("feed")) return false;
  if (!TYPE.test(type) || /oembed/iu.test(type)) return false;
  const isPlainJson = /^application\/json/iu.test(type);
  return (
    !isPlainJson || (/feed/iu.test(`${href} ${attributes.get("title") ?? ""}`) && !href.includes("wp-json"))
  );
}

/**
 * The feeds that a page names in its `<link rel="alternate">`, absolute, each once, in its order but those of comments
 * last. A `<base>` is heeded. Never throws; at most 20.
 */
export function feedLinks(html: string, url: string): readonly FoundFeed[] {
  let base: string | null = null;
  const links: Attributes[] = [];
  readMarkup(
    html,
    "html",
    {
      open: (name, attributes) => {
        if (name === "base") base ??= attributes.get("href") ?? null;
        if (name === "link" && isFeedLink(attributes)) links.push(attributes);
      },
      close: () => {},
    },
    () => links.length >= MAX_LINKS,
  );
  const from = (base === null ? null : webUrl(base, url)?.href) ?? url;
  const found = new Map<string, FoundFeed>();
  for (const link of links) {
    const address = webUrl(link.get("href") ?? "", from)?.href;
    const title = plainLine(link.get("title") ?? "", "text", MAX_TITLE);
    if (address !== undefined && !found.has(address)) {
      found.set(address, { url: address, title: title === "" ? null : title });
    }
  }
  const isComments = (feed: FoundFeed): boolean =>
    COMMENTS.test(`${new URL(feed.url).pathname} ${feed.title ?? ""}`);
  const feeds = [...found.values()];
  return [...feeds.filter((feed) => !isComments(feed)), ...feeds.filter(isComments)];
}

/** Customary places: beside the address that was given, then at the root of its host. */
function guesses(url: string): readonly string[] {
  const { origin, pathname } = new URL(url);
  const isFile = /\.\w{1,5}$/u.test(pathname);
  const folder = isFile ? pathname.slice(0, pathname.lastIndexOf("/") + 1) : `${pathname}/`;
  const beside = origin + folder.replaceAll(/\/{2,}/gu, "/");
  const places = beside === `${origin}/` ? [beside] : [beside, `${origin}/`];
  return places.flatMap((place) => GUESSES.map((guess) => place + guess));
}

type Looked =
  | { readonly kind: "feed"; readonly url: string; readonly feed: ParsedFeed }
  | { readonly kind: "page"; readonly url: string; readonly html: string }
  | { readonly kind: "nothing"; readonly reason: string };

async function look(
  http: Http,
  url: string,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<Looked> {
  const response = await http.get({
    url,
    maxBytes: limits.pageBytes,
    totalMs: limits.pageMs,
    priority: "page",
    ...(signal ? { signal } : {}),
  });
  if (response.kind === "failed") return { kind: "nothing", reason: response.reason };
  if (response.status !== 200) return { kind: "nothing", reason: `HTTP ${response.status}` };
  const contentType = response.headers["content-type"] ?? null;
  const parsed = parseFeed(response.body, contentType, response.url, limits);
  // A redirect that may change is followed at each poll; only a permanent one is written down.
  if (parsed.kind === "feed") {
    return { kind: "feed", url: response.permanent ? response.url : url, feed: parsed.feed };
  }
  return { kind: "page", url: response.url, html: decodeBody(response.body, contentType) };
}

/**
 * Finds the feed of an address that a person gave: the address itself when it is a feed, else the first feed that its
 * page names, else a customary place beside it or at the root of its host. Asks one by one, and no more once one
 * answers with a feed.
 */
export async function discoverFeed(
  http: Http,
  url: string,
  limits: Limits,
  signal?: AbortSignal,
): Promise<Discovery> {
  if (webUrl(url) === null) return { kind: "none", reason: "not a web address" };
  const first = await look(http, url, limits, signal);
  if (first.kind === "feed") return { kind: "found", feedUrl: first.url, title: first.feed.title };
  const named = first.kind === "page" ? feedLinks(first.html, first.url).slice(0, TRIES) : [];
  const places = new Set([
    ...named.map((link) => link.url),
    ...guesses(first.kind === "page" ? first.url : url),
  ]);
  for (const place of places) {
    if (signal?.aborted) break;
    const there = await look(http, place, limits, signal);
    if (there.kind === "feed") return { kind: "found", feedUrl: there.url, title: there.feed.title };
  }
  const cause = first.kind === "page" ? "the page names no feed that works" : first.reason;
  return { kind: "none", reason: `${cause}, and there is none in the customary places` };
}
