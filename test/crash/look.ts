import { copyFile, rm } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { isPostgres, openStore, type Store } from "../../src/store/open.ts";
import type { Desk } from "../support/desk.ts";

/**
 * Reads the store while no process has it open. A file is copied first, with the log beside it: the next process shall
 * be the first to open what a kill left.
 */
export async function readStore<T>(
  { store: location }: Desk,
  read: (store: Store) => Promise<T>,
): Promise<T> {
  if (isPostgres(location)) {
    await using store = await openStore(location);
    return await read(store);
  }
  const copy = `${location}.copy`;
  for (const suffix of ["", "-wal"]) {
    await rm(copy + suffix, { force: true });
    await copyFile(location + suffix, copy + suffix).catch(() => null);
  }
  await using store = await openStore(copy);
  return await read(store);
}

/** What a running process has before it, and how much it knows. */
type Standing = { readonly waiting: number; readonly known: number; readonly stopped: number };

const STANDING = `select
  (select count(*) from entries where state = 'new') + (
    select count(*) from deliveries join destinations on destinations.id = destination_id
    where destinations.state <> 'stopped'
      and (deliveries.state = 'pending' or (deliveries.state = 'sent' and (undo = 1 or publish = 'pending')))
  ) as waiting,
  (select count(*) from entries) as known,
  (select count(*) from destinations where state = 'stopped') as stopped`;

/** Asks the store of a running process; null while it cannot be asked. */
export async function standing({ store: location }: Desk): Promise<Standing | null> {
  try {
    return isPostgres(location) ? await inDatabase(location) : inFile(location);
  } catch {
    return null;
  }
}

function inFile(file: string): Standing {
  using db = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
  return db.prepare(STANDING).get() as Standing;
}

async function inDatabase(address: string): Promise<Standing> {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(STANDING);
    return Object.fromEntries(
      Object.entries(rows[0] ?? {}).map(([name, n]) => [name, Number(n)]),
    ) as Standing;
  } finally {
    await client.end();
  }
}
