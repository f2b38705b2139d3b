import type { Millis, RemoteRef } from "../domain/types.ts";
import { addressKey } from "../lib/address.ts";
import type { Store } from "./open.ts";
import { addAddress } from "./polls.ts";
import type { DeliveryRow } from "./tables.ts";

/**
 * Overflow posts: one delivery, the carrier, whose frozen post lists others too. From its first attempt on, carrier and
 * listed rows bear the carrier's key in `overflow`. The listed ones stand out of the line and share what becomes of it:
 * all are settled in one transaction.
 */
type Tx = Store["db"];

/** Why a delivery is sent though it has no post of its own. */
export const IN_A_LIST = "sent in one post with others that had waited";

/** The line of a destination, its head first; at most so many, and none in doubt, undone or listed already. */
export async function listLine(
  store: Store,
  destinationId: string,
  limit: number,
): Promise<readonly DeliveryRow[]> {
  return await store.db
    .selectFrom("deliveries")
    .selectAll()
    .where("destinationId", "=", destinationId)
    .where("state", "=", "pending")
    .whereRef("attempt", "=", "settled")
    .where("undo", "=", 0)
    .where("overflow", "is", null)
    .orderBy("key")
    .limit(limit)
    .execute();
}

/** Whether all of these still wait for a post of their own; locks them until the transaction ends. */
export async function areWaiting(tx: Tx, rows: readonly DeliveryRow[]): Promise<boolean> {
  const [first] = rows;
  if (first === undefined) return true;
  const found = await tx
    .selectFrom("deliveries")
    .select("key")
    .where("destinationId", "=", first.destinationId)
    .where(
      "key",
      "in",
      rows.map(({ key }) => key),
    )
    .where("state", "=", "pending")
    .whereRef("attempt", "=", "settled")
    .where("undo", "=", 0)
    .where("overflow", "is", null)
    .orderBy("key")
    .forNoKeyUpdate()
    .execute();
  return found.length === rows.length;
}

/** Lists these in the post of their carrier, the first of them; `alone` keep a post of their own from now on. */
export async function addListed(
  tx: Tx,
  listed: readonly DeliveryRow[],
  alone: readonly DeliveryRow[],
): Promise<void> {
  const [carrier, ...others] = listed;
  if (carrier === undefined) return;
  const rows = (keys: readonly DeliveryRow[]) =>
    tx
      .updateTable("deliveries")
      .where("destinationId", "=", carrier.destinationId)
      .where(
        "key",
        "in",
        keys.map(({ key }) => key),
      );
  const isPublished = listed.some(({ publish }) => publish === "pending");
  await rows([carrier])
    .set({ overflow: carrier.key, publish: isPublished ? "pending" : null })
    .execute();
  await rows(others)
    .set({ overflow: carrier.key, publish: null, reason: "it waited too long for a post of its own" })
    .execute();
  if (alone.length > 0) await rows(alone).set({ alone: 1 }).execute();
}

const listedBy = (tx: Tx, { destinationId, key }: Pick<DeliveryRow, "destinationId" | "key">) =>
  tx
    .updateTable("deliveries")
    .where("destinationId", "=", destinationId)
    .where("overflow", "=", key)
    .where("key", "!=", key)
    .where("state", "=", "pending");

/** The post of a carrier stands there, so all that it lists is sent. */
export async function settleListed(tx: Tx, carrier: DeliveryRow, ref: RemoteRef, at: Millis): Promise<void> {
  const others = await listedBy(tx, carrier)
    .set((e) => ({
      state: "sent",
      reason: IN_A_LIST,
      settled: e.ref("attempt"),
      sentAt: at,
      dueAt: at,
      refId: ref.id,
      refUrl: ref.url,
      refCid: ref.cid,
    }))
    .returning("entryId")
    .execute();
  for (const { entryId } of others)
    for (const address of [ref.url, ref.id])
      if (address !== null) await addAddress(tx, addressKey(address), entryId);
}

/**
 * The post of a carrier is known not to stand there, and will not be sent as it is: whatever it lists is in the line
 * again, or skipped where it was undone. `alone`: each is to have a post of its own.
 */
export async function freeListed(tx: Tx, carrier: Pick<DeliveryRow, "destinationId" | "key">, alone: 0 | 1) {
  await listedBy(tx, carrier)
    .where("undo", "=", 1)
    .set({ state: "skipped", overflow: null, reason: "dropped: undone before it was sent" })
    .execute();
  await listedBy(tx, carrier)
    .set({ overflow: null, reason: null, ...(alone === 1 ? { alone } : {}) })
    .execute();
}

/** Why what is listed still waits. */
export async function noteListed(tx: Tx, carrier: DeliveryRow, reason: string): Promise<void> {
  await listedBy(tx, carrier).set({ reason }).execute();
}

/** What is listed shares the end of its carrier. */
export async function skipListed(tx: Tx, carrier: DeliveryRow, reason: string): Promise<void> {
  await listedBy(tx, carrier).set({ state: "skipped", overflow: null, reason }).execute();
}

/** Whether an admin took back something that the post of this carrier lists. */
export async function isPartUndone(store: Store, { destinationId, key }: DeliveryRow): Promise<boolean> {
  return (await findUndone(store.db, destinationId, key)) !== undefined;
}

export const findUndone = async (tx: Tx, destinationId: string, carrier: string) =>
  await tx
    .selectFrom("deliveries")
    .select("key")
    .where("destinationId", "=", destinationId)
    .where("overflow", "=", carrier)
    .where("undo", "=", 1)
    .limit(1)
    .executeTakeFirst();
