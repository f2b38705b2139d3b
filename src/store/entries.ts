import type { Article, CheckResult, Image, Millis } from "../domain/types.ts";
import { addressKey } from "../lib/address.ts";
import { nextTid } from "../lib/tid.ts";
import { isPosted } from "./deliveries.ts";
import { addHold, closeHold } from "./holds.ts";
import type { Store } from "./open.ts";
import { addAddress } from "./polls.ts";
import { type Claim, preparedLists } from "./prepared.ts";
import type { EntryRow, EntryState } from "./tables.ts";
import { lockDestinations, transact } from "./transaction.ts";

/** Takes up to `limit` new entries that are due, as feeds are claimed. */
export async function claimEntries(
  store: Store,
  now: Millis,
  lease: Millis,
  limit: number,
  except: readonly string[] = [],
): Promise<readonly EntryRow[]> {
  const rows = await claimDue(store.db, { now, until: now + lease, limit }, except);
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const claimDue = preparedLists((db, given: Claim, except: readonly string[]) =>
  db
    .with("c", (q) =>
      q
        .selectFrom("entries")
        .select("id")
        .where("state", "=", "new")
        .where("dueAt", "<=", given.now)
        .$if(except.length > 0, (q) => q.where("id", "not in", except))
        .orderBy("dueAt")
        .orderBy("id")
        .limit(given.limit)
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .updateTable("entries")
    .set((e) => ({ dueAt: given.until, attempt: e("attempt", "+", 1) }))
    .where("id", "in", (q) => q.selectFrom("c").select("id"))
    .returningAll(),
);

/** Hands a claimed entry back, to be taken up again at `dueAt`; nothing else changes. */
export async function handBackEntry(store: Store, entry: EntryRow, dueAt: Millis): Promise<void> {
  await store.db
    .updateTable("entries")
    .set({ dueAt })
    .where("id", "=", entry.id)
    .where("attempt", "=", entry.attempt)
    .where("state", "=", "new")
    .execute();
}

/** One delivery that a ready entry brings, or the row that says why it brings none. */
export type NewDelivery = {
  readonly destinationId: string;
  readonly dueAt: Millis;
  readonly expiresAt: Millis;
  readonly publish: boolean;
} & (
  | { readonly state: "pending" | "skipped"; readonly reason: string | null }
  /** With what the admin is told of it. */
  | { readonly state: "held"; readonly reason: string; readonly notice: string }
);

/** What preparing an entry came to, with what the checks said on the way; absent: none was asked. */
export type EntrySettlement = { readonly checks?: readonly CheckResult[] } & Prepared;

type Prepared =
  | {
      readonly kind: "ready";
      readonly article: Article;
      readonly image: Image | null;
      readonly deliveries: readonly NewDelivery[];
      readonly reason: string | null;
    }
  | {
      readonly kind: "held";
      /** The names of the checks, with spaces between. */
      readonly heldBy: string;
      readonly reason: string;
      readonly article: Article | null;
      readonly image: Image | null;
      readonly notice: string;
    }
  | { readonly kind: "skipped" | "failed"; readonly reason: string; readonly article: Article | null }
  | { readonly kind: "later"; readonly dueAt: Millis; readonly reason: string };

/**
 * What preparing an entry came to, in one transaction, fenced by its attempt: the article, its key points and
 * image, and one delivery for each subscription. False: the lease was lost, nothing was written.
 */
export async function settleEntry(
  store: Store,
  entry: EntryRow,
  now: Millis,
  result: EntrySettlement,
): Promise<boolean> {
  return await transact(store.db, async (tx) => {
    const written = await tx
      .updateTable("entries")
      .set(columnsOf(entry, result))
      .where("id", "=", entry.id)
      .where("attempt", "=", entry.attempt)
      .where("state", "=", "new")
      .executeTakeFirst();
    if (written.numUpdatedRows !== 1n) return false;
    if (result.kind === "later") return true;
    if (result.article !== null)
      for (const address of [result.article.url, result.article.pageUrl, result.article.canonicalUrl])
        if (address !== null && address !== "") await addAddress(tx, addressKey(address), entry.id);
    if (result.kind === "held")
      await addHold(
        tx,
        now,
        { entryId: entry.id, destinationId: null },
        { reason: result.reason, message: result.notice },
      );
    if ((result.kind === "ready" || result.kind === "held") && result.image !== null)
      await addImage(tx, entry.id, result.image);
    if (result.kind !== "ready") return true;
    // Before the look at what is posted there: of two feeds that bring one article at once, the second sees the first.
    await lockDestinations(
      tx,
      result.deliveries.map(({ destinationId }) => destinationId),
    );
    for (const delivery of result.deliveries)
      await enqueue(tx, entry.id, now, await unlessPosted(tx, entry, result.article, delivery));
    return true;
  });
}

function columnsOf(entry: EntryRow, result: EntrySettlement): Partial<EntryRow> {
  const checks = result.checks === undefined ? {} : { checks: JSON.stringify(result.checks) };
  if (result.kind === "later") return { dueAt: result.dueAt, reason: result.reason, ...checks };
  const title = entry.title === "" && result.article !== null ? { title: result.article.title } : {};
  const article = result.article === null ? {} : { article: JSON.stringify(result.article), ...title };
  return {
    state: result.kind,
    reason: result.reason,
    heldBy: result.kind === "held" ? result.heldBy : null,
    ...checks,
    ...article,
  };
}

/** The same delivery, skipped when its destination has the article from another feed already. */
async function unlessPosted(
  tx: Store["db"],
  entry: EntryRow,
  article: Article,
  delivery: NewDelivery,
): Promise<NewDelivery> {
  if (delivery.state === "skipped") return delivery;
  // Not where its page was found: a wall that all articles of a site lead to would make them one.
  const addresses = [article.url, article.canonicalUrl, entry.link].filter((address) => address !== null);
  return (await isPosted(tx, delivery.destinationId, entry.feedId, addresses))
    ? { ...delivery, state: "skipped", reason: "the destination has this article from another feed" }
    : delivery;
}

/**
 * Adds a delivery under its destination's row, which the caller has locked: its key is later than every key made there before, so keys give
 * the order. A pair of entry and destination has one delivery for ever; a second call changes nothing.
 */
export async function enqueue(
  tx: Store["db"],
  entryId: string,
  now: Millis,
  delivery: NewDelivery,
): Promise<void> {
  const destination = await tx
    .selectFrom("destinations")
    .select(["lastKey", "dueAt"])
    .where("id", "=", delivery.destinationId)
    .executeTakeFirstOrThrow();
  const key = nextTid(now, destination.lastKey);
  const added = await tx
    .insertInto("deliveries")
    .values({
      destinationId: delivery.destinationId,
      key,
      entryId,
      state: delivery.state,
      reason: delivery.reason,
      createdAt: now,
      dueAt: delivery.dueAt,
      expiresAt: delivery.expiresAt,
      attempt: 0,
      settled: 0,
      withoutImage: 0,
      undo: 0,
      alone: 0,
      publish: delivery.publish && delivery.state !== "skipped" ? "pending" : null,
    })
    .onConflict((c) => c.columns(["entryId", "destinationId"]).doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows !== 1n) return;
  const dueAt = destination.dueAt === null ? delivery.dueAt : Math.min(destination.dueAt, delivery.dueAt);
  await tx
    .updateTable("destinations")
    .set({ lastKey: key, ...(delivery.state === "pending" ? { dueAt } : {}) })
    .where("id", "=", delivery.destinationId)
    .execute();
  const { state, reason, destinationId } = delivery;
  if (state === "held")
    await addHold(tx, now, { entryId, destinationId }, { reason, message: delivery.notice });
}

async function addImage(tx: Store["db"], entryId: string, image: Image): Promise<void> {
  const row = {
    mime: image.mime,
    width: image.width,
    height: image.height,
    alt: image.alt,
    sourceUrl: image.sourceUrl,
    bytes: Buffer.from(image.bytes).toString("base64"),
  };
  await tx
    .insertInto("images")
    .values({ entryId, ...row })
    .onConflict((c) => c.column("entryId").doUpdateSet(row))
    .execute();
}

export async function findEntry(store: Store, id: string): Promise<EntryRow | null> {
  return (await store.db.selectFrom("entries").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/** The entries with these ids, in no order. */
export async function findEntries(store: Store, ids: readonly string[]): Promise<readonly EntryRow[]> {
  if (ids.length === 0) return [];
  return await store.db.selectFrom("entries").selectAll().where("id", "in", ids).execute();
}

/** Entries known under this address in any of its spellings: those that were posted first, then the newest first. */
export async function findEntriesByAddress(store: Store, address: string): Promise<readonly EntryRow[]> {
  return await store.db
    .selectFrom("entries")
    .selectAll()
    .where("id", "in", (q) =>
      q
        .selectFrom("addresses")
        .select("entryId")
        .where("address", "in", [addressKey(address), address]),
    )
    .orderBy(
      (e) =>
        e
          .selectFrom("deliveries")
          .select((d) => d.fn.countAll().as("n"))
          .whereRef("deliveries.entryId", "=", "entries.id")
          .where("deliveries.state", "!=", "skipped"),
      "desc",
    )
    .orderBy("id", "desc")
    .execute();
}

export async function listEntries(
  store: Store,
  filter: { readonly state?: EntryState; readonly feedId?: string; readonly limit: number },
): Promise<readonly EntryRow[]> {
  let query = store.db.selectFrom("entries").selectAll();
  if (filter.state !== undefined) query = query.where("state", "=", filter.state);
  if (filter.feedId !== undefined) query = query.where("feedId", "=", filter.feedId);
  return await query.orderBy("id", "desc").limit(filter.limit).execute();
}

/** How many entries are in each state. */
export async function countEntries(store: Store): Promise<Readonly<Record<string, number>>> {
  const rows = await store.db
    .selectFrom("entries")
    .select(["state", (e) => e.fn.countAll<number>().as("n")])
    .groupBy("state")
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, row.n]));
}

/**
 * Makes an entry new again; `released` names the checks that are not asked a second time. `byHand`: an admin wants it
 * posted whatever its age and however young its subscriptions, to one destination only where he named one. A new
 * entry that waits (for its date, for its page) is taken up at once. `who` is told by the card of its hold. False:
 * there was nothing to release, or a hold was released and came back since it was read.
 */
export async function releaseEntry(
  store: Store,
  entry: EntryRow,
  now: Millis,
  checks: readonly string[],
  byHand: { readonly only: string | null } | null = null,
  who = "an admin",
): Promise<boolean> {
  const released = [...new Set([...(JSON.parse(entry.released) as string[]), ...checks])];
  return await transact(store.db, async (tx) => {
    const written = await tx
      .updateTable("entries")
      .set({
        state: "new",
        reason: null,
        heldBy: null,
        dueAt: now,
        released: JSON.stringify(released),
        ...(byHand === null ? {} : { backfill: 1 as const, onlyTo: byHand.only }),
      })
      .where("id", "=", entry.id)
      .where((e) =>
        e.or([
          e("state", "in", ["skipped", "failed"]),
          e.and([e("state", "=", "held"), e("attempt", "=", entry.attempt)]),
          e.and([e("state", "=", "new"), e("reason", "is not", null)]),
        ]),
      )
      .executeTakeFirst();
    if (written.numUpdatedRows !== 1n) return false;
    await closeHold(tx, { entryId: entry.id, destinationId: null }, `released by ${who}`, now);
    return true;
  });
}

/** A held or new entry is given up, with the reason on its row. False: it is neither. */
export async function dropEntry(store: Store, id: string, reason: string, now: Millis): Promise<boolean> {
  return await transact(store.db, async (tx) => {
    const written = await tx
      .updateTable("entries")
      .set((e) => ({ state: "skipped", reason, heldBy: null, attempt: e("attempt", "+", 1) }))
      .where("id", "=", id)
      .where("state", "in", ["held", "new"])
      .executeTakeFirst();
    if (written.numUpdatedRows !== 1n) return false;
    await closeHold(tx, { entryId: id, destinationId: null }, reason, now);
    return true;
  });
}

export async function setEditedTitle(store: Store, id: string, title: string): Promise<void> {
  await store.db.updateTable("entries").set({ editedTitle: title }).where("id", "=", id).execute();
}

export async function findImage(store: Store, entryId: string): Promise<Image | null> {
  const row = await store.db
    .selectFrom("images")
    .selectAll()
    .where("entryId", "=", entryId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    bytes: Buffer.from(row.bytes, "base64"),
    mime: row.mime as Image["mime"],
    width: row.width,
    height: row.height,
    alt: row.alt,
    sourceUrl: row.sourceUrl,
  };
}
