import type { Millis } from "../domain/types.ts";
import { isStoreLost } from "./faults.ts";
import { movedError } from "./moved.ts";
import type { Store } from "./open.ts";
import { transact } from "./transaction.ts";

/** How often a running process says that it is there, and how old that may be to count. */
export const HEARTBEAT: Millis = 5_000;
export const ALIVE: Millis = 4 * HEARTBEAT;

/** Notes that this process runs; those that have been silent for long are forgotten. */
export async function beat(store: Store, id: string, now: Millis): Promise<void> {
  await transact(store.db, async (tx) => {
    await tx
      .insertInto("processes")
      .values({ id, seenAt: now })
      .onConflict((c) => c.column("id").doUpdateSet({ seenAt: now }))
      .execute();
    await tx
      .deleteFrom("processes")
      .where("seenAt", "<", now - ALIVE)
      .execute();
  });
}

/** The process ends: commands need not wait for it any more. */
export async function leave(store: Store, id: string): Promise<void> {
  try {
    await store.db.deleteFrom("processes").where("id", "=", id).execute();
  } catch (error) {
    // With the database away, or moved away, its silence says the same.
    if (!isStoreLost(error) && movedError(error) === null) throw error;
  }
}

/**
 * Whether a process runs that will do what a command writes down. A sign of life from far ahead was written before the
 * clock was set back: it says nothing about now.
 */
export async function isRunning(store: Store, now: Millis): Promise<boolean> {
  const row = await store.db
    .selectFrom("processes")
    .select("id")
    .where("seenAt", ">=", now - ALIVE)
    .where("seenAt", "<=", now + ALIVE)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
