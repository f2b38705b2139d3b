import type { Identified } from "../feeds/identity.ts";
import { floodReason } from "../feeds/flood.ts";
import type { Article, FeedConfig, ParsedEntry, ParsedFeed } from "../domain/types.ts";
import { oneLine } from "../lib/text.ts";
import { findEntries } from "../store/entries.ts";
import { numbersOf } from "../store/feeds.ts";
import { type FreshEntry, knownTitles, type ListedEntry, newestListed } from "../store/polls.ts";
import type { FeedRow } from "../store/tables.ts";
import type { Context } from "./context.ts";

export const feedName = (feed: Pick<FeedRow, "name" | "title" | "url">): string =>
  feed.name ?? feed.title ?? feed.url;

/** New entries, oldest first, with the state in which they enter the store. */
export async function freshEntries(
  context: Context,
  feed: FeedRow,
  config: FeedConfig,
  identified: Identified,
  document: ParsedFeed,
  partial: boolean,
): Promise<{ entries: readonly FreshEntry[]; notice: string | null }> {
  const fresh = identified.entries
    .filter((item) => item.kind === "new")
    .map(({ entry, keys }) => ({ entry, keys }));
  const ordered = oldestFirst(fresh);
  if (feed.firstPolledAt === null) {
    const from = ordered.length - config.backfill;
    const first = (item: (typeof ordered)[number], i: number): FreshEntry =>
      i >= from
        ? { ...item, state: "new", reason: null, heldBy: null, backfill: true }
        : {
            ...item,
            state: "skipped",
            reason: "listed before the first poll",
            heldBy: null,
            backfill: false,
          };
    return { entries: ordered.map(first), notice: null };
  }
  const flood = fresh.length === 0 || partial ? null : await flooded(context, feed, identified, document);
  const state = flood === null ? ("new" as const) : ("held" as const);
  const notice =
    flood === null
      ? null
      : `${fresh.length} entries of ${feedName(feed)} are held: ${flood}. See them: bulletin held. Post them: bulletin release ${feed.url}. Give them up: bulletin drop ${feed.url}`;
  return {
    entries: ordered.map((item) => ({
      ...item,
      state,
      reason: flood,
      heldBy: flood === null ? null : "flood",
      backfill: false,
    })),
    notice,
  };
}

/** By date where both have one, else in the reverse of the feed's order (feeds list the newest first). */
function oldestFirst<T extends { readonly entry: ParsedEntry }>(items: readonly T[]): readonly T[] {
  const dated = items.every(({ entry }) => entry.published !== null);
  const reversed = items.toReversed();
  return dated ? reversed.toSorted((a, b) => (a.entry.published ?? 0) - (b.entry.published ?? 0)) : reversed;
}

async function flooded(
  context: Context,
  feed: FeedRow,
  identified: Identified,
  document: ParsedFeed,
): Promise<string | null> {
  const newest = await newestListed(context.store, feed.id);
  const known = identified.entries.filter((item) => item.kind === "known");
  const fresh = identified.entries.filter((item) => item.kind === "new").map((item) => item.entry);
  const titles = await knownTitles(
    context.store,
    feed.id,
    fresh.map((entry) => entry.title),
  );
  return floodReason({
    fresh,
    listed: document.entries.length,
    newestKnownGone: newest !== null && !known.some((item) => item.entryId === newest.id),
    matchingKnownText: fresh.filter((entry) => titles.has(entry.title)).length,
    history: numbersOf(feed.freshCounts),
    lastGoodPoll: feed.lastGoodAt,
    now: context.clock.now(),
  });
}

/** Known entries whose listing changed: the newest copy replaces the old one for what was not yet posted. */
export async function listedEntries(
  context: Context,
  feed: FeedRow,
  identified: Identified,
): Promise<readonly ListedEntry[]> {
  const listed: ListedEntry[] = [];
  const known = identified.entries.filter((item) => item.kind === "known");
  const rows = new Map(
    (
      await findEntries(
        context.store,
        known.map((item) => item.entryId),
      )
    ).map((row) => [row.id, row]),
  );
  for (const item of known) {
    const row = rows.get(item.entryId);
    if (row === undefined || row.source === JSON.stringify(item.entry)) continue;
    const article =
      row.article === null
        ? null
        : await renewed(context, feed, JSON.parse(row.article) as Article, item.entry);
    listed.push({ entryId: item.entryId, entry: item.entry, keys: item.keys, article });
  }
  return listed;
}

/** The article after its entry changed. The page is not fetched again: its text stays, headline and dek follow the feed. */
async function renewed(
  context: Context,
  feed: FeedRow,
  article: Article,
  entry: ParsedEntry,
): Promise<Article> {
  if (article.source === "page")
    return { ...article, title: oneLine(entry.title) || article.title, categories: entry.categories };
  const again = await context.extractor.articleFromEntry(entry, feed, article.source);
  return { ...again, image: article.image ?? again.image };
}
