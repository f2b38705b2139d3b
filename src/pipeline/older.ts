import type { Millis, ParsedEntry, ParsedFeed } from "../domain/types.ts";
import type { ReadResult } from "../feeds/document.ts";
import { fetchFeed } from "../feeds/fetch.ts";
import { newestListed, type SightingKeys } from "../store/polls.ts";
import { listSightings } from "../store/sightings.ts";
import type { FeedRow, SightingRow } from "../store/tables.ts";
import type { Context } from "./context.ts";
import { feedName } from "./listing.ts";

/** So many pages of older entries are read back at most: ten of WordPress are a hundred entries. */
const MAX_PAGES = 10;
/** After so long without a good poll, a gap is worth a message. */
const LONG_PAUSE: Millis = 6 * 3_600_000;
/** What the history of a feed says of a gap. */
export const MISSING = "entries may be missing: all that it lists came after the newest one known before";
const NO_VALIDATORS = { etag: null, lastModified: null };

type ReadFeed = Extract<ReadResult, { kind: "feed" }>;

/** What a feed lists, with what is known of it already. */
export type Listing = {
  readonly document: ParsedFeed;
  /** Of each entry, in the same order. */
  readonly keys: readonly SightingKeys[];
  readonly sightings: readonly SightingRow[];
  /** Entries may have come and gone between this poll and the one before. */
  readonly gap: boolean;
};

/** All entries are dated, and the oldest is younger than that. */
const isYounger = (entries: readonly ParsedEntry[], than: Millis): boolean =>
  entries.length > 0 && entries.every(({ published }) => published !== null && published > than);

/**
 * What a document lists. Where nothing of it is known and its oldest entry is younger than the newest known one, what
 * came between is read from the pages of older entries that the feed names, back to a known entry; where that one is
 * not found, there is a gap. A first poll and a partial answer (226) have none.
 */
export async function listingOf(
  context: Context,
  feed: FeedRow,
  read: ReadFeed,
  partial: boolean,
): Promise<Listing> {
  const { feed: document, keys } = read;
  const sightings = await listSightings(context.store, feed.id, keys);
  const listing = { document, keys, sightings, gap: false };
  if (sightings.length > 0 || feed.firstPolledAt === null || partial) return listing;
  const newest = (await newestListed(context.store, feed.id))?.publishedAt ?? null;
  if (newest === null || !isYounger(document.entries, newest)) return listing;
  return await readBack(context, feed, listing, newest);
}

async function readBack(context: Context, feed: FeedRow, first: Listing, newest: Millis): Promise<Listing> {
  let listing = first;
  let next = first.document.olderUrl;
  for (let pages = 0; next !== null && pages < MAX_PAGES; pages++) {
    const page = await readPage(context, next);
    if (page === null) break;
    const sightings = await listSightings(context.store, feed.id, page.keys);
    listing = {
      document: { ...listing.document, entries: [...listing.document.entries, ...page.feed.entries] },
      keys: [...listing.keys, ...page.keys],
      sightings,
      gap: false,
    };
    if (sightings.length > 0 || !isYounger(page.feed.entries, newest)) return listing;
    next = page.feed.olderUrl;
  }
  return { ...listing, gap: true };
}

/** Null where there is no such page (WordPress then answers 404), or none that can be had now. */
async function readPage(context: Context, url: string): Promise<ReadFeed | null> {
  const { http, clock, signal, reader } = context;
  const { limits } = context.config();
  const request = { url, validators: NO_VALIDATORS, limits, now: clock.now(), signal };
  const response = await fetchFeed(http, request);
  if (response.kind !== "fetched") return null;
  const read = await reader.read(response, signal);
  return read.kind === "feed" ? read : null;
}

/** What the admin is told of a gap after a pause; null after a short one: a feed that overflows would tell it daily. */
export function gapNotice(feed: FeedRow, now: Millis): string | null {
  if (now - (feed.lastGoodAt ?? now) < LONG_PAUSE) return null;
  return `${feedName(feed)} was not read for a while, and ${MISSING}. Post one that is missing: bulletin post URL`;
}
