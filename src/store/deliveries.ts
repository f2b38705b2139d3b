import type { CheckResult, Json, Millis, Post, RemoteRef } from "../domain/types.ts";
import { addressKey, webUrl } from "../lib/address.ts";
import { frozenColumns, UNFROZEN } from "./frozen.ts";
import { addHold, closeHold } from "./holds.ts";
import type { Store } from "./open.ts";
import {
  addListed,
  areWaiting,
  findUndone,
  freeListed,
  IN_A_LIST,
  noteListed,
  settleListed,
  skipListed,
} from "./overflow.ts";
import { addAddress, addNotice } from "./polls.ts";
import { undoListed } from "./taken-back.ts";
import type { DeliveryRow, DeliveryState, DestinationRow } from "./tables.ts";
import { lockDestinations, transact } from "./transaction.ts";

export type DeliveryId = { readonly destinationId: string; readonly key: string };

/**
 * The delivery whose turn it is: the smallest pending key, but for those that another's post lists. Order is kept, so
 * nothing overtakes it.
 */
export async function nextDelivery(store: Store, destinationId: string): Promise<DeliveryRow | null> {
  return (
    (await store.db
      .selectFrom("deliveries")
      .selectAll()
      .where("destinationId", "=", destinationId)
      .where("state", "=", "pending")
      .where((e) => e.or([e("overflow", "is", null), e("overflow", "=", e.ref("key"))]))
      .orderBy("key")
      .limit(1)
      .executeTakeFirst()) ?? null
  );
}

/** The next sent post whose second step (publish) or whose removal is still to be done. */
export async function nextAfterwards(
  store: Store,
  destinationId: string,
  now: Millis,
): Promise<DeliveryRow | null> {
  return (
    (await store.db
      .selectFrom("deliveries")
      .selectAll()
      .where("destinationId", "=", destinationId)
      .where("state", "=", "sent")
      .where((e) => e.or([e("publish", "=", "pending"), e("undo", "=", 1)]))
      .where("dueAt", "<=", now)
      .orderBy("key")
      .limit(1)
      .executeTakeFirst()) ?? null
  );
}

/**
 * Begins one attempt, right before its own send: attempt + 1, and at the first one everything that will be sent is
 * composed and frozen, in the same transaction, for all that its post lists. Null: the destination's lease or one of
 * the deliveries was lost.
 */
export async function beginAttempt(
  store: Store,
  owner: DestinationRow,
  delivery: DeliveryRow,
  now: Millis,
  freeze: (createdAt: Millis) => Post,
  { listed, alone }: Listing = NO_LISTING,
): Promise<DeliveryRow | null> {
  return await transact(store.db, async (tx) => {
    const destination = await tx
      .selectFrom("destinations")
      .select(["lastCreatedAt", "leaseUntil"])
      .where("id", "=", owner.id)
      .where("attempt", "=", owner.attempt)
      .where("state", "=", "active")
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (destination === undefined || destination.leaseUntil <= now) return null;
    if (!(await areWaiting(tx, listed))) return null;
    const createdAt = Math.max(now, destination.lastCreatedAt + 1);
    const frozen = delivery.payload === null ? frozenColumns(freeze(createdAt)) : {};
    if (delivery.payload === null)
      await tx
        .updateTable("destinations")
        .set({ lastCreatedAt: createdAt })
        .where("id", "=", owner.id)
        .execute();
    const row = await tx
      .updateTable("deliveries")
      .set((e) => ({
        attempt: e("attempt", "+", 1),
        firstAttemptAt: e.fn.coalesce("firstAttemptAt", e.val(now)),
        lastAttemptAt: now,
        ...frozen,
      }))
      .where("destinationId", "=", delivery.destinationId)
      .where("key", "=", delivery.key)
      .where("attempt", "=", delivery.attempt)
      .where("state", "=", "pending")
      // What its post listed may have been freed since.
      .where("overflow", delivery.overflow === null ? "is" : "=", delivery.overflow)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return null;
    await addListed(tx, listed, alone);
    return listed.length === 0 ? row : { ...row, overflow: row.key };
  });
}

/** What goes out in one post, the delivery itself first, and what keeps a post of its own. */
export type Listing = { readonly listed: readonly DeliveryRow[]; readonly alone: readonly DeliveryRow[] };
const NO_LISTING: Listing = { listed: [], alone: [] };

/** The frozen post of a delivery; null before its first attempt. */
export function frozenPost(row: DeliveryRow): Post | null {
  if (row.payload === null || row.platform === null) return null;
  return {
    platform: row.platform as Post["platform"],
    payload: JSON.parse(row.payload) as Json,
    image:
      row.imageBytes === null || row.imageMime === null
        ? null
        : { bytes: Buffer.from(row.imageBytes, "base64"), mime: row.imageMime },
    text: row.preview ?? "",
  };
}

/** What became of a delivery, with what the checks before it said; absent: none was asked. */
export type DeliverySettlement = { readonly checks?: readonly CheckResult[] } & Settled;

type Settled =
  /** `pacedAt`: when it would have gone, had the destination taken every post in time; absent: not known. */
  | { readonly kind: "sent"; readonly ref: RemoteRef; readonly at: Millis; readonly pacedAt?: Millis }
  /** Known not to stand there; it is tried again at `dueAt`, composed anew or as it is. */
  | { readonly kind: "again"; readonly dueAt: Millis; readonly reason: string; readonly anew?: boolean }
  /** No answer: it stays in doubt and is looked at again at `dueAt`. */
  | { readonly kind: "doubt"; readonly dueAt: Millis; readonly reason: string }
  /** Composed anew without its image: every earlier attempt is known to have been refused. */
  | { readonly kind: "without image"; readonly reason: string }
  /** Refused as a list: each that it lists is to have a post of its own. */
  | { readonly kind: "alone"; readonly reason: string; readonly notice: string }
  /** `gone`: it stood there, with all that it lists, and somebody deleted it. */
  | { readonly kind: "failed"; readonly reason: string; readonly notice: string; readonly gone?: true }
  | { readonly kind: "expired" | "held"; readonly reason: string; readonly notice: string }
  | { readonly kind: "skipped"; readonly reason: string };

/** Writes what an attempt came to, fenced by its number. False: another attempt was begun since; nothing was written. */
export async function settleDelivery(
  store: Store,
  row: DeliveryRow,
  now: Millis,
  result: DeliverySettlement,
): Promise<boolean> {
  return await transact(store.db, async (tx) => {
    if (result.kind === "sent" || row.overflow !== null) await lockDestinations(tx, [row.destinationId]);
    const written = await tx
      .updateTable("deliveries")
      .set({
        ...columnsOf(row, result),
        ...(result.checks === undefined ? {} : { checks: JSON.stringify(result.checks) }),
      })
      .where("destinationId", "=", row.destinationId)
      .where("key", "=", row.key)
      .where("attempt", "=", row.attempt)
      .where("state", "in", ["pending", "held"])
      .executeTakeFirst();
    if (written.numUpdatedRows !== 1n) return false;
    if (result.kind === "sent") await markSent(tx, row, result);
    if (row.overflow !== null) await settleOthers(tx, row, result);
    if (result.kind === "held")
      await addHold(tx, now, row, { reason: result.reason, message: result.notice });
    else if ("notice" in result) await addNotice(tx, now, `${row.destinationId} ${row.key}`, result.notice);
    return true;
  });
}

/** What becomes of those that its post lists. */
async function settleOthers(tx: Store["db"], row: DeliveryRow, result: DeliverySettlement): Promise<void> {
  switch (result.kind) {
    case "sent":
      return await settleListed(tx, row, result.ref, result.at);
    case "alone":
      return await freeListed(tx, row, 1);
    case "failed":
      return result.gone === true ? await skipListed(tx, row, result.reason) : await freeListed(tx, row, 0);
    case "expired":
    case "skipped":
      return await freeListed(tx, row, 0);
    case "again": {
      // What an admin took back meanwhile must not stand in it.
      const undone = await findUndone(tx, row.destinationId, row.key);
      if (undone === undefined && result.anew !== true) return;
      await tx
        .updateTable("deliveries")
        .set({ ...UNFROZEN, overflow: null, firstAttemptAt: null })
        .where("destinationId", "=", row.destinationId)
        .where("key", "=", row.key)
        .execute();
      return await freeListed(tx, row, 0);
    }
    case "held":
      return await noteListed(tx, row, `the post that lists it is held: ${result.reason}`);
    case "doubt":
    case "without image":
      return;
  }
}

function columnsOf(row: DeliveryRow, result: DeliverySettlement): Partial<DeliveryRow> {
  switch (result.kind) {
    case "sent":
      return {
        state: "sent",
        reason: row.overflow === null ? null : IN_A_LIST,
        settled: row.attempt,
        sentAt: result.at,
        dueAt: result.at,
        refId: result.ref.id,
        refUrl: result.ref.url,
        refCid: result.ref.cid,
        imageBytes: null,
      };
    case "again": {
      // A try that came to no attempt counts as one: so the waits between tries grow.
      const attempt = Math.max(row.attempt, row.settled + 1);
      const columns = { attempt, settled: attempt, dueAt: result.dueAt, reason: result.reason };
      return result.anew === true ? { ...UNFROZEN, ...columns } : columns;
    }
    case "doubt":
      return { dueAt: result.dueAt, reason: result.reason };
    case "without image":
      return {
        ...UNFROZEN,
        settled: row.attempt,
        withoutImage: 1,
        reason: result.reason,
      };
    case "alone":
      return {
        ...UNFROZEN,
        settled: row.attempt,
        overflow: null,
        alone: 1,
        firstAttemptAt: null,
        reason: result.reason,
      };
    case "failed":
    case "expired":
    case "skipped":
      return { state: result.kind, settled: row.attempt, overflow: null, reason: result.reason };
    case "held":
      return { state: "held", reason: result.reason };
  }
}

async function markSent(
  tx: Store["db"],
  row: DeliveryRow,
  { ref, at, pacedAt }: Extract<Settled, { readonly kind: "sent" }>,
): Promise<void> {
  if (pacedAt !== undefined)
    await tx.updateTable("destinations").set({ pacedAt }).where("id", "=", row.destinationId).execute();
  // What was found later than others were sent does not set the clock of the spacing back.
  await tx
    .updateTable("destinations")
    .set({ lastSentAt: at })
    .where("id", "=", row.destinationId)
    .where((e) => e.or([e("lastSentAt", "is", null), e("lastSentAt", "<", at)]))
    .execute();
  for (const address of [ref.url, ref.id])
    if (address !== null) await addAddress(tx, addressKey(address), row.entryId);
}

/**
 * Writes how the second step (publish) or the removal went, and what the admin must be told of it. Whoever was slow
 * writes nothing over what was done, or asked for, since.
 */
export async function settleAfterwards(
  store: Store,
  row: DeliveryRow,
  now: Millis,
  set: Partial<Pick<DeliveryRow, "publish" | "undo" | "state" | "reason" | "dueAt">>,
  notice: string | null = null,
): Promise<void> {
  await transact(store.db, async (tx) => {
    const written = await tx
      .updateTable("deliveries")
      .set(set)
      .where("destinationId", "=", row.destinationId)
      .where("key", "=", row.key)
      .where("state", "=", "sent")
      .where("undo", "=", row.undo)
      .where("publish", row.publish === null ? "is" : "=", row.publish)
      .executeTakeFirst();
    if (notice !== null && written.numUpdatedRows === 1n)
      await addNotice(tx, now, `${row.destinationId} ${row.key}`, notice);
  });
}

/** Keeps what the checks said of a delivery that is about to be sent for the first time. */
export async function noteDelivery(
  store: Store,
  row: DeliveryRow,
  checks: readonly CheckResult[],
): Promise<void> {
  await store.db
    .updateTable("deliveries")
    .set({ checks: JSON.stringify(checks) })
    .where("destinationId", "=", row.destinationId)
    .where("key", "=", row.key)
    .where("attempt", "=", row.attempt)
    .execute();
}

export async function listDeliveries(store: Store, entryId: string): Promise<readonly DeliveryRow[]> {
  return await store.db
    .selectFrom("deliveries")
    .selectAll()
    .where("entryId", "=", entryId)
    .orderBy("destinationId")
    .execute();
}

/**
 * Whether an entry of another feed, known under one of these addresses, was or will be posted to this destination, or
 * was undone there. A site's front page is no article's address.
 */
export async function isPosted(
  tx: Store["db"],
  destinationId: string,
  feedId: string,
  addresses: readonly string[],
): Promise<boolean> {
  const keys = addresses.filter((address) => (webUrl(address)?.pathname ?? "/") !== "/").map(addressKey);
  if (keys.length === 0) return false;
  const row = await tx
    .selectFrom("addresses")
    .innerJoin("deliveries", "deliveries.entryId", "addresses.entryId")
    .innerJoin("entries", "entries.id", "addresses.entryId")
    .select("deliveries.key")
    .where("addresses.address", "in", keys)
    .where("deliveries.destinationId", "=", destinationId)
    .where("entries.feedId", "!=", feedId)
    .where((e) =>
      e.or([
        e("deliveries.state", "in", ["pending", "sent", "held", "undone"]),
        e("deliveries.undo", "=", 1),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function listDeliveriesIn(
  store: Store,
  state: DeliveryState,
  limit: number,
): Promise<readonly DeliveryRow[]> {
  return await store.db
    .selectFrom("deliveries")
    .selectAll()
    .where("state", "=", state)
    .orderBy("key", "desc")
    .limit(limit)
    .execute();
}

/** Deliveries with this key (or `destination key`): one, unless two destinations made the same key. */
export async function findDeliveries(store: Store, key: string): Promise<readonly DeliveryRow[]> {
  return await store.db.selectFrom("deliveries").selectAll().where("key", "=", key).execute();
}

/** Which of these messages belong to a delivery of this destination. */
export async function listRefs(
  store: Store,
  destinationId: string,
  since: Millis,
): Promise<ReadonlySet<string>> {
  const rows = await store.db
    .selectFrom("deliveries")
    .select("refId")
    .where("destinationId", "=", destinationId)
    .where("refId", "is not", null)
    .where("createdAt", ">=", since)
    .execute();
  return new Set(rows.map((row) => row.refId ?? ""));
}

/** How many deliveries of each destination are in each state. */
export async function countDeliveries(store: Store): Promise<
  readonly {
    readonly destinationId: string;
    readonly state: DeliveryState;
    readonly inDoubt: number;
    readonly n: number;
  }[]
> {
  const rows = await store.db
    .selectFrom("deliveries")
    .select((e) => [
      "destinationId",
      "state",
      e.fn.countAll<number>().as("n"),
      e.fn
        .sum<number>(e.case().when("attempt", ">", e.ref("settled")).then(e.lit(1)).else(e.lit(0)).end())
        .as("inDoubt"),
    ])
    .groupBy(["destinationId", "state"])
    .execute();
  return rows.map((row) => ({ ...row, n: row.n, inDoubt: row.inDoubt }));
}

/**
 * An admin's word on a delivery: from one of `from` to pending, to be sent in its turn. What is known not to stand
 * there (all but `held`) is composed anew. The card of its hold tells `who` it was. False: it is in no such state, or
 * it was undone.
 */
export async function requeueDelivery(
  store: Store,
  row: DeliveryRow,
  from: readonly DeliveryState[],
  now: Millis,
  expiresAt: Millis,
  who = "an admin",
): Promise<boolean> {
  const anew = row.state === "held" ? {} : { ...UNFROZEN, withoutImage: 0 as const };
  return await transact(store.db, async (tx) => {
    await lockDestinations(tx, [row.destinationId]);
    const written = await tx
      .updateTable("deliveries")
      .set({
        ...anew,
        state: "pending",
        reason: null,
        dueAt: now,
        expiresAt,
        settled: row.attempt,
        firstAttemptAt: null,
        ...(row.looked === null ? {} : { looked: "by hand" as const }),
      })
      .where("destinationId", "=", row.destinationId)
      .where("key", "=", row.key)
      .where("attempt", "=", row.attempt)
      .where("state", "in", from)
      .where("undo", "=", 0)
      .executeTakeFirst();
    if (written.numUpdatedRows !== 1n) return false;
    await tx.updateTable("destinations").set({ dueAt: now }).where("id", "=", row.destinationId).execute();
    await closeHold(tx, row, `released by ${who}`, now);
    return true;
  });
}

/** Those that an entry's deliveries go to. */
async function lockDestinationsOf(tx: Store["db"], entryId: string): Promise<void> {
  const rows = await tx
    .selectFrom("deliveries")
    .select("destinationId")
    .where("entryId", "=", entryId)
    .execute();
  await lockDestinations(
    tx,
    rows.map((row) => row.destinationId),
  );
}

/** Posts that are out but could not be published are to be published after all. False: there was none. */
export async function requeuePublishing(store: Store, entryId: string, now: Millis): Promise<boolean> {
  return await transact(store.db, async (tx) => {
    await lockDestinationsOf(tx, entryId);
    const rows = await tx
      .updateTable("deliveries")
      .set({ publish: "pending", dueAt: now, reason: null })
      .where("entryId", "=", entryId)
      .where("state", "=", "sent")
      .where("publish", "=", "failed")
      .returning("destinationId")
      .execute();
    for (const { destinationId } of rows)
      await tx.updateTable("destinations").set({ dueAt: now }).where("id", "=", destinationId).execute();
    return rows.length > 0;
  });
}

/** Gives up deliveries that were not sent; the fence makes an attempt under way write nothing of its own. */
export async function skipDeliveries(
  store: Store,
  entryId: string,
  from: readonly DeliveryState[],
  reason: string,
): Promise<number> {
  const written = await store.db
    .updateTable("deliveries")
    .set({ state: "skipped", reason })
    .where("entryId", "=", entryId)
    .where("state", "in", from)
    .whereRef("attempt", "=", "settled")
    .executeTakeFirst();
  return Number(written.numUpdatedRows);
}

/**
 * Takes an entry's deliveries back everywhere: what was not begun is given up at once; what was sent, or may have
 * been, is marked, and the destinations' loops remove it. What is held in doubt is looked for once more.
 */
export async function requestUndo(store: Store, entryId: string, now: Millis): Promise<void> {
  await transact(store.db, async (tx) => {
    await lockDestinationsOf(tx, entryId);
    await undoListed(tx, entryId, now);
    await tx
      .updateTable("deliveries")
      .set({ state: "skipped", undo: 1, reason: "undone before it was sent" })
      .where("entryId", "=", entryId)
      .where("state", "in", ["pending", "held"])
      .where("overflow", "is", null)
      .whereRef("attempt", "=", "settled")
      .execute();
    await tx
      .updateTable("deliveries")
      .set({ state: "pending" })
      .where("entryId", "=", entryId)
      .where("state", "=", "held")
      .execute();
    const rows = await tx
      .updateTable("deliveries")
      .set({ undo: 1, dueAt: now })
      .where("entryId", "=", entryId)
      .where("state", "in", ["pending", "sent"])
      .returning("destinationId")
      .execute();
    for (const { destinationId } of rows)
      await tx.updateTable("destinations").set({ dueAt: now }).where("id", "=", destinationId).execute();
  });
}
