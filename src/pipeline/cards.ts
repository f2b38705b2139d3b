import type { Article, Card, CardBoard, CardPost, Millis, SendResult } from "../domain/types.ts";
import { frozenPost, listDeliveries } from "../store/deliveries.ts";
import { findEntry, findImage } from "../store/entries.ts";
import { findFeed } from "../store/feeds.ts";
import { deferNotice, markTried, placeCard, settleNotice } from "../store/notices.ts";
import type { DeliveryRow, EntryRow, NoticeRow } from "../store/tables.ts";
import { type Context, subscriptionsOf } from "./context.ts";
import { freezer } from "./freeze.ts";
import { filterReason } from "./filter.ts";

/** The admin channel cannot be used for now: somebody has to mend it first. */
const REFUSED: Millis = 10 * 60_000;
/** A limit of the platform is over soon, and an admin waits. */
const SOON: Millis = 1_000;
/** The platform's clock may be behind ours. */
const BEFORE: Millis = 5 * 60_000;

/**
 * Shows one hold as a card: posted once, then drawn again where it stands. An earlier attempt without an answer, also
 * one of a process that died, is looked for before anything is posted, as posts are.
 */
export async function showCard(context: Context, board: CardBoard, notice: NoticeRow): Promise<void> {
  const { store, clock, sendSignal } = context;
  const card = await cardOf(context, notice);
  const place = placeOf(notice) ?? (await findCard(context, board, notice));
  if (card === null || place === "settled") return await settleNotice(store, notice, clock.now());
  if (place === "later") return;
  if (place !== "nowhere") {
    const drawn = await board.redraw(place, card, sendSignal);
    return await settle(
      context,
      notice,
      drawn.kind === "unknown" ? { ...drawn, kind: "retry", afterMs: 0 } : drawn,
    );
  }
  if (card.outcome !== null) return await settleNotice(store, notice, clock.now());
  await markTried(store, notice, 1);
  const posted = await board.post(card, sendSignal);
  if (posted.kind === "sent")
    await placeCard(store, notice, { channelId: board.channelId, messageId: posted.ref.id });
  else if (posted.kind !== "unknown") await markTried(store, notice, 0);
  await settle(context, notice, posted);
}

type Place = { readonly channelId: string; readonly messageId: string };

const placeOf = ({ channelId, messageId }: NoticeRow): Place | null =>
  channelId === null || messageId === null ? null : { channelId, messageId };

/** What became of an attempt without an answer; where that cannot be read, the platform is trusted for some minutes. */
async function findCard(
  context: Context,
  board: CardBoard,
  notice: NoticeRow,
): Promise<Place | "nowhere" | "later" | "settled"> {
  if (notice.tried !== 1) return "nowhere";
  const { store, clock, log } = context;
  const found = await board.find(notice.key, notice.at - BEFORE, context.sendSignal);
  if (found.kind === "absent") return "nowhere";
  if (found.kind === "found") {
    const place = { channelId: board.channelId, messageId: found.ref.id };
    await placeCard(store, notice, place);
    return place;
  }
  if (clock.now() - notice.at < context.config().timing.nonceWindow) return "nowhere";
  if (notice.outcome !== null) return "settled";
  log.warn("a card may or may not stand in the admin channel", {
    reason: found.reason,
    hold: notice.message,
  });
  await deferNotice(store, notice, clock.now() + ("retryAfterMs" in found ? found.retryAfterMs : REFUSED));
  return "later";
}

async function settle(context: Context, notice: NoticeRow, result: SendResult): Promise<void> {
  const { store, clock, log } = context;
  switch (result.kind) {
    case "sent":
      return await settleNotice(store, notice, clock.now());
    case "retry":
      return await deferNotice(store, notice, clock.now() + Math.max(result.afterMs, SOON));
    case "refused":
      log.warn("the admin channel cannot be used", { reason: result.reason });
      return await deferNotice(store, notice, clock.now() + REFUSED);
    case "rejected":
    case "degrade":
      log.warn("a card could not be shown", { reason: result.reason, hold: notice.message });
      return await settleNotice(store, notice, clock.now());
    case "unknown":
      // The lease runs out first: by then a request that was slow has arrived, and is found.
      return;
  }
}

/** The card of a hold as it is now; null when what it spoke of is gone. */
async function cardOf(context: Context, notice: NoticeRow): Promise<Card | null> {
  const entry = await findEntry(context.store, notice.entryId ?? "");
  if (entry === null) return null;
  const deliveries = await listDeliveries(context.store, entry.id);
  const row = deliveries.find((one) => one.destinationId === notice.destinationId) ?? null;
  return {
    id: notice.key,
    title: entry.editedTitle ?? entry.title,
    reason: notice.reason ?? "held",
    note: notice.note,
    posts: row === null ? await postsOf(context, notice, entry) : await postAt(context, notice, entry, row),
    hint:
      row === null || row.attempt === row.settled
        ? null
        : `Post sends it again. If it stands there: bulletin settle ${row.key} --sent LINK`,
    editable: (row?.payload ?? null) === null,
    outcome: notice.outcome,
  };
}

/** As it will look at the one destination where it is held: what was frozen, or what would be now. */
async function postAt(
  context: Context,
  notice: NoticeRow,
  entry: EntryRow,
  row: DeliveryRow,
): Promise<readonly CardPost[]> {
  const frozen = frozenPost(row);
  if (frozen === null) return await composed(context, notice, entry, [row.destinationId]);
  const name = context.destinations().get(row.destinationId)?.name ?? row.destinationId;
  return [
    { names: [name], post: frozen, imageUrl: (await findImage(context.store, entry.id))?.sourceUrl ?? null },
  ];
}

/** As it will look wherever it is wanted. */
async function postsOf(context: Context, notice: NoticeRow, entry: EntryRow): Promise<readonly CardPost[]> {
  if (entry.article === null) return [];
  const article = JSON.parse(entry.article) as Article;
  const feed = await findFeed(context.store, entry.feedId);
  const subscriptions = feed === null ? [] : subscriptionsOf(context.config(), feed.urlKey);
  const wanted = subscriptions.filter(
    (one) =>
      (entry.onlyTo === null || one.destinationId === entry.onlyTo) &&
      filterReason(one.only, one.skip, article) === null,
  );
  return await composed(
    context,
    notice,
    entry,
    wanted.map((one) => one.destinationId),
  );
}

/** The posts at these destinations, those that look the same once. */
async function composed(
  context: Context,
  notice: NoticeRow,
  entry: EntryRow,
  destinationIds: readonly string[],
): Promise<readonly CardPost[]> {
  const posts = new Map<string, CardPost>();
  const imageUrl = (await findImage(context.store, entry.id))?.sourceUrl ?? null;
  for (const destinationId of destinationIds) {
    const destination = context.destinations().get(destinationId);
    if (destination === undefined) continue;
    const freeze = await freezer(
      context,
      destination,
      { destinationId, key: notice.key, withoutImage: 0 },
      entry,
    );
    const post = freeze(notice.at);
    const look = `${post.platform} ${JSON.stringify(post.payload)}`;
    const names = [...(posts.get(look)?.names ?? []), destination.name];
    posts.set(look, { names, post, imageUrl });
  }
  return [...posts.values()];
}
