import type { Kysely } from "kysely";
import { nextTurn } from "../lib/clock.ts";
import type { Tables } from "./tables.ts";
import { transact } from "./transaction.ts";

type Db = Kysely<Tables>;

/** Runs a unit of work in a transaction; resolves, with what it gave, when that is committed. */
export type Group = <T>(work: (tx: Db) => Promise<T>) => Promise<T>;

/** More would hold the event loop for too long. */
const MOST = 128;

/**
 * Items that come at once are handed to `work` together, up to 128: it is waited as long as each turn of the event loop
 * brings more. `work` never rejects, and one lot is done before the next begins.
 */
export function gather<T>(work: (items: readonly T[]) => Promise<void>): (item: T) => void {
  const waiting: T[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      for (let known = 0; known < waiting.length && waiting.length < MOST;) {
        known = waiting.length;
        await nextTurn();
      }
      await work(waiting.splice(0, MOST));
    }
    isRunning = false;
  }

  return (item) => {
    waiting.push(item);
    if (!isRunning) void run();
  };
}

type Waiting = {
  readonly work: (tx: Db) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Units that come together share one transaction, so that many polls cost one sync of the disk. When one of them
 * throws, nothing of that transaction stands: each of its units is then run in one of its own, and only the one that
 * throws again is rejected. A unit must therefore bear being run twice.
 */
export function openGroup(db: Db): Group {
  const begin = gather<Waiting>(async (units) => {
    if (!(await together(db, units))) for (const unit of units) await alone(db, unit);
  });
  return async <T>(work: (tx: Db) => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    begin({ work, resolve, reject });
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
