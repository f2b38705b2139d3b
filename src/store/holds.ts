import type { Millis } from "../domain/types.ts";
import { insertKeyed } from "./keys.ts";
import type { Store } from "./open.ts";
import { skipListed } from "./overflow.ts";
import { prepared } from "./prepared.ts";
import type { DeliveryRow, NoticeRow } from "./tables.ts";
import { transact } from "./transaction.ts";

/** What is held: an entry, or (with a destination) one delivery of it. */
export type HoldId = { readonly entryId: string; readonly destinationId: string | null };

/** So many holds are closed in one go. */
const AT_ONCE = 100;

/** A hold that the admin must be told of: one notice, and one card in the admin channel. Part of what holds. */
export async function addHold(
  tx: Store["db"],
  now: Millis,
  hold: HoldId,
  { reason, message }: { readonly reason: string; readonly message: string },
): Promise<void> {
  const last = await tx
    .selectFrom("notices")
    .select("key")
    .orderBy("key", "desc")
    .limit(1)
    .executeTakeFirst();
  const { entryId, destinationId } = hold;
  const subject = destinationId === null ? entryId : `${destinationId} ${entryId}`;
  const row = { at: now, subject, message, dueAt: now, attempt: 0, entryId, destinationId, reason };
  await insertKeyed(now, last?.key ?? null, (key) =>
    tx
      .insertInto("notices")
      .values({ key, ...row })
      .onConflict((c) => c.column("key").doNothing())
      .executeTakeFirst(),
  );
}

/**
 * The hold is over, and its card is to say so. Part of what ends it, so that a hold has one outcome only. The raised
 * number keeps whoever is just telling of the hold from calling that the last word.
 */
export async function closeHold(
  tx: Store["db"],
  { entryId, destinationId }: HoldId,
  outcome: string,
  now: Millis,
): Promise<void> {
  await tx
    .updateTable("notices")
    .set((e) => ({ outcome, toldAt: null, dueAt: now, attempt: e("attempt", "+", 1) }))
    .where("entryId", "=", entryId)
    .where("destinationId", destinationId === null ? "is" : "=", destinationId)
    .where("outcome", "is", null)
    .execute();
}

/** Something about the held entry has changed: its cards are drawn again, with a note on what was done. */
export async function redrawHolds(store: Store, entryId: string, note: string, now: Millis): Promise<void> {
  await store.db
    .updateTable("notices")
    .set((e) => ({ note, toldAt: null, dueAt: now, attempt: e("attempt", "+", 1) }))
    .where("entryId", "=", entryId)
    .where("outcome", "is", null)
    .execute();
}

/** The notice of a hold by its key; null when there is none (any more). */
export async function findHold(store: Store, key: string): Promise<NoticeRow | null> {
  const row = await store.db.selectFrom("notices").selectAll().where("key", "=", key).executeTakeFirst();
  return row === undefined || row.entryId === null ? null : row;
}

/** The holds of an entry that are over, and of its deliveries, the oldest first. */
export async function listEndedHolds(store: Store, entryId: string): Promise<readonly NoticeRow[]> {
  return await store.db
    .selectFrom("notices")
    .selectAll()
    .where("entryId", "=", entryId)
    .where("outcome", "is not", null)
    .orderBy("key")
    .execute();
}

/** Closes holds that ended in some other way (undone, expired, found, by hand): their own rows say how. */
export async function closeEndedHolds(store: Store, now: Millis): Promise<void> {
  for (const { entryId, destinationId, state, reason } of await endedHolds(store.db, {}))
    if (entryId !== null)
      await closeHold(
        store.db,
        { entryId, destinationId },
        reason === null ? state : `${state}: ${reason}`,
        now,
      );
}

const endedHolds = prepared((db) =>
  db
    .selectFrom("notices")
    .innerJoin("entries", "entries.id", "notices.entryId")
    .leftJoin("deliveries", (join) =>
      join
        .onRef("deliveries.entryId", "=", "notices.entryId")
        .onRef("deliveries.destinationId", "=", "notices.destinationId"),
    )
    .select((e) => [
      "notices.entryId",
      "notices.destinationId",
      e.fn.coalesce("deliveries.state", "entries.state").as("state"),
      e
        .case()
        .when("notices.destinationId", "is", null)
        .then(e.ref("entries.reason"))
        .else(e.ref("deliveries.reason"))
        .end()
        .as("reason"),
    ])
    .where("notices.outcome", "is", null)
    .where((e) => e(e.fn.coalesce("deliveries.state", "entries.state"), "!=", "held"))
    .limit(AT_ONCE),
);

/** A held delivery is given up, by an admin's word. False: it is held no more, or not as it was read. */
export async function dropHeldDelivery(
  store: Store,
  row: DeliveryRow,
  reason: string,
  now: Millis,
): Promise<boolean> {
  return await transact(store.db, async (tx) => {
    const written = await tx
      .updateTable("deliveries")
      .set({ state: "skipped", settled: row.attempt, reason })
      .where("destinationId", "=", row.destinationId)
      .where("key", "=", row.key)
      .where("attempt", "=", row.attempt)
      .where("state", "=", "held")
      .executeTakeFirst();
    if (written.numUpdatedRows !== 1n) return false;
    if (row.overflow !== null) await skipListed(tx, row, reason);
    await closeHold(tx, row, reason, now);
    return true;
  });
}

/** Deliveries that wait for a review and never were tried, oldest first: those of an entry, or of a destination. */
export async function listInReview(
  store: Store,
  of: { readonly entryId: string } | { readonly destinationId: string },
): Promise<readonly DeliveryRow[]> {
  const waiting = store.db
    .selectFrom("deliveries")
    .selectAll()
    .where("state", "=", "held")
    .whereRef("attempt", "=", "settled")
    .orderBy("key");
  return await (
    "entryId" in of
      ? waiting.where("entryId", "=", of.entryId)
      : waiting.where("destinationId", "=", of.destinationId)
  ).execute();
}

/** A post that nobody looked at in time is news no more; the clock of a destination that stands still does not run. */
export async function expireReviews(store: Store, now: Millis): Promise<void> {
  await expireDue(store.db, { now });
}

const expireDue = prepared((db, given: { readonly now: Millis }) =>
  db
    .updateTable("deliveries")
    .set({ state: "expired", reason: "nobody reviewed it in time" })
    .where("state", "=", "held")
    .whereRef("attempt", "=", "settled")
    .where("expiresAt", "<=", given.now)
    .where("destinationId", "in", (q) =>
      q.selectFrom("destinations").select("id").where("state", "=", "active"),
    ),
);
