import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";
import { addNotice } from "./polls.ts";
import type { DestinationRow } from "./tables.ts";
import { transact } from "./transaction.ts";

export type OutageState = Pick<DestinationRow, "outages" | "outageSince" | "outageUntil" | "outageReason">;

/** Writes how a destination answers, fenced by its attempt, and what the admin must be told of it. */
export async function setOutage(
  store: Store,
  owner: DestinationRow,
  state: OutageState,
  now: Millis,
  notice: string | null,
): Promise<void> {
  await transact(store.db, async (tx) => {
    const written = await tx
      .updateTable("destinations")
      .set(state)
      .where("id", "=", owner.id)
      .where("attempt", "=", owner.attempt)
      .executeTakeFirst();
    if (notice !== null && written.numUpdatedRows === 1n) await addNotice(tx, now, owner.id, notice);
  });
}
