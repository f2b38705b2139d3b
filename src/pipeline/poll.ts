import { identify, keysOf, type Identified, type KnownEntry } from "../feeds/identity.ts";
import { discoverFeed } from "../feeds/discover.ts";
import { fetchFeed } from "../feeds/fetch.ts";
import { floodReason } from "../feeds/flood.ts";
import { nextPollAt } from "../feeds/cadence.ts";
import { parseFeed } from "../feeds/parse.ts";
import { reasonOf } from "../domain/errors.ts";
import type { Article, FeedConfig, FeedResponse, Millis, ParsedEntry, ParsedFeed } from "../domain/types.ts";
import { nextSlot } from "../lib/cron.ts";
import { oneLine } from "../lib/text.ts";
import { findEntry, listEntries } from "../store/entries.ts";
import { hostPausedUntil, numbersOf, pauseHost, postponeFeed } from "../store/feeds.ts";
import {
  type FreshEntry,
  type ListedEntry,
  listSightings,
  newestListed,
  type PollSettlement,
  settlePoll,
} from "../store/polls.ts";
import type { FeedRow, SightingRow } from "../store/tables.ts";
import { type Context, feedConfigOf } from "./context.ts";

/** A permanent redirect is kept after this many polls that saw it, over at least this long (facts of RFC 9110, 15.4). */
const MOVE_POLLS = 3;
const MOVE_AFTER: Millis = 24 * 3_600_000;
/** A feed that fails is asked ever more rarely, down to once a day. */
const LONGEST_BACK_OFF: Millis = 24 * 3_600_000;
/** How many counts of new entries the flood guard remembers. */
const COUNTS_KEPT = 50;

/** Asks one claimed feed once, and settles what came: new entries, validators, the next due time. */
export async function poll(context: Context, feed: FeedRow): Promise<void> {
  const config = feedConfigOf(context.config(), feed.urlKey);
  if (config === null) return;
  const now = context.clock.now();
  const host = URL.parse(feed.feedUrl ?? feed.url)?.host ?? "";
  const pausedUntil = await hostPausedUntil(context.store, host);
  if (pausedUntil > now) return await postponeFeed(context.store, feed, pausedUntil);
  const settlement = await ask(context, feed, config);
  if (settlement === null) return;
  if (await settlePoll(context.store, feed, context.clock.now(), settlement))
    context.log.info("polled", {
      feed: feed.name ?? feed.url,
      outcome: settlement.outcome,
      fresh: settlement.fresh.length,
      reason: settlement.reason,
    });
}

async function ask(context: Context, feed: FeedRow, config: FeedConfig): Promise<PollSettlement | null> {
  const { http, clock, signal } = context;
  const { limits } = context.config();
  const url = feed.feedUrl ?? feed.url;
  const validators = { etag: feed.etag, lastModified: feed.lastModified };
  const response = await fetchFeed(http, { url, validators, limits, now: clock.now(), signal });
  if (signal.aborted) return null;
  switch (response.kind) {
    case "unchanged":
      return unchanged(context, feed, config, response);
    case "gone":
      return stopped(feed, clock.now(), "the server says that this feed is gone for good (410)");
    case "failed":
      return await failed(context, feed, config, response.reason, response.retryAfterMs ?? 0);
    case "fetched":
      return await fetched(context, feed, config, response);
  }
}

const feedName = (feed: FeedRow): string => feed.name ?? feed.title ?? feed.url;

function stopped(feed: FeedRow, now: Millis, reason: string): PollSettlement {
  const notice = `The feed ${feedName(feed)} was stopped: ${reason}. Change its address in the config, or: bulletin resume ${feed.url}`;
  return {
    outcome: "gone",
    reason,
    feed: { state: "stopped", reason, dueAt: now },
    fresh: [],
    listed: [],
    notice,
  };
}

function unchanged(
  context: Context,
  feed: FeedRow,
  config: FeedConfig,
  response: Extract<FeedResponse, { kind: "unchanged" }>,
): PollSettlement {
  const now = context.clock.now();
  const hints = {
    updateInterval: feed.updateInterval,
    skipHours: numbersOf(feed.skipHours),
    skipDays: numbersOf(feed.skipDays),
  };
  return {
    outcome: "unchanged",
    reason: null,
    fresh: [],
    listed: [],
    notice: null,
    feed: {
      ...good(now, response.validators),
      ...moved(feed, response.permanentUrl, now, true),
      dueAt: nextDue(context, config, { ...hints, freshness: response.freshness }),
    },
  };
}

const good = (now: Millis, validators: { etag: string | null; lastModified: string | null }) => ({
  etag: validators.etag,
  lastModified: validators.lastModified,
  failures: 0,
  reason: null,
  lastGoodAt: now,
});

type Hints = {
  readonly updateInterval: Millis | null;
  readonly skipHours: readonly number[];
  readonly skipDays: readonly number[];
  readonly freshness?: Millis;
  readonly retryAfterMs?: Millis;
  readonly failures?: number;
};

function nextDue(context: Context, config: FeedConfig, hints: Hints): Millis {
  const { timezone, timing } = context.config();
  return nextPollAt({
    now: context.clock.now(),
    schedule: config.schedule,
    timezone,
    freshness: 0,
    retryAfterMs: 0,
    failures: 0,
    ...hints,
    firstRetry: timing.firstRetry,
    maxRetry: LONGEST_BACK_OFF,
    random: context.clock.random,
    nextSlot,
  });
}

/** A failed poll backs off; after the first of a row the admin can see it, at the third he is told. */
async function failed(
  context: Context,
  feed: FeedRow,
  config: FeedConfig,
  reason: string,
  retryAfterMs: Millis,
): Promise<PollSettlement> {
  const now = context.clock.now();
  const failures = feed.failures + 1;
  const host = URL.parse(feed.feedUrl ?? feed.url)?.host ?? "";
  if (retryAfterMs > 0) await pauseHost(context.store, host, now + retryAfterMs, reason);
  const hints = {
    updateInterval: null,
    skipHours: numbersOf(feed.skipHours),
    skipDays: numbersOf(feed.skipDays),
    retryAfterMs,
    failures,
  };
  const notice =
    failures === 3
      ? `The feed ${feedName(feed)} failed three times in a row: ${reason}. It is tried again, ever more rarely.`
      : null;
  return {
    outcome: "failed",
    reason,
    fresh: [],
    listed: [],
    notice,
    feed: { failures, reason, dueAt: nextDue(context, config, hints) },
  };
}

async function fetched(
  context: Context,
  feed: FeedRow,
  config: FeedConfig,
  response: Extract<FeedResponse, { kind: "fetched" }>,
): Promise<PollSettlement> {
  const { limits } = context.config();
  const parsed = parseFeed(response.body, response.contentType, response.url, limits);
  if (parsed.kind === "not a feed") return await notAFeed(context, feed, config, parsed.reason);
  const document = parsed.feed;
  const now = context.clock.now();
  const keys = document.entries.map(keysOf);
  const sightings = await listSightings(context.store, feed.id, keys);
  const marks = { guidReused: feed.guidReused === 1, linkShared: feed.linkShared === 1 };
  const identified = identify(document.entries, sightings.map(knownEntry), marks);
  const fresh = await freshEntries(context, feed, config, identified, document, response.partial);
  const listed = await listedEntries(context, feed, identified);
  const sharesEntry = identified.entries.some((item) => item.kind === "known");
  const counted = fresh.entries.length > 0 && feed.firstPolledAt !== null;
  const counts = [...numbersOf(feed.freshCounts), ...(counted ? [fresh.entries.length] : [])];
  return {
    outcome: document.truncated ? "broken off" : "fetched",
    reason: document.truncated ? "the document is malformed; whole entries were kept" : null,
    fresh: fresh.entries,
    listed,
    notice: fresh.notice,
    feed: {
      ...good(now, response.validators),
      ...moved(feed, response.permanentUrl, now, sharesEntry),
      ...about(document),
      guidReused: identified.marks.guidReused ? 1 : 0,
      linkShared: identified.marks.linkShared ? 1 : 0,
      feedUrl: feed.feedUrl ?? feed.url,
      firstPolledAt: feed.firstPolledAt ?? now,
      freshCounts: JSON.stringify(counts.slice(-COUNTS_KEPT)),
      dueAt: nextDue(context, config, { ...document, freshness: response.freshness }),
    },
  };
}

const knownEntry = (row: SightingRow): KnownEntry => ({
  entryId: row.entryId,
  title: row.title,
  guid: row.guid || null,
  link: row.link || null,
  text: row.textKey || null,
});

const about = (document: ParsedFeed) => ({
  title: document.title,
  siteUrl: document.siteUrl,
  iconUrl: document.iconUrl,
  language: document.language,
  updateInterval: document.updateInterval,
  skipHours: JSON.stringify(document.skipHours),
  skipDays: JSON.stringify(document.skipDays),
});

/** An admin wrote the site's address: its feed is looked for once and kept. */
async function notAFeed(
  context: Context,
  feed: FeedRow,
  config: FeedConfig,
  reason: string,
): Promise<PollSettlement> {
  if (feed.feedUrl !== null) return await failed(context, feed, config, reason, 0);
  const found = await discoverFeed(context.http, feed.url, context.config().limits, context.signal);
  if (found.kind === "none")
    return await failed(context, feed, config, `no feed was found there: ${found.reason}`, 0);
  const now = context.clock.now();
  return {
    outcome: "discovered",
    reason: `its feed is ${found.feedUrl}`,
    fresh: [],
    listed: [],
    notice: null,
    feed: { feedUrl: found.feedUrl, title: found.title, reason: null, dueAt: now },
  };
}

/** New entries, oldest first, with the state in which they enter the store. */
async function freshEntries(
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
  const titles = new Set(
    (await listEntries(context.store, { feedId: feed.id, limit: 500 })).map((row) => row.title),
  );
  const fresh = identified.entries.filter((item) => item.kind === "new").map((item) => item.entry);
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
async function listedEntries(
  context: Context,
  feed: FeedRow,
  identified: Identified,
): Promise<readonly ListedEntry[]> {
  const listed: ListedEntry[] = [];
  for (const item of identified.entries) {
    if (item.kind === "new") continue;
    const row = await findEntry(context.store, item.entryId);
    if (row === null || row.source === JSON.stringify(item.entry)) continue;
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

/** Keeps a permanent redirect in mind; the address is changed when it was seen often and long enough. */
function moved(
  feed: FeedRow,
  permanentUrl: string | undefined,
  now: Millis,
  sharesEntry: boolean,
): Partial<FeedRow> {
  if (permanentUrl === undefined || !sharesEntry) return { movedTo: null, movedSince: null, movedPolls: 0 };
  if (feed.movedTo !== permanentUrl) return { movedTo: permanentUrl, movedSince: now, movedPolls: 1 };
  const polls = feed.movedPolls + 1;
  const settled = polls >= MOVE_POLLS && now - (feed.movedSince ?? now) >= MOVE_AFTER;
  return settled
    ? { feedUrl: permanentUrl, movedTo: null, movedSince: null, movedPolls: 0 }
    : { movedPolls: polls };
}

/** A poll that threw is a bug or a broken machine: the feed backs off, its neighbours go on. */
export async function pollFailed(context: Context, feed: FeedRow, error: unknown): Promise<void> {
  const config = feedConfigOf(context.config(), feed.urlKey);
  if (context.signal.aborted) return;
  context.log.error("poll broke", { feed: feed.url, error });
  if (config === null) return;
  await settlePoll(
    context.store,
    feed,
    context.clock.now(),
    await failed(context, feed, config, `internal error: ${reasonOf(error)}`, 0),
  );
}
