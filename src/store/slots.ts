import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";
import { transact } from "./transaction.ts";

/** A slot of a destination's schedule fires, or is recorded as missed: once, whoever asks first. */
export async function settleSlot(
  store: Store,
  id: string,
  slotAt: Millis,
  state: "fired" | "missed",
): Promise<boolean> {
  return await transact(store.db, async (tx) => {
    const added = await tx
      .insertInto("slots")
      .values({ owner: id, slotAt, state })
      .onConflict((c) => c.doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows !== 1n) return false;
    await tx
      .updateTable("destinations")
      .set({ slotAt, ...(state === "fired" ? { dueAt: slotAt } : {}) })
      .where("id", "=", id)
      .where("slotAt", "<", slotAt)
      .execute();
    return true;
  });
}

/** The last slot of a destination that fired; 0: none did. What was made before it may go. */
export async function lastFiredSlot(store: Store, id: string): Promise<Millis> {
  const row = await store.db
    .selectFrom("slots")
    .select((e) => e.fn.max<number | null>("slotAt").as("at"))
    .where("owner", "=", id)
    .where("state", "=", "fired")
    .executeTakeFirst();
  return row?.at ?? 0;
}
