import type { Kysely } from "kysely";
import { AdminError } from "../domain/errors.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;

const MARK = "moved to ";

/** Notes in a store that all of it now lies elsewhere. */
export async function markMoved(db: Db, shown: string): Promise<void> {
  await db
    .insertInto("locks")
    .values({ name: MARK + shown })
    .execute();
}

/** A store that was moved is history: a bot that ran on it would post again what the other one posts. */
export async function refuseMoved(db: Db): Promise<void> {
  const row = await db
    .selectFrom("locks")
    .select("name")
    .where("name", "like", `${MARK}%`)
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return;
  throw new AdminError(
    `This store was ${row.name}, which has everything: name that in the config's key "store", or, when it is a file, leave the key out and put the file into the data folder as bulletin.db.`,
  );
}
