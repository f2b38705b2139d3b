import type { DestinationConfig, Millis, SubscriptionConfig } from "../domain/types.ts";
import { addressKey } from "../lib/address.ts";
import type { Store } from "./open.ts";
import { addNotice } from "./polls.ts";
import { type Claim, preparedLists } from "./prepared.ts";
import type { DestinationRow } from "./tables.ts";
import { inBatches, lockConfig, lockDestinations, transact } from "./transaction.ts";

/** Makes the rows match the config. Rows that are no longer wanted stay, with all that was sent. */
export async function syncDestinations(
  store: Store,
  destinations: readonly DestinationConfig[],
  accountOf: (destination: DestinationConfig) => string,
  now: Millis,
): Promise<void> {
  await transact(store.db, async (tx) => {
    await lockConfig(tx);
    await lockDestinations(tx);
    await tx.updateTable("destinations").set({ wanted: 0 }).execute();
    for (const { id, platform, name, ...rest } of destinations) {
      const account = accountOf({ id, platform, name, ...rest });
      await tx
        .insertInto("destinations")
        .values({
          id,
          platform,
          name,
          account,
          wanted: 1,
          state: "active",
          leaseUntil: 0,
          attempt: 0,
          lastCreatedAt: 0,
          slotAt: now,
          createdAt: now,
          outages: 0,
        })
        .onConflict((c) => c.column("id").doUpdateSet({ wanted: 1, name, account }))
        .execute();
    }
  });
}

/**
 * Subscriptions as configured; a new one gets what is first seen after it. What still waited for one that ended is
 * skipped, with the reason on its row, unless it may already be out there.
 */
export async function syncSubscriptions(
  store: Store,
  subscriptions: readonly SubscriptionConfig[],
  now: Millis,
): Promise<void> {
  await transact(store.db, async (tx) => {
    await lockConfig(tx);
    const feeds = await tx.selectFrom("feeds").select(["id", "urlKey"]).execute();
    const idOf = new Map(feeds.map((feed) => [feed.urlKey, feed.id]));
    const old = await tx.selectFrom("subscriptions").selectAll().where("wanted", "=", 1).execute();
    const kept = new Set(old.map(keyOf));
    const wanted = new Map<string, Subscription>();
    for (const { feedUrl, destinationId } of subscriptions) {
      const feedId = idOf.get(addressKey(feedUrl));
      if (feedId !== undefined) wanted.set(keyOf({ feedId, destinationId }), { feedId, destinationId });
    }
    for (const { feedId, destinationId } of old.filter((row) => !wanted.has(keyOf(row))))
      await tx
        .updateTable("subscriptions")
        .set({ wanted: 0 })
        .where("feedId", "=", feedId)
        .where("destinationId", "=", destinationId)
        .execute();
    const added = [...wanted].filter(([key]) => !kept.has(key));
    for (const rows of inBatches(added))
      await tx
        .insertInto("subscriptions")
        .values(rows.map(([, row]) => ({ ...row, wanted: 1 as const, createdAt: now })))
        .onConflict((c) => c.columns(["feedId", "destinationId"]).doUpdateSet({ wanted: 1, createdAt: now }))
        .execute();
    await skipUnsubscribed(tx);
  });
}

type Subscription = { readonly feedId: string; readonly destinationId: string };

const keyOf = ({ feedId, destinationId }: Subscription): string => `${feedId} ${destinationId}`;

async function skipUnsubscribed(tx: Store["db"]): Promise<void> {
  await tx
    .updateTable("deliveries")
    .set({ state: "skipped", reason: "unsubscribed: its feed no longer posts there" })
    .where("state", "=", "pending")
    .whereRef("attempt", "=", "settled")
    .where("overflow", "is", null)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("subscriptions")
            .innerJoin("entries", "entries.feedId", "subscriptions.feedId")
            .select("subscriptions.feedId")
            .where("subscriptions.wanted", "=", 1)
            .whereRef("entries.id", "=", "deliveries.entryId")
            .whereRef("subscriptions.destinationId", "=", "deliveries.destinationId"),
        ),
      ),
    )
    .execute();
}

export async function listSubscriptions(
  store: Store,
  feedId: string,
): Promise<readonly { readonly destinationId: string; readonly createdAt: Millis }[]> {
  return await store.db
    .selectFrom("subscriptions")
    .select(["destinationId", "createdAt"])
    .where("feedId", "=", feedId)
    .where("wanted", "=", 1)
    .orderBy("destinationId")
    .execute();
}

/** Takes up to `limit` destinations that have something to do and that nobody works on. */
export async function claimDestinations(
  store: Store,
  now: Millis,
  lease: Millis,
  limit: number,
  except: readonly string[] = [],
): Promise<readonly DestinationRow[]> {
  return await claimDue(store.db, { now, until: now + lease, limit }, except);
}

const claimDue = preparedLists((db, given: Claim, except: readonly string[]) =>
  db
    .with("c", (q) =>
      q
        .selectFrom("destinations")
        .select("id")
        .where("wanted", "=", 1)
        .where("state", "=", "active")
        .where("dueAt", "<=", given.now)
        .where("leaseUntil", "<=", given.now)
        .$if(except.length > 0, (q) => q.where("id", "not in", except))
        .orderBy("dueAt")
        .limit(given.limit)
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .updateTable("destinations")
    .set((e) => ({ leaseUntil: given.until, attempt: e("attempt", "+", 1) }))
    .where("id", "in", (q) => q.selectFrom("c").select("id"))
    .returningAll(),
);

/** Moves the lease on while its owner still works; false when it was lost, or the destination was paused or stopped. */
export async function extendLease(store: Store, row: DestinationRow, leaseUntil: Millis): Promise<boolean> {
  const written = await store.db
    .updateTable("destinations")
    .set({ leaseUntil })
    .where("id", "=", row.id)
    .where("attempt", "=", row.attempt)
    .where("state", "=", "active")
    .executeTakeFirst();
  return written.numUpdatedRows === 1n;
}

/** Lets every destination be looked at now: what it waits for may have changed with the config. */
export async function wakeDestinations(store: Store, now: Millis): Promise<void> {
  await store.db.updateTable("destinations").set({ dueAt: now }).where("wanted", "=", 1).execute();
}

export async function listDestinations(store: Store): Promise<readonly DestinationRow[]> {
  return await store.db
    .selectFrom("destinations")
    .selectAll()
    .where("wanted", "=", 1)
    .orderBy("id")
    .execute();
}

/** Also those that the config no longer names. */
export async function listAllDestinations(store: Store): Promise<readonly DestinationRow[]> {
  return await store.db.selectFrom("destinations").selectAll().orderBy("id").execute();
}

/**
 * Pauses or stops destinations: their clocks stand still, so that nothing expires meanwhile. Only those that go are
 * stopped, and the notice is written only when there was one. `wholeAccount`: with all that share its credentials, as
 * the rows say.
 */
export async function stopDestinations(
  store: Store,
  where: { readonly id: string; readonly wholeAccount?: boolean },
  state: "paused" | "stopped",
  reason: string,
  now: Millis,
  notice: string | null,
): Promise<void> {
  await transact(store.db, async (tx) => {
    const ids = where.wholeAccount === true ? await idsWith(tx, where.id) : [where.id];
    await lockDestinations(tx, ids);
    const written = await tx
      .updateTable("destinations")
      .set({ state, reason, pausedAt: now })
      .where("state", "=", "active")
      .where("id", "in", ids)
      .executeTakeFirst();
    if (notice !== null && written.numUpdatedRows > 0n) await addNotice(tx, now, where.id, notice);
  });
}

/** A destination, and those that share its account. */
async function idsWith(tx: Store["db"], id: string): Promise<readonly string[]> {
  const account = tx.selectFrom("destinations").select("account").where("id", "=", id);
  const rows = await tx.selectFrom("destinations").select("id").where("account", "=", account).execute();
  return rows.map((row) => row.id);
}

/**
 * Sets a destination going again; what waits gets the time back that it stood still, and what came meanwhile the time
 * since. One that gave no answer is asked at once.
 */
export async function resumeDestination(store: Store, id: string, now: Millis): Promise<void> {
  await transact(store.db, async (tx) => {
    const row = await tx
      .selectFrom("destinations")
      .select("pausedAt")
      .where("id", "=", id)
      .forNoKeyUpdate()
      .executeTakeFirst();
    const pausedAt = Math.min(row?.pausedAt ?? now, now);
    const waiting = tx
      .updateTable("deliveries")
      .where("destinationId", "=", id)
      .where("state", "in", ["pending", "held"]);
    await waiting
      .set((e) => ({ expiresAt: e("expiresAt", "+", now - pausedAt) }))
      .where("createdAt", "<=", pausedAt)
      .execute();
    await waiting
      .set((e) => ({ expiresAt: e(e("expiresAt", "+", now), "-", e.ref("createdAt")) }))
      .where("createdAt", ">", pausedAt)
      .where("createdAt", "<=", now)
      .execute();
    await tx
      .updateTable("destinations")
      .set({ state: "active", reason: null, pausedAt: null, dueAt: now, outageUntil: null })
      .where("id", "=", id)
      .execute();
  });
}
