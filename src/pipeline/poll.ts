import { identify, type KnownEntry } from "../feeds/identity.ts";
import { discoverFeed } from "../feeds/discover.ts";
import { fetchFeed } from "../feeds/fetch.ts";
import { afterSkipped } from "../feeds/cadence.ts";
import { rhythmOf } from "../feeds/rhythm.ts";
import { topicOf } from "../feeds/websub.ts";
import { reasonOf } from "../domain/errors.ts";
import type { FeedConfig, FeedResponse, Millis, ParsedFeed } from "../domain/types.ts";
import { findFeed, numbersOf, postponeFeed, withCount } from "../store/feeds.ts";
import { type PollSettlement, settlePoll } from "../store/polls.ts";
import type { ClaimedFeed, SightingRow } from "../store/tables.ts";
import type { UnchangedPoll } from "../store/unchanged.ts";
import { wantTopic } from "../store/websub.ts";
import { type Context, discovererOf, feedConfigOf } from "./context.ts";
import { hintsOf, nextDue, pushGap } from "./due.ts";
import { feedName, freshEntries, listedEntries } from "./listing.ts";
import { moved } from "./redirect.ts";
import { gapNotice, listingOf, MISSING } from "./older.ts";

/** Asks one claimed feed once, and settles what came: new entries, validators, the next due time. */
export async function poll(context: Context, feed: ClaimedFeed): Promise<void> {
  const config = feedConfigOf(context.config(), feed.urlKey);
  if (config === null) return;
  const now = context.clock.now();
  // Its due time lay outside them, but the program may have stood still, or an admin may have asked.
  const wanted = outsideSkipped(feed, now);
  if (wanted > now) return await postponeFeed(context.store, feed, wanted, SKIPPED);
  const url = feed.feedUrl ?? feed.url;
  const validators = { etag: feed.etag, lastModified: feed.lastModified };
  const { limits } = context.config();
  const response = await fetchFeed(context.http, { url, validators, limits, now, signal: context.signal });
  const asked = await outcomeOf(context, feed, config, response);
  if (context.signal.aborted) return await handBack(context, feed);
  if (asked !== null && (await settle(context, feed, asked))) tell(context, feed, asked);
}

/** What one poll came to: all that it learnt, or only that nothing is new. */
type Asked = PollSettlement | Unchanged;
type Unchanged = Omit<UnchangedPoll, "feed" | "now"> & { readonly outcome: "unchanged" };

const settle = ({ store, clock }: Context, feed: ClaimedFeed, asked: Asked): Promise<boolean> =>
  "fresh" in asked
    ? settlePoll(store, feed, clock.now(), asked)
    : store.settleUnchanged({ feed, now: clock.now(), ...asked });

const tell = ({ log }: Context, feed: ClaimedFeed, asked: Asked): void =>
  log.info("polled", {
    feed: feed.name ?? feed.url,
    outcome: asked.outcome,
    fresh: "fresh" in asked ? asked.fresh.length : 0,
    reason: "fresh" in asked ? asked.reason : null,
  });

/** The program ends: what it broke off on the way is no failure, and the next process asks anew at once. */
const handBack = (context: Context, feed: ClaimedFeed): Promise<void> =>
  postponeFeed(context.store, feed, context.clock.now(), feed.reason);

const SKIPPED = "the feed wants to be left alone in these hours (skipHours, skipDays)";

const outsideSkipped = (feed: ClaimedFeed, time: Millis): Millis =>
  afterSkipped(time, numbersOf(feed.skipHours), numbersOf(feed.skipDays));

/** Null when there is nothing to settle: the feed was not asked, or somebody else has it by now. */
function outcomeOf(
  context: Context,
  feed: ClaimedFeed,
  config: FeedConfig,
  response: FeedResponse,
): Asked | Promise<Asked | null> {
  switch (response.kind) {
    case "unchanged":
      return unchanged(context, feed, config, response);
    case "paused":
      return postponed(context, feed, response);
    case "gone":
      return stopped(feed, context.clock.now(), "the server says that this feed is gone for good (410)");
    case "failed":
      return failed(context, feed, config, response.reason, response.retryAfterMs ?? 0);
    case "fetched":
      return fetched(context, feed, config, response);
  }
}

async function postponed(
  { store }: Context,
  feed: ClaimedFeed,
  { until, reason }: Extract<FeedResponse, { kind: "paused" }>,
): Promise<null> {
  await postponeFeed(store, feed, outsideSkipped(feed, until), reason);
  return null;
}

function stopped(feed: ClaimedFeed, now: Millis, reason: string): PollSettlement {
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
  feed: ClaimedFeed,
  config: FeedConfig,
  { validators, freshness, permanentUrl }: Extract<FeedResponse, { kind: "unchanged" }>,
): Asked {
  const dueAt = nextDue(context, config, { ...hintsOf(feed), freshness });
  const outcome = "unchanged";
  if (permanentUrl === undefined && feed.movedTo === null)
    return { outcome, validators, dueAt, ...pushes(context, feed) };
  const now = context.clock.now();
  return {
    outcome,
    reason: null,
    fresh: [],
    listed: [],
    notice: null,
    ...pushes(context, feed),
    feed: { ...good(now, validators), ...moved(feed, permanentUrl, now, true), dueAt },
  };
}

const good = (now: Millis, validators: { etag: string | null; lastModified: string | null }) => ({
  etag: validators.etag,
  lastModified: validators.lastModified,
  failures: 0,
  reason: null,
  lastGoodAt: now,
});

/** A failed poll backs off; after the first of a row the admin can see it, at the third he is told. */
function failed(
  context: Context,
  feed: ClaimedFeed,
  config: FeedConfig,
  reason: string,
  retryAfterMs: Millis,
): PollSettlement {
  const failures = feed.failures + 1;
  const hints = { ...hintsOf(feed), retryAfterMs, failures };
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
  { id, attempt }: ClaimedFeed,
  config: FeedConfig,
  response: Extract<FeedResponse, { kind: "fetched" }>,
): Promise<PollSettlement | null> {
  const feed = await findFeed(context.store, id);
  // Somebody else has it by now, and will say what he finds.
  if (feed?.attempt !== attempt) return null;
  const read = await context.reader.read(response, context.signal);
  if (read.kind === "not a feed") return await notAFeed(context, feed, config, read.reason);
  const { document, keys, sightings, gap } = await listingOf(context, feed, read, response.partial);
  const now = context.clock.now();
  await noteHub(context, feed, config, response, read.feed);
  const marks = { guidReused: feed.guidReused === 1, linkShared: feed.linkShared === 1 };
  const identified = identify(document.entries, sightings.map(knownEntry), marks, keys);
  const fresh = await freshEntries(context, feed, config, identified, document, response.partial);
  const listed = await listedEntries(context, feed, identified);
  // What the first poll finds is the feed, wherever it stands.
  const sharesEntry = feed.firstPolledAt === null || identified.entries.some((item) => item.kind === "known");
  // A part of the list tells of no rhythm.
  const rhythm = response.partial ? hintsOf(feed).rhythm : rhythmOf(document.entries, now);
  // A flood says nothing about what is usual, unless an admin releases it.
  const counted = fresh.entries.length > 0 && feed.firstPolledAt !== null && fresh.notice === null;
  return {
    count: document.entries.length,
    outcome: document.truncated ? "broken off" : "fetched",
    reason: document.truncated ? "the document is malformed; whole entries were kept" : gap ? MISSING : null,
    fresh: fresh.entries,
    listed,
    notice: fresh.notice ?? (gap ? gapNotice(feed, now) : null),
    ...pushes(context, feed),
    feed: {
      ...good(now, response.validators),
      ...about(document),
      guidReused: identified.marks.guidReused ? 1 : 0,
      linkShared: identified.marks.linkShared ? 1 : 0,
      feedUrl: feed.feedUrl ?? feed.url,
      ...moved(feed, response.permanentUrl, now, sharesEntry),
      firstPolledAt: feed.firstPolledAt ?? now,
      ...(counted ? { freshCounts: withCount(feed.freshCounts, fresh.entries.length) } : {}),
      rhythmSince: rhythm?.since ?? null,
      rhythmCount: rhythm?.count ?? null,
      dueAt: nextDue(context, config, { ...document, rhythm, freshness: response.freshness }),
    },
  };
}

/** Notes which hub pushes the feed, where we can be reached. A feed with a `cron` is asked at its times only. */
async function noteHub(
  { config, store, clock }: Context,
  feed: ClaimedFeed,
  { schedule }: FeedConfig,
  { linked, url }: Extract<FeedResponse, { kind: "fetched" }>,
  document: ParsedFeed,
): Promise<void> {
  if (config().websub === null) return;
  await wantTopic(
    store,
    feed.id,
    schedule.kind === "cron" ? null : topicOf(linked, document, url),
    clock.now(),
  );
}

/** Where hubs can reach us: one may have pushed the feed while it was asked. */
const pushes = (context: Context, feed: ClaimedFeed): Pick<PollSettlement, "pushGap"> =>
  context.config().websub === null ? {} : { pushGap: pushGap(context, feed.url) };

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
  feed: ClaimedFeed,
  config: FeedConfig,
  reason: string,
): Promise<PollSettlement> {
  if (feed.feedUrl !== null) return failed(context, feed, config, reason, 0);
  const found = await discoverFeed(discovererOf(context), feed.url, context.signal);
  if (found.kind === "none")
    return failed(context, feed, config, `no feed was found there: ${found.reason}`, 0);
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

/** A poll that threw is a bug or a broken machine: the feed backs off, its neighbours go on. */
export async function pollFailed(context: Context, feed: ClaimedFeed, error: unknown): Promise<void> {
  const config = feedConfigOf(context.config(), feed.urlKey);
  if (context.signal.aborted) return await handBack(context, feed);
  context.log.error("poll broke", { feed: feed.url, error });
  if (config === null) return;
  await settlePoll(
    context.store,
    feed,
    context.clock.now(),
    failed(context, feed, config, `internal error: ${reasonOf(error)}`, 0),
  );
}
