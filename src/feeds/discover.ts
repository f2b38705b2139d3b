import type { Limits, ParsedFeed } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import type { Http } from "../lib/http.ts";
import { sourceOf } from "./document.ts";
import type { FoundFeed } from "./links.ts";
import type { FeedReader } from "./reader.ts";

export type Discovery =
  | { readonly kind: "found"; readonly feedUrl: string; readonly title: string | null }
  | { readonly kind: "none"; readonly reason: string };

/** What discovery works with. */
export type Discoverer = { readonly http: Http; readonly reader: FeedReader; readonly limits: Limits };

const GUESSES = ["feed/", "rss.xml", "atom.xml", "feed.xml", "index.xml"];
/** How many of a page's links are asked before the customary addresses. */
const TRIES = 5;

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
  | { readonly kind: "page"; readonly url: string; readonly links: readonly FoundFeed[] }
  /** `answered`: the host is there, but not what was asked for. */
  | { readonly kind: "nothing"; readonly reason: string; readonly answered: boolean };

async function look(
  { http, reader, limits }: Discoverer,
  url: string,
  signal: AbortSignal | undefined,
): Promise<Looked> {
  const response = await http.get({
    url,
    maxBytes: limits.pageBytes,
    totalMs: limits.pageMs,
    priority: "page",
    ...(signal ? { signal } : {}),
  });
  if (response.kind === "failed") return { kind: "nothing", reason: response.reason, answered: false };
  if (response.status !== 200) return { kind: "nothing", reason: `HTTP ${response.status}`, answered: true };
  const read = await reader.read(sourceOf(response), signal);
  // A redirect that may change is followed at each poll; only a permanent one is written down.
  if (read.kind === "feed") {
    return { kind: "feed", url: response.permanent ? response.url : url, feed: read.feed };
  }
  return { kind: "page", url: response.url, links: read.links };
}

/**
 * Finds the feed of an address that a person gave: the address itself when it is a feed, else the first feed that its
 * page names, else a customary place beside it or at the root of its host. Asks one by one, and no more once one
 * answers with a feed, or once the host has failed in the same way twice without a word.
 */
export async function discoverFeed(by: Discoverer, url: string, signal?: AbortSignal): Promise<Discovery> {
  if (webUrl(url) === null) return { kind: "none", reason: "not a web address" };
  const first = await look(by, url, signal);
  if (first.kind === "feed") return { kind: "found", feedUrl: first.url, title: first.feed.title };
  const named = first.kind === "page" ? first.links.slice(0, TRIES) : [];
  const places = new Set([
    ...named.map((link) => link.url),
    ...guesses(first.kind === "page" ? first.url : url),
  ]);
  for (const place of places) {
    if (signal?.aborted) break;
    const there = await look(by, place, signal);
    if (there.kind === "feed") return { kind: "found", feedUrl: there.url, title: there.feed.title };
    if (isSilence(first) && isSilence(there) && first.reason === there.reason)
      return { kind: "none", reason: first.reason };
  }
  const cause = first.kind === "page" ? "the page names no feed that works" : first.reason;
  return { kind: "none", reason: `${cause}, and there is none in the customary places` };
}

const isSilence = (looked: Looked): looked is Extract<Looked, { kind: "nothing" }> =>
  looked.kind === "nothing" && !looked.answered;
