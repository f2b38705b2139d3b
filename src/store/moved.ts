import { type Kysely, sql } from "kysely";
import { AdminError, reasonOf } from "../domain/errors.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;

const MARK = "moved to ";
const WRITES = ["insert", "update", "delete"] as const;

/**
 * Notes in a store that all of it now lies elsewhere, and lets the store itself refuse every write from then on: a
 * process that still runs on it begins nothing any more, whatever it was about to do. Part of the move's transaction.
 */
export async function closeMoved(
  db: Db,
  engine: "sqlite" | "postgres",
  tables: readonly (keyof Tables)[],
  shown: string,
): Promise<void> {
  const words = sql.lit(MARK + shown);
  await db
    .insertInto("locks")
    .values({ name: MARK + shown })
    .execute();
  if (engine === "postgres")
    await sql`create function bulletin_moved() returns trigger language plpgsql as ${sql.lit(
      `begin raise exception using message = ${quoted(MARK + shown)}; end`,
    )}`.execute(db);
  for (const table of tables)
    for (const write of engine === "postgres" ? ["insert or update or delete"] : WRITES) {
      const what = sql`${sql.raw(`before ${write}`)} on ${sql.table(table)}`;
      await (
        engine === "postgres"
          ? sql`create trigger bulletin_moved ${what} for each statement execute function bulletin_moved()`
          : sql`create trigger ${sql.ref(`moved_${table}_${write}`)} ${what} begin select raise(abort, ${words}); end`
      ).execute(db);
    }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Holds every writer back until the transaction ends; on SQLite a transaction does so by itself. */
export async function holdWriters(db: Db, tables: readonly (keyof Tables)[]): Promise<void> {
  await sql`lock table ${sql.join(tables.map((table) => sql.table(table)))} in exclusive mode`.execute(db);
}

/** A store that was moved is history: a bot that ran on it would post again what the other one posts. */
export async function refuseMoved(db: Db): Promise<void> {
  const row = await db
    .selectFrom("locks")
    .select("name")
    .where("name", "like", `${MARK}%`)
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined) throw movedAway(row.name);
}

/** What an admin must do, when this error says that the store was moved while it was open; null: it says another thing. */
export function movedError(error: unknown): AdminError | null {
  const reason = reasonOf(error);
  return reason.startsWith(MARK) ? movedAway(reason) : null;
}

const movedAway = (mark: string): AdminError =>
  new AdminError(
    `This store was ${mark}, which has everything: name that in the config's key "store", or, when it is a file, leave the key out and put the file into the data folder as bulletin.db. Then start Bulletin again.`,
  );
