import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Dialect, Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { AdminError } from "../domain/errors.ts";
import { copyStore } from "./backup.ts";
import { type Group, openGroup } from "./group.ts";
import { refuseMoved } from "./moved.ts";
import { NAMES } from "./names.ts";
import { openUnchanged, type SettleUnchanged } from "./unchanged.ts";
import { IN_MEMORY, NodeSqliteDialect, openingError as unopened } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables>;
export type Store = AsyncDisposable & {
  readonly db: Db;
  readonly engine: Engine;
  /** Where it lies, as it may be shown: the SQLite file, or the database's address without its password. */
  readonly location: string;
  /** A transaction that others may share. */
  readonly group: Group;
  /** Settles a poll that brought nothing, together with others. */
  readonly settleUnchanged: SettleUnchanged;
};

export type Engine = "sqlite" | "postgres";

/** What tells a database's address from a file. */
export const isPostgres = (location: string): boolean => /^postgres(?:ql)?:/u.test(location);

/**
 * Opens the store in a SQLite file (made when missing; ":memory:" for a store that is forgotten) or in the PostgreSQL
 * database of a `postgres://` address (whose password is given apart), and brings its tables up to date, each
 * migration in one transaction under a lock; a file is copied first (`FILE.before-MIGRATION`). Dispose of it to let go of it.
 * Throws an AdminError when it cannot be reached, refuses the login, or was written by a newer Bulletin.
 */
export async function openStore(location: string, password: string | null = null): Promise<Store> {
  const engine: Engine = isPostgres(location) ? "postgres" : "sqlite";
  const { dialect, explain } = await dialectOf(location, password);
  const db = new Kysely<Tables>({ dialect, plugins: [NAMES] });
  try {
    await migrate(db, engine, location);
    await refuseMoved(db);
  } catch (error) {
    await db.destroy();
    throw explain(error);
  }
  const shown = shownLocation(location);
  return {
    db,
    engine,
    location: shown,
    group: openGroup(db),
    settleUnchanged: openUnchanged(db),
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}

/** Where a store lies, as it may be shown: without a password. */
export function shownLocation(location: string): string {
  if (!isPostgres(location)) return location;
  const url = new URL(location);
  url.password = "";
  url.searchParams.delete("password");
  return url.href;
}

type Opening = { readonly dialect: Dialect; readonly explain: (error: unknown) => unknown };

async function dialectOf(location: string, password: string | null): Promise<Opening> {
  if (!isPostgres(location))
    return {
      dialect: new NodeSqliteDialect(location),
      explain: (error) => unopened(location, error),
    };
  const { openingError, postgresDialect } = await import("./postgres.ts");
  return {
    dialect: postgresDialect(location, password),
    explain: (error) => openingError(location, error),
  };
}

const FOLDER = fileURLToPath(new URL("./migrations/", import.meta.url));

/** The numbered SQL files, in order; each is run once. A file that has something in it is copied before. */
async function migrate(db: Db, engine: Engine, location: string): Promise<void> {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const migrations = Object.fromEntries(
    names.map((name) => [name.slice(0, -4), { up: (tx: Kysely<unknown>) => run(tx, name, engine) }]),
  );
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const missing = await missingAfterSome(migrator);
  if (missing !== null && engine === "sqlite" && location !== IN_MEMORY)
    await copyStore(db, `${location}.before-${missing}`);
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && error.message.includes("is missing"))
    throw new AdminError(
      "This store was written by a newer Bulletin: run that version, or restore an older copy.",
    );
  throw error;
}

/** The first migration that a store which is in use lacks; null: it lacks none, or it is new. */
async function missingAfterSome(migrator: Migrator): Promise<string | null> {
  const all = await migrator.getMigrations();
  const isInUse = all.some(({ executedAt }) => executedAt !== undefined);
  return isInUse ? (all.find(({ executedAt }) => executedAt === undefined)?.name ?? null) : null;
}

/** Keys sort by their bytes, as they do on SQLite, whatever the language of the database. */
const BYTEWISE = 'text collate "C"';

async function run(tx: Kysely<unknown>, name: string, engine: Engine): Promise<void> {
  const plain = readFileSync(FOLDER + name, "utf8").replaceAll(/--.*$/gmu, "");
  const text = engine === "postgres" ? plain.replaceAll(/\btext\b/gu, BYTEWISE) : plain;
  for (const statement of text.split(";")) if (statement.trim() !== "") await sql.raw(statement).execute(tx);
}
