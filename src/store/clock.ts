import { sql } from "kysely";
import { AdminError } from "../domain/errors.ts";
import type { Clock, Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";

/** A lease is minutes long: clocks that differ by no more than this cannot make two processes work on one thing. */
const APART: Millis = 5_000;

/**
 * Compares this machine's clock with the database's, by which all processes that share it must go. Throws an
 * AdminError when they are too far apart. A file has no clock of its own.
 */
export async function compareClocks(store: Store, clock: Clock): Promise<void> {
  if (store.engine === "sqlite") return;
  const asked = clock.now();
  const { rows } = await sql<{
    at: string;
  }>`select extract(epoch from clock_timestamp()) * 1000 as at`.execute(store.db);
  const theirs = Math.round(Number(rows[0]?.at));
  const ours = clock.now();
  // The answer was made at some moment between the two.
  if (theirs >= asked - APART && theirs <= ours + APART) return;
  throw new AdminError(
    `The clocks are apart: it is ${new Date(ours).toISOString()} here, and ${new Date(theirs).toISOString()} at the database. Set both by a time server (NTP), then start again.`,
  );
}
