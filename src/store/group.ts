import type { Kysely } from "kysely";
import { nextTurn } from "../lib/clock.ts";
import type { Tables } from "./tables.ts";
import { transact } from "./transaction.ts";

type Db = Kysely<Tables>;

/** Runs a unit of work in a transaction; resolves, with what it gave, when that is committed. */
export type Group = <T>(work: (tx: Db) => Promise<T>) => Promise<T>;

type Waiting = {
  readonly work: (tx: Db) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** More would hold the event loop for too long. */
const MOST = 64;

/**
 * Units that come in the same turn of the event loop share one transaction, so that many polls cost one sync of the
 * disk. When one of them throws, nothing of that transaction stands: each of its units is then run in one of its own,
 * and only the one that throws again is rejected. A unit must therefore bear being run twice.
 */
export function openGroup(db: Db): Group {
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    await nextTurn();
    for (let units = waiting.splice(0, MOST); units.length > 0; units = waiting.splice(0, MOST))
      if (!(await together(db, units))) for (const unit of units) await alone(db, unit);
    isRunning = false;
  }

  return async <T>(work: (tx: Db) => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.push({ work, resolve, reject });
    if (!isRunning) void run();
    return (await promise) as T;
  };
}

/** False: nothing stands, and nobody was told. */
async function together(db: Db, units: readonly Waiting[]): Promise<boolean> {
  try {
    const results = await db.transaction().execute(async (tx) => {
      const given: unknown[] = [];
      for (const { work } of units) given.push(await work(tx));
      return given;
    });
    units.forEach(({ resolve }, n) => resolve(results[n]));
    return true;
  } catch {
    return false;
  }
}

async function alone(db: Db, { work, resolve, reject }: Waiting): Promise<void> {
  await transact(db, work).then(resolve, reject);
}
