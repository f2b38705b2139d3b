import type { Millis } from "../domain/types.ts";
import { nextTid } from "../lib/tid.ts";
import { UNFROZEN } from "./frozen.ts";
import { addHold } from "./holds.ts";
import type { Store } from "./open.ts";
import { freeListed } from "./overflow.ts";
import type { DeliveryRow } from "./tables.ts";
import { lockDestinations, transact } from "./transaction.ts";

type Tx = Store["db"];

/**
 * An entry of which a post is listed, or lists others, is to be undone: a post that is known not to stand there is
 * given up, and what else it lists waits in the line again; one in doubt is looked for first.
 */
export async function undoListed(tx: Tx, entryId: string, now: Millis): Promise<void> {
  const rows = await tx
    .selectFrom("deliveries")
    .select(["destinationId", "overflow"])
    .where("entryId", "=", entryId)
    .where("state", "in", ["pending", "held"])
    .where("overflow", "is not", null)
    .execute();
  for (const { destinationId, overflow } of rows) {
    const carrier = { destinationId, key: overflow ?? "" };
    const given = await tx
      .updateTable("deliveries")
      .set({ ...UNFROZEN, overflow: null, firstAttemptAt: null })
      .where("destinationId", "=", destinationId)
      .where("key", "=", carrier.key)
      .where("state", "in", ["pending", "held"])
      .whereRef("attempt", "=", "settled")
      .executeTakeFirst();
    if (given.numUpdatedRows === 1n) await freeListed(tx, carrier, 0);
    else
      await tx
        .updateTable("deliveries")
        .set({ state: "pending", dueAt: now })
        .where("destinationId", "=", destinationId)
        .where("key", "=", carrier.key)
        .where("state", "=", "held")
        .execute();
  }
}

/** The delivery whose frozen post lists this one and others that are to stay; null: it has a post of its own. */
export async function carrierOf(store: Store, row: DeliveryRow): Promise<DeliveryRow | "unknown" | null> {
  const rows = await store.db
    .selectFrom("deliveries")
    .selectAll()
    .where("destinationId", "=", row.destinationId)
    .where("refId", "=", row.refId)
    .where("state", "=", "sent")
    .execute();
  if (rows.every(({ undo }) => undo === 1)) return null;
  return rows.find(({ key, overflow }) => overflow === key) ?? "unknown";
}

/** What is known of a post already, as another of what it lists is being taken back; null: nothing. */
export async function stoodBefore(store: Store, row: DeliveryRow): Promise<DeliveryRow["stood"]> {
  const other = await store.db
    .selectFrom("deliveries")
    .select("stood")
    .where("destinationId", "=", row.destinationId)
    .where("refId", "=", row.refId)
    .where("state", "=", "sent")
    .where("stood", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return other?.stood ?? null;
}

export async function setStood(store: Store, row: DeliveryRow, stood: DeliveryRow["stood"]): Promise<void> {
  await store.db
    .updateTable("deliveries")
    .set({ stood })
    .where("destinationId", "=", row.destinationId)
    .where("refId", "=", row.refId)
    .where("state", "=", "sent")
    .where("undo", "=", 1)
    .execute();
}

/**
 * A post was taken from its platform: what was undone of all that stood in it is undone. Where it had stood there, the
 * rest waits again, to be posted anew under keys of its own (the old ones belong to the post that is gone); where a
 * moderator had deleted it, the rest is gone with it; where that is not known, an admin is asked.
 */
export async function takenBack(
  store: Store,
  row: DeliveryRow,
  now: Millis,
  expiresAt: Millis,
): Promise<void> {
  await transact(store.db, async (tx) => {
    await lockDestinations(tx, [row.destinationId]);
    const same = tx
      .updateTable("deliveries")
      .where("destinationId", "=", row.destinationId)
      .where("refId", "=", row.refId)
      .where("state", "=", "sent");
    await same
      .where("undo", "=", 1)
      .set({ state: "undone", undo: 0, publish: null, reason: "undone by an admin" })
      .execute();
    const others = await tx
      .selectFrom("deliveries")
      .selectAll()
      .where("destinationId", "=", row.destinationId)
      .where("refId", "=", row.refId)
      .where("state", "=", "sent")
      .orderBy("key")
      .execute();
    if (row.stood === "no") return;
    for (const other of others) await postAnew(tx, other, now, expiresAt, others);
    if (row.stood === "unknown") for (const other of others) await holdAnew(tx, other.entryId, row, now);
  });
}

async function holdAnew(tx: Tx, entryId: string, { destinationId }: DeliveryRow, now: Millis): Promise<void> {
  const reason =
    "its post listed others too and was taken back with one of them; whether a moderator had deleted it could not be told";
  const row = await tx
    .updateTable("deliveries")
    .set({ state: "held", reason })
    .where("destinationId", "=", destinationId)
    .where("entryId", "=", entryId)
    .where("state", "=", "pending")
    .returning("key")
    .executeTakeFirst();
  const entry = await tx
    .selectFrom("entries")
    .select(["title", "editedTitle", "link"])
    .where("id", "=", entryId)
    .executeTakeFirst();
  if (row === undefined || entry === undefined) return;
  const name = entry.link ?? entryId;
  const message = `“${entry.editedTitle ?? entry.title}” is held for ${destinationId}: ${reason}. Post it again: bulletin release ${name}. Give it up: bulletin drop ${name}`;
  await addHold(tx, now, { entryId, destinationId }, { reason, message });
}

async function postAnew(
  tx: Tx,
  row: DeliveryRow,
  now: Millis,
  expiresAt: Millis,
  all: readonly DeliveryRow[],
): Promise<void> {
  const { lastKey } = await tx
    .selectFrom("destinations")
    .select("lastKey")
    .where("id", "=", row.destinationId)
    .executeTakeFirstOrThrow();
  const key = nextTid(now, lastKey);
  await tx
    .updateTable("destinations")
    .set({ lastKey: key, dueAt: now })
    .where("id", "=", row.destinationId)
    .execute();
  await tx
    .updateTable("deliveries")
    .set({
      ...UNFROZEN,
      key,
      state: "pending",
      reason: "posted anew: the post that listed it was taken back",
      overflow: null,
      alone: 0,
      stood: null,
      settled: row.attempt,
      firstAttemptAt: null,
      // As late as it was: many of them go out in one post again.
      dueAt: row.createdAt,
      expiresAt,
      sentAt: null,
      refId: null,
      refUrl: null,
      refCid: null,
      publish: all.some(({ publish }) => publish !== null) ? "pending" : null,
    })
    .where("destinationId", "=", row.destinationId)
    .where("key", "=", row.key)
    .execute();
}
