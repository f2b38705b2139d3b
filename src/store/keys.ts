import { randomInt } from "node:crypto";
import type { InsertResult } from "kysely";
import type { Millis } from "../domain/types.ts";
import { nextTid } from "../lib/tid.ts";

/** Tells the keys that several processes make in one microsecond apart (atproto.com/specs/tid: the clock identifier). */
const CLOCK_ID = randomInt(1024);

/**
 * Inserts a row under a key of now, later than `last`; where another process has just taken that key ("on conflict do
 * nothing") the next one is tried. Gives the key.
 */
export async function insertKeyed(
  now: Millis,
  last: string | null,
  insert: (key: string) => Promise<InsertResult>,
): Promise<string> {
  let key = nextTid(now, last, CLOCK_ID);
  while ((await insert(key)).numInsertedOrUpdatedRows !== 1n) key = nextTid(now, key, CLOCK_ID);
  return key;
}
