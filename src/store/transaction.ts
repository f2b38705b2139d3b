import type { Kysely } from "kysely";
import { codeOf } from "./faults.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;

const TRIES = 3;

/**
 * Runs work in one transaction; what PostgreSQL broke off (a deadlock, a serialization failure) is run again, so the
 * work must bear being run twice. On SQLite a transaction holds the one write lock from its beginning. Within a
 * transaction the work is part of it.
 *
 * PostgreSQL has no such lock, and a transaction sees what others commit meanwhile. So whoever reads in order to write
 * locks the owning row first (`forNoKeyUpdate`; SQLite leaves the words out), and all lock in this order: the lock of
 * the config, feed, entry, destinations by id, deliveries; then come rows that nobody else waits for (sightings,
 * addresses, slots, polls), and notices last.
 */
export const transact = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  db.isTransaction ? work(db) : persistent(() => db.transaction().execute(work));

/** Runs a statement of its own; what PostgreSQL broke off is run again. */
export async function persistent<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (tries >= TRIES || codeOf(error) !== "again") throw error;
    }
  }
}

/** Holds back whoever else makes the rows match a config, until the transaction ends. */
export async function lockConfig(tx: Db): Promise<void> {
  await tx.selectFrom("locks").select("name").where("name", "=", "config").forNoKeyUpdate().execute();
}

/** Locks these destinations, or all, until the transaction ends, in the one order. */
export async function lockDestinations(tx: Db, ids?: readonly string[]): Promise<void> {
  if (ids?.length === 0) return;
  await tx
    .selectFrom("destinations")
    .select("id")
    .$if(ids !== undefined, (q) => q.where("id", "in", ids ?? []))
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
}

/** As many rows as one statement of either engine can take, and as hold the event loop for some milliseconds only. */
const BATCH = 500;

/** Rows in portions, one for each statement. */
export const inBatches = <T>(rows: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, i) => rows.slice(i * BATCH, (i + 1) * BATCH));
