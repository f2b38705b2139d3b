import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";
import type { DestinationRow } from "./tables.ts";
import { lockDestinations, transact } from "./transaction.ts";

/**
 * Hands a destination back. `dueAt`: when there is next something to do; null: when something is enqueued. What
 * was enqueued meanwhile is not forgotten: with nothing said, the due time comes from the deliveries that wait.
 */
export async function handBackDestination(
  store: Store,
  row: DestinationRow,
  dueAt: Millis | null,
): Promise<void> {
  await transact(store.db, async (tx) => {
    await lockDestinations(tx, [row.id]);
    const due = [dueAt ?? (await nextDue(tx, row.id)), await nextSecondStep(tx, row.id)].filter(
      (at) => at !== null,
    );
    const next = due.length === 0 ? null : Math.max(Math.min(...due), row.outageUntil ?? 0);
    await tx
      .updateTable("destinations")
      .set({ leaseUntil: 0, dueAt: next })
      .where("id", "=", row.id)
      .where("attempt", "=", row.attempt)
      .execute();
  });
}

async function nextDue(tx: Store["db"], destinationId: string): Promise<Millis | null> {
  const row = await tx
    .selectFrom("deliveries")
    .select("dueAt")
    .where("destinationId", "=", destinationId)
    .where("state", "=", "pending")
    .where((e) => e.or([e("overflow", "is", null), e("overflow", "=", e.ref("key"))]))
    .orderBy("key")
    .limit(1)
    .executeTakeFirst();
  return row?.dueAt ?? null;
}

/** When the next sent post is to be published or taken back. */
async function nextSecondStep(tx: Store["db"], destinationId: string): Promise<Millis | null> {
  const row = await tx
    .selectFrom("deliveries")
    .select((e) => e.fn.min<number | null>("dueAt").as("at"))
    .where("destinationId", "=", destinationId)
    .where("state", "=", "sent")
    .where((e) => e.or([e("publish", "=", "pending"), e("undo", "=", 1)]))
    .executeTakeFirst();
  return row?.at ?? null;
}
