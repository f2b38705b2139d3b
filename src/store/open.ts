import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CamelCasePlugin, Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { AdminError } from "../domain/errors.ts";
import { NodeSqliteDialect } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables>;
export type Store = AsyncDisposable & { readonly db: Db };

/**
 * Opens the store in a SQLite file (made when missing; ":memory:" for a store that is forgotten) and brings its
 * tables up to date, each migration in one transaction under a lock. Dispose of it to close the file.
 * Throws an AdminError when the file was written by a newer Bulletin.
 */
export async function openStore(file: string): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(file), plugins: [new CamelCasePlugin()] });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}

const FOLDER = fileURLToPath(new URL("./migrations/", import.meta.url));

/** The numbered SQL files, in order; each is run once. */
async function migrate(db: Db): Promise<void> {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const migrations = Object.fromEntries(
    names.map((name) => [name.slice(0, -4), { up: (tx: Kysely<unknown>) => run(tx, name) }]),
  );
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && error.message.includes("is missing"))
    throw new AdminError(
      "This store was written by a newer Bulletin: run that version, or restore an older copy.",
    );
  throw error;
}

async function run(tx: Kysely<unknown>, name: string): Promise<void> {
  const text = readFileSync(FOLDER + name, "utf8").replaceAll(/--.*$/gmu, "");
  for (const statement of text.split(";")) if (statement.trim() !== "") await sql.raw(statement).execute(tx);
}
