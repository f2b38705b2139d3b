import { isWhole } from "../articles/extract.ts";
import { fetchPage } from "../articles/fetch.ts";
import { prepareOneImage } from "../articles/image.ts";
import { type Asking, checkArticle, checkImage, checkListing } from "../articles/checks.ts";
import { reasonOf } from "../domain/errors.ts";
import type {
  Article,
  CheckResult,
  DestinationConfig,
  Image,
  ParsedEntry,
  SubscriptionConfig,
} from "../domain/types.ts";
import { listSubscriptions } from "../store/destinations.ts";
import {
  type EntrySettlement,
  findImage,
  handBackEntry,
  type NewDelivery,
  settleEntry,
} from "../store/entries.ts";
import { findFeed } from "../store/feeds.ts";
import type { EntryRow, FeedRow } from "../store/tables.ts";
import { askingOf, holders, holdNotice, homeOf, listingOf, reasonsOf, releasedFrom } from "./checking.ts";
import { type Context, destinationConfigOf, feedConfigOf, subscriptionsOf } from "./context.ts";
import { filterReason } from "./filter.ts";
import { firstTurn } from "./windows.ts";

/** The page is asked for this often; then the feed's own text must do. */
const PAGE_TRIES = 5;

/** Makes an article of one claimed entry and settles it: ready with its deliveries, held, skipped, failed, or later. */
export async function prepare(context: Context, row: EntryRow): Promise<void> {
  const feed = await findFeed(context.store, row.feedId);
  if (feed === null) return;
  const settlement = await settlementOf(context, row, feed);
  if (context.signal.aborted) return await handBack(context, row);
  if (await settleEntry(context.store, row, context.clock.now(), settlement))
    context.log.info("prepared", {
      title: row.title,
      state: settlement.kind,
      reason: settlement.kind === "ready" ? null : settlement.reason,
    });
}

/** The program ends: what it broke off on the way is no failure, and the next process begins anew at once. */
const handBack = (context: Context, row: EntryRow): Promise<void> =>
  handBackEntry(context.store, row, context.clock.now());

async function settlementOf(context: Context, row: EntryRow, feed: FeedRow): Promise<EntrySettlement> {
  const entry = JSON.parse(row.source) as ParsedEntry;
  const config = feedConfigOf(context.config(), feed.urlKey);
  if (config === null) return skip("unsubscribed: its feed is no longer configured");
  const filtered = filterReason(config.only, config.skip, entry);
  if (filtered !== null) return skip(filtered);
  const asking = askingOf(context, row);
  const listed = checkListing(listingOf(context, row, entry, config), asking);
  const early = before(entry, listed);
  if (early !== null) return { ...early, checks: listed };
  const found = await articleOf(context, row, entry, feed);
  if (found.kind === "settled") return { ...found.settlement, checks: listed };
  const title = row.editedTitle ?? found.article.title;
  const read = checkArticle({ article: { ...found.article, title }, home: homeOf(feed) }, asking);
  const article = { ...read.article, title: found.article.title };
  const given = reasonsOf(read.results, "skipped");
  if (given !== null)
    return { kind: "skipped", reason: given, article, checks: [...listed, ...read.results] };
  const picture = await imageOf(context, row, article, asking);
  const checks = [...listed, ...read.results, ...picture.results];
  const hold = reasonsOf(checks, "held");
  const { image } = picture;
  if (hold !== null) return { ...held(row, article, image, hold, holders(checks)), checks };
  const deliveries = await deliveriesOf(context, row, feed, article);
  return { kind: "ready", article, image, deliveries, reason: found.reason, checks };
}

const skip = (reason: string): EntrySettlement => ({ kind: "skipped", reason, article: null });

/** What the checks of the listing settle before the article is read. */
function before(entry: ParsedEntry, listed: readonly CheckResult[]): EntrySettlement | null {
  const given = reasonsOf(listed, "skipped");
  if (given !== null) return skip(given);
  const wait = reasonsOf(listed, "waits");
  return wait === null || entry.published === null
    ? null
    : { kind: "later", dueAt: entry.published, reason: wait };
}

type Found =
  | { readonly kind: "article"; readonly article: Article; readonly reason: string | null }
  | { readonly kind: "settled"; readonly settlement: EntrySettlement };

async function articleOf(context: Context, row: EntryRow, entry: ParsedEntry, feed: FeedRow): Promise<Found> {
  const { extractor, signal } = context;
  if (isWhole(entry))
    return {
      kind: "article",
      article: await extractor.articleFromEntry(entry, feed, "feed", signal),
      reason: null,
    };
  const feedOnly = async (reason: string): Promise<Found> => ({
    kind: "article",
    article: await extractor.articleFromEntry(entry, feed, "feed only", signal),
    reason,
  });
  if (entry.link === null) return await feedOnly("the feed gives no link for it: the feed's text was used");
  const page = await fetchPage(context.http, context.robots, entry.link, context.config().limits, signal);
  switch (page.kind) {
    case "page":
      return {
        kind: "article",
        article: await extractor.articleFromPage(page, entry, feed, signal),
        reason: null,
      };
    case "gone":
      return {
        kind: "settled",
        settlement: { kind: "failed", reason: "its page is gone (404 or 410)", article: null },
      };
    case "disallowed":
      return await feedOnly("the site's robots.txt keeps readers off the page: the feed's text was used");
    case "not a page":
      return await feedOnly(`${page.reason}: the feed's text was used`);
    case "failed":
      return page.retry && row.attempt < PAGE_TRIES
        ? { kind: "settled", settlement: retryPage(context, row, page.reason) }
        : await feedOnly(`${page.reason}: the feed's text was used`);
  }
}

function retryPage(context: Context, row: EntryRow, reason: string): EntrySettlement {
  const wait = context.config().timing.firstRetry * 2 ** Math.min(row.attempt - 1, 6);
  return { kind: "later", dueAt: context.clock.now() + wait, reason: `page: ${reason}` };
}

function held(
  row: EntryRow,
  article: Article,
  image: Image | null,
  reason: string,
  heldBy: string,
): EntrySettlement {
  const notice = holdNotice(row, row.editedTitle ?? row.title, reason);
  return { kind: "held", heldBy, reason, article, image, notice };
}

type Picture = { readonly image: Image | null; readonly results: readonly CheckResult[] };

/** The article's picture, made ready; a post goes out without one rather than not at all. */
async function imageOf(context: Context, row: EntryRow, article: Article, asking: Asking): Promise<Picture> {
  if (article.image === null) return { image: null, results: [] };
  const refs = [article.image, ...(article.otherImages ?? [])];
  const had = await findImage(context.store, row.id);
  if (had !== null && refs.some(({ url }) => url === had.sourceUrl)) return { image: had, results: [] };
  const { limits } = context.config();
  const isJudged = asking.settings.image !== "off";
  const result = await prepareOneImage(context.http, refs, limits, context.signal, isJudged);
  if (result.kind === "image") return { image: result.image, results: [] };
  context.log.info("posted without its image", { title: row.title, reason: result.reason });
  return { image: null, results: checkImage(result.reason, asking) };
}

/** One delivery for each subscription that wants the entry, and a row with the reason for each that does not. */
async function deliveriesOf(
  context: Context,
  row: EntryRow,
  feed: FeedRow,
  article: Article,
): Promise<readonly NewDelivery[]> {
  const subscriptions = subscriptionsOf(context.config(), feed.urlKey);
  const rows = await listSubscriptions(context.store, feed.id);
  const wanted = rows.filter((one) => row.onlyTo === null || one.destinationId === row.onlyTo);
  return wanted.flatMap(({ destinationId, createdAt }) => {
    const subscription = subscriptions.find((one) => one.destinationId === destinationId);
    if (subscription === undefined || (createdAt > row.firstSeenAt && row.backfill === 0)) return [];
    return [newDelivery(context, subscription, row, article)];
  });
}

function newDelivery(
  context: Context,
  subscription: SubscriptionConfig,
  row: EntryRow,
  article: Article,
): NewDelivery {
  const destination = destinationConfigOf(context.config(), subscription.destinationId);
  const now = context.clock.now();
  const dueAt = now + (destination?.wait ?? 0);
  const reason = filterReason(subscription.only, subscription.skip, article);
  const expiresAt =
    destination === null
      ? dueAt + context.config().timing.expire
      : firstTurn(destination, now) + destination.expire;
  const { destinationId, publish } = subscription;
  const delivery = { destinationId, dueAt, expiresAt, publish };
  if (reason !== null) return { ...delivery, state: "skipped", reason };
  return destination !== null && destination.review && !releasedFrom(row).has("review")
    ? { ...delivery, state: "held", ...inReview(row, article, destination) }
    : { ...delivery, state: "pending", reason: null };
}

/** Why a post waits at a destination with `review`, and the same with the commands. */
function inReview(
  row: EntryRow,
  article: Article,
  destination: DestinationConfig,
): { readonly reason: string; readonly notice: string } {
  const reason = `every post to ${destination.name} is reviewed first`;
  return { reason, notice: holdNotice(row, row.editedTitle ?? article.title, reason) };
}

/** An entry whose preparation threw: tried again, and failed after the same number of tries as its page. */
export async function prepareFailed(context: Context, row: EntryRow, error: unknown): Promise<void> {
  if (context.signal.aborted) return await handBack(context, row);
  context.log.error("prepare broke", { entry: row.id, title: row.title, error });
  const reason = `internal error: ${reasonOf(error)}`;
  const result: EntrySettlement =
    row.attempt < PAGE_TRIES ? retryPage(context, row, reason) : { kind: "failed", reason, article: null };
  await settleEntry(context.store, row, context.clock.now(), result);
}
