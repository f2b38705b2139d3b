import type { Json, Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";

/** A platform session (Bluesky) as it was last stored. */
export async function readSession(store: Store, account: string): Promise<Json | null> {
  const row = await store.db
    .selectFrom("sessions")
    .select("data")
    .where("account", "=", account)
    .executeTakeFirst();
  return row === undefined ? null : (JSON.parse(row.data) as Json);
}

export async function writeSession(
  store: Store,
  account: string,
  session: Json | null,
  now: Millis,
): Promise<void> {
  if (session === null) await store.db.deleteFrom("sessions").where("account", "=", account).execute();
  else {
    const row = { data: JSON.stringify(session), updatedAt: now };
    await store.db
      .insertInto("sessions")
      .values({ account, ...row })
      .onConflict((c) => c.column("account").doUpdateSet(row))
      .execute();
  }
}

/** How often an account logged in since then: platforms count logins, also over restarts. */
export async function countLogins(store: Store, account: string, since: Millis): Promise<number> {
  const row = await store.db
    .selectFrom("logins")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("account", "=", account)
    .where("at", ">", since)
    .executeTakeFirstOrThrow();
  return row.n;
}

export async function addLogin(store: Store, account: string, at: Millis): Promise<void> {
  await store.db
    .insertInto("logins")
    .values({ account, at })
    .onConflict((c) => c.doNothing())
    .execute();
}
