import { createHash, type Hash } from "node:crypto";
import { sql } from "kysely";
import { AdminError } from "../domain/errors.ts";
import { codeOf } from "./faults.ts";
import { closeMoved, holdWriters } from "./moved.ts";
import type { Db, Store } from "./open.ts";
import { storable } from "./storable.ts";
import type { Tables } from "./tables.ts";

/** The columns that tell a table's rows apart; referenced tables come before those that refer to them. */
const KEYS = {
  feeds: ["id"],
  polls: ["feedId", "at"],
  hosts: ["host"],
  entries: ["id"],
  sightings: ["feedId", "guid", "link", "textKey", "entryId"],
  addresses: ["address", "entryId"],
  images: ["entryId"],
  destinations: ["id"],
  subscriptions: ["feedId", "destinationId"],
  deliveries: ["destinationId", "key"],
  slots: ["owner", "slotAt"],
  notices: ["key"],
  sessions: ["account"],
  logins: ["account", "at"],
  gateways: ["account"],
  websub: ["token"],
  standing: ["destinationId", "address", "refId"],
} as const satisfies Readonly<Record<Exclude<keyof Tables, "processes" | "locks">, readonly string[]>>;

type Moved = keyof typeof KEYS;
const TABLES = Object.keys(KEYS) as readonly Moved[];
/** In the order in which transactions lock rows; the rest comes after. */
const LOCKED = ["locks", "feeds", "entries", "destinations", "deliveries"] as const;
const CLOSED: readonly (keyof Tables)[] = [...new Set([...LOCKED, ...TABLES, "processes" as const])];
const TRIES = 5;

/** Rows in one statement: images stand in some of them. */
const PAGE = 100;

export type Count = { readonly table: string; readonly rows: number };

/**
 * Copies a whole store into an empty one and reads it back: the target's rows are committed only when every table has
 * the same number of rows and the same digest. Whoever writes to the source waits meanwhile; in the same transaction
 * the source is closed for good, so that nothing can be begun there that the target does not know. A send that was
 * under way is in doubt in the target, as after a crash. Breaks off between the two commits leave a full target and an
 * open source: nothing is lost, and the move begins anew with another target.
 * `report` hears of each table, and of every page of a long one.
 * Throws an AdminError when the target is not empty or what stands there is not what was read.
 */
export async function moveStore(
  from: Store,
  to: Store,
  shown: string,
  report: (count: Count) => void,
): Promise<readonly Count[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await moveOnce(from, to, shown, report);
    } catch (error) {
      // A process that writes in another order than the locks were taken: the database broke one of the two off.
      if (tries >= TRIES || codeOf(error) !== "again") throw error;
    }
  }
}

async function moveOnce(
  from: Store,
  to: Store,
  shown: string,
  report: (count: Count) => void,
): Promise<readonly Count[]> {
  return await from.db
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute(async (source) => {
      // Before the first look, which decides what the transaction sees.
      if (from.engine === "postgres") await holdWriters(source, CLOSED);
      const counts = await to.db.transaction().execute(async (target) => {
        await refuseFull(target, shown);
        const counted: Count[] = [];
        for (const table of TABLES) counted.push(await moveTable(source, target, table, report));
        return counted;
      });
      await closeMoved(source, from.engine, CLOSED, shown);
      return counts;
    });
}

async function refuseFull(target: Db, shown: string): Promise<void> {
  for (const table of TABLES) {
    const [row] = await page(target, table, null);
    if (row !== undefined)
      throw new AdminError(`${shown} is not empty (it has ${table}): name an empty database or a new file.`);
  }
}

async function moveTable(
  source: Db,
  target: Db,
  table: Moved,
  report: (count: Count) => void,
): Promise<Count> {
  const read = createHash("sha256");
  let rows = 0;
  for await (const some of pages(source, table)) {
    some.forEach((row) => add(read, row));
    await target.insertInto(table).values(some).execute();
    rows += some.length;
    if (rows % (PAGE * 100) === 0) report({ table, rows });
  }
  const written = createHash("sha256");
  let there = 0;
  for await (const some of pages(target, table)) {
    some.forEach((row) => add(written, row));
    there += some.length;
  }
  if (there !== rows || read.digest("hex") !== written.digest("hex"))
    throw new AdminError(
      `${table}: what was read (${rows} rows) is not what was written (${there} rows); nothing was moved.`,
    );
  report({ table, rows });
  return { table, rows };
}

type Row = Readonly<Record<string, unknown>>;

/** All rows of a table by their key, page by page. */
async function* pages(db: Db, table: Moved): AsyncGenerator<readonly Row[]> {
  let last: Row | null = null;
  for (;;) {
    const some: readonly Row[] = await page(db, table, last);
    if (some.length > 0) yield some;
    if (some.length < PAGE) return;
    last = some.at(-1) ?? null;
  }
}

async function page(db: Db, table: Moved, after: Row | null): Promise<readonly Row[]> {
  const names: readonly string[] = KEYS[table];
  const key = sql.join(names.map((name) => sql.ref(name)));
  const beyond =
    after === null ? sql`1 = 1` : sql`(${key}) > (${sql.join(names.map((name) => after[name]))})`;
  const { rows } = await sql<Row>`
    select * from ${sql.table(table)} where ${beyond} order by ${key} limit ${sql.lit(PAGE)}`.execute(db);
  return rows;
}

function add(hash: Hash, row: Row): void {
  const values = Object.keys(row)
    .toSorted()
    .map((name) => [name, storable(row[name])]);
  hash.update(`${JSON.stringify(values)}\n`);
}
