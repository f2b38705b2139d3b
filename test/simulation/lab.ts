import { sql } from "kysely";
import type { Config } from "../../src/domain/types.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { readConfig } from "./config.ts";

/** What one history after another takes place in. */
export type Lab = AsyncDisposable & {
  readonly config: Config;
  readonly store: Store;
  /** Makes the store as new: no history knows of the one before it. */
  readonly clear: () => Promise<void>;
};

/** The migrations' own books, and one row that the program locks and never writes. */
const UNTOUCHED = new Set(["kysely_migration", "kysely_migration_lock", "locks"]);

/**
 * Opens a store in memory, migrated once: the migrations have more statements than a history has. It is emptied for
 * each history, and its statements stay prepared.
 */
export async function openLab(): Promise<Lab> {
  const store = await openStore(":memory:");
  const { rows } = await sql<{ readonly name: string }>`
    select name from sqlite_master where type = 'table'`.execute(store.db);
  const tables = rows.map(({ name }) => name).filter((name) => !UNTOUCHED.has(name));
  const switchKeys = (to: "on" | "off") => sql`pragma foreign_keys = ${sql.raw(to)}`.execute(store.db);
  const clear = async (): Promise<void> => {
    await switchKeys("off");
    for (const name of tables) await sql`delete from ${sql.table(name)}`.execute(store.db);
    await switchKeys("on");
    while (!(await letsOthersWork(store))) continue;
  };
  const config = await readConfig();
  return { config, store, clear, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** Now and then a store gives way to others: each history begins right after that, so that it meets it in the same places. */
async function letsOthersWork({ db }: Store): Promise<boolean> {
  let hasOthers = false;
  const turn = setImmediate(() => (hasOthers = true));
  await sql`select 1`.execute(db);
  clearImmediate(turn);
  return hasOthers;
}
