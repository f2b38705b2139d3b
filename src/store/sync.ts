import { createHash } from "node:crypto";
import type { DestinationConfig, Millis, SubscriptionConfig } from "../domain/types.ts";
import { syncDestinations, syncSubscriptions } from "./destinations.ts";
import { CLOCK_SLACK, type FeedPlan, syncFeeds } from "./feeds.ts";
import type { Db, Store } from "./open.ts";
import { lockConfig, transact } from "./transaction.ts";

export type Wanted = {
  readonly plans: readonly FeedPlan[];
  readonly destinations: readonly DestinationConfig[];
  readonly subscriptions: readonly SubscriptionConfig[];
};

/**
 * Makes the rows match a config, in one transaction. Feeds and subscriptions may be a hundred thousand: where the rows
 * were last made to match the very same ones, they are not gone through again.
 */
export async function syncConfig(
  store: Store,
  { plans, destinations, subscriptions }: Wanted,
  accountOf: (destination: DestinationConfig) => string,
  now: Millis,
): Promise<void> {
  const digest = digestOf(plans, subscriptions);
  await transact(store.db, async (tx) => {
    await lockConfig(tx);
    const within = { ...store, db: tx };
    const isSame = await standsFor(tx, digest, now);
    if (!isSame) await syncFeeds(within, plans, now);
    await syncDestinations(within, destinations, accountOf, now);
    if (isSame) return;
    await syncSubscriptions(within, subscriptions, now);
    await tx.updateTable("locks").set({ digest }).where("name", "=", "config").execute();
  });
}

function digestOf(plans: readonly FeedPlan[], subscriptions: readonly SubscriptionConfig[]): string {
  const hash = createHash("sha256");
  for (const { feed } of plans) hash.update(JSON.stringify([feed.url, feed.name, feed.schedule]));
  for (const { feedUrl, destinationId } of subscriptions)
    hash.update(JSON.stringify([feedUrl, destinationId]));
  return hash.digest("hex");
}

/** Not after the clock was set back: what was asked in the future is then planned anew. */
async function standsFor(tx: Db, digest: string, now: Millis): Promise<boolean> {
  const row = await tx.selectFrom("locks").select("digest").where("name", "=", "config").executeTakeFirst();
  if (row?.digest !== digest) return false;
  const ahead = await tx
    .selectFrom("feeds")
    .select("id")
    .where("askedAt", ">", now + CLOCK_SLACK)
    .limit(1)
    .executeTakeFirst();
  return ahead === undefined;
}
