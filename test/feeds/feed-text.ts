import { parseFeed } from "../../src/feeds/parse.ts";
import type { ParsedEntry, ParsedFeed } from "../../src/domain/types.ts";
import { limits } from "../support/limits.ts";

const encoder = new TextEncoder();

/** A feed from its text, as if it came from gazette.example; fails the test when it is none. */
export function feedFrom(source: string | Uint8Array, contentType: string | null = null): ParsedFeed {
  const body = typeof source === "string" ? encoder.encode(source) : source;
  const result = parseFeed(body, contentType, "https://gazette.example/feed/", limits);
  if (result.kind !== "feed") throw new Error(`not a feed: ${result.reason}`);
  return result.feed;
}

/** RSS around what stands in its items. */
export const rss = (items: string, channel = ""): string =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title>${channel}${items}</channel></rss>`;

/** Atom around the inside of its one entry. */
export const atom = (inside: string): string =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><title>Gazette</title><entry>${inside}</entry></feed>`;

/** The one entry of an item's inside. */
export function entryFrom(inside: string): ParsedEntry {
  const [entry] = feedFrom(rss(`<item>${inside}</item>`)).entries;
  if (entry === undefined) throw new Error("no entry");
  return entry;
}
