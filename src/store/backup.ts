import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import { AdminError } from "../domain/errors.ts";
import { openingError } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;

/** How many rows each table has. */
export type Rows = ReadonlyMap<string, number>;

/** Whose rows never go: what was counted before and after bounds what a copy must have. */
const ONLY_GROW = ["feeds", "entries", "sightings", "addresses", "destinations", "deliveries"] as const;

/**
 * Copies an open SQLite store into a file while others go on writing: all of one moment, or nothing. The copy is
 * synced, opened again, checked (every page, every reference, how many rows) and only then put in its place, over what
 * had that name. Gives its rows.
 * Throws an AdminError when it cannot be written, or is not what was copied.
 */
export async function copyStore(db: Db, file: string): Promise<Rows> {
  const part = `${file}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return await copyByWay(db, part, file);
  } catch (error) {
    throw openingError(file, error, `The store could not be copied to ${file}`);
  }
}

async function copyByWay(db: Db, part: string, file: string): Promise<Rows> {
  try {
    rmSync(part, { force: true });
    // It holds platform sessions, as the store does: nobody else may read it, from its first byte on.
    closeSync(openSync(part, "wx", 0o600));
    const before = await countGrowing(db);
    await sql`vacuum into ${part}`.execute(db);
    const after = await countGrowing(db);
    syncToDisk(part, "r+");
    const rows = checkCopy(part);
    for (const table of ONLY_GROW) refuseOther(file, table, rows.get(table) ?? 0, before, after);
    renameSync(part, file);
    syncToDisk(dirname(file), "r");
    return rows;
  } finally {
    rmSync(part, { force: true });
  }
}

async function countGrowing(db: Db): Promise<Rows> {
  const rows = new Map<string, number>();
  for (const table of ONLY_GROW) {
    const { n } = await db
      .selectFrom(table)
      .select((e) => e.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    rows.set(table, n);
  }
  return rows;
}

function refuseOther(file: string, table: string, copied: number, before: Rows, after: Rows): void {
  const [least, most] = [before.get(table) ?? 0, after.get(table) ?? 0];
  if (copied < least || copied > most)
    throw new AdminError(
      `${file}: the copy has ${copied} rows in ${table}, the store ${least}; it was thrown away.`,
    );
}

function syncToDisk(path: string, flags: "r" | "r+"): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Opens a copy for reading and checks all of it: every page and index, every reference between rows, and that it is
 * a store of Bulletin. Gives its rows. Throws an AdminError that says what is wrong.
 */
export function checkCopy(file: string): Rows {
  using db = openCopy(file);
  const [integrity] = db.prepare("pragma integrity_check(1)").all();
  const found = String(integrity?.["integrity_check"]);
  if (found !== "ok") throw new AdminError(`${file} is damaged (${found}): take another copy.`);
  if (db.prepare("pragma foreign_key_check").get() !== undefined)
    throw new AdminError(`${file} is damaged (rows refer to rows that are not there): take another copy.`);
  const tables = db.prepare("select name from sqlite_schema where type = 'table'").all();
  const names = tables.map((row) => String(row["name"]));
  if (!names.includes("deliveries") || !names.includes("kysely_migration"))
    throw new AdminError(`${file} is not a copy of a store of Bulletin.`);
  return new Map(
    names.map((name) => [name, Number(db.prepare(`select count(*) as n from "${name}"`).get()?.["n"])]),
  );
}

/** A copy as it was found, or what came out of another program's hands. */
function openCopy(file: string): DatabaseSync {
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
    db.prepare("select count(*) from sqlite_schema").get();
    return db;
  } catch (error) {
    throw openingError(file, error);
  }
}

/** Writes a copy's contents into a new file, so that the copy itself stays as it is. Checks both. */
export function unpackCopy(file: string, into: string): Rows {
  checkCopy(file);
  try {
    using db = openCopy(file);
    rmSync(into, { force: true });
    db.prepare("vacuum into ?").run(into);
  } catch (error) {
    throw openingError(into, error, `${file} could not be unpacked to ${into}`);
  }
  chmodSync(into, 0o600);
  return checkCopy(into);
}
