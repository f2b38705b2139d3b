import { randomBytes } from "node:crypto";
import { type ExpressionBuilder, sql } from "kysely";
import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";
import type { FeedRow, Tables, WebsubRow } from "./tables.ts";
import { transact } from "./transaction.ts";

/** A feed that names now this hub and now that one is believed once a day: it must not make us ask all the world. */
const BELIEVED: Millis = 86_400_000;
/** 256 bits each: nobody guesses where a hub reaches us, or what it signs with. */
const secretText = (): string => randomBytes(32).toString("base64url");

/** Makes the rows of a feed match what its newest document names; `null`: it names no hub. */
export async function wantTopic(
  store: Store,
  feedId: string,
  wanted: { readonly hub: string; readonly topic: string } | null,
  now: Millis,
): Promise<void> {
  const isSame = (row: WebsubRow) => row.hub === wanted?.hub && row.topic === wanted.topic;
  const isRight = (live: readonly WebsubRow[]): boolean =>
    wanted === null ? live.length === 0 : live.some((row) => isSame(row) || row.createdAt > now - BELIEVED);
  if (isRight((await ofFeed(store.db, feedId)).filter(isWanted))) return;
  await transact(store.db, async (tx) => {
    // Whoever polled it meanwhile may have written the row.
    await tx.selectFrom("feeds").select("id").where("id", "=", feedId).forNoKeyUpdate().execute();
    const rows = await ofFeed(tx, feedId);
    if (isRight(rows.filter(isWanted))) return;
    await endAll(tx, feedId, now);
    if (wanted === null) return;
    const ending = rows.find(isSame);
    if (ending === undefined)
      await tx
        .insertInto("websub")
        .values({ ...newTopic(now), feedId, ...wanted })
        .execute();
    else
      await tx
        .updateTable("websub")
        .set((e) => ({ wanted: 1, createdAt: now, dueAt: now, failures: 0, attempt: e("attempt", "+", 1) }))
        .where("token", "=", ending.token)
        .execute();
  });
}

const isWanted = (row: WebsubRow): boolean => row.wanted === 1;

const ofFeed = (db: Store["db"], feedId: string): Promise<readonly WebsubRow[]> =>
  db.selectFrom("websub").selectAll().where("feedId", "=", feedId).execute();

/** All that is subscribed to for a feed is to be ended, now. */
async function endAll(tx: Store["db"], feedId: string, now: Millis): Promise<void> {
  await tx
    .updateTable("websub")
    .set((e) => ({ wanted: 0, dueAt: now, failures: 0, attempt: e("attempt", "+", 1) }))
    .where("feedId", "=", feedId)
    .where("wanted", "=", 1)
    .execute();
}

const newTopic = (now: Millis) => ({
  token: secretText(),
  secret: secretText(),
  wanted: 1 as const,
  failures: 0,
  dueAt: now,
  attempt: 0,
  createdAt: now,
});

/** What no longer makes sense falls due: the feed was removed, paused or stopped, or our own address is another. */
export async function wakeTopics(store: Store, address: string, now: Millis): Promise<void> {
  await store.db
    .updateTable("websub")
    .set((e) => ({ wanted: 0, dueAt: now, failures: 0, attempt: e("attempt", "+", 1) }))
    .where("wanted", "=", 1)
    .where("feedId", "in", (q) =>
      q
        .selectFrom("feeds")
        .select("id")
        .where((e) => e.or([e("wanted", "=", 0), e("state", "!=", "active")])),
    )
    .execute();
  await store.db
    .updateTable("websub")
    .set((e) => ({ dueAt: now, leaseUntil: null, address: null, failures: 0, attempt: e("attempt", "+", 1) }))
    .where("address", "!=", address)
    .execute();
}

/** Takes up to `limit` rows whose hub is to be asked: moves their due time by the lease and raises their attempt. */
export async function claimTopics(
  store: Store,
  claim: { readonly now: Millis; readonly lease: Millis; readonly address: string },
  limit: number,
  except: readonly string[] = [],
): Promise<readonly WebsubRow[]> {
  const { now, lease, address } = claim;
  return await store.db
    .with("c", (q) =>
      q
        .selectFrom("websub")
        .select("token")
        .where("dueAt", "<=", now)
        .$if(except.length > 0, (q) => q.where("token", "not in", except))
        .orderBy("dueAt")
        .limit(limit)
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .updateTable("websub")
    .set((e) => ({ dueAt: now + lease, address, attempt: e("attempt", "+", 1) }))
    .where("token", "in", (q) => q.selectFrom("c").select("token"))
    .returningAll()
    .execute();
}

/** Writes down what became of a request; nothing when the hub has spoken meanwhile, or another process asks. */
export async function settleTopic(
  store: Store,
  row: WebsubRow,
  set: { readonly dueAt: Millis; readonly failures: number; readonly reason: string | null },
): Promise<void> {
  await store.db
    .updateTable("websub")
    .set(set)
    .where("token", "=", row.token)
    .where("attempt", "=", row.attempt)
    .execute();
}

/** Forgets a row that is to be ended; false: it is wanted again, or was never there. */
export async function endTopic(store: Store, token: string, topic: string): Promise<boolean> {
  const ended = await store.db
    .deleteFrom("websub")
    .where("token", "=", token)
    .where("topic", "=", topic)
    .where("wanted", "=", 0)
    .executeTakeFirst();
  return ended.numDeletedRows === 1n;
}

/** The hub confirms what we asked for; false: we never did, or no longer want it. */
export async function confirmTopic(
  store: Store,
  { token, topic }: { readonly token: string; readonly topic: string },
  now: Millis,
  lease: { readonly until: Millis; readonly renewAt: Millis },
): Promise<boolean> {
  const written = await store.db
    .updateTable("websub")
    .set((e) => ({
      verifiedAt: now,
      leaseUntil: lease.until,
      dueAt: lease.renewAt,
      failures: 0,
      reason: null,
      attempt: e("attempt", "+", 1),
    }))
    .where("token", "=", token)
    .where("topic", "=", topic)
    .where("wanted", "=", 1)
    .executeTakeFirst();
  return written.numUpdatedRows === 1n;
}

/** The hub denies it, now or later on; false: there is no such row. */
export async function denyTopic(
  store: Store,
  { token, topic }: { readonly token: string; readonly topic: string },
  reason: string,
  dueAt: Millis,
): Promise<boolean> {
  if (await endTopic(store, token, topic)) return true;
  const written = await store.db
    .updateTable("websub")
    .set((e) => ({ leaseUntil: null, reason, dueAt, attempt: e("attempt", "+", 1) }))
    .where("token", "=", token)
    .where("topic", "=", topic)
    .executeTakeFirst();
  return written.numUpdatedRows === 1n;
}

export async function findTopic(store: Store, token: string): Promise<WebsubRow | null> {
  return (
    (await store.db.selectFrom("websub").selectAll().where("token", "=", token).executeTakeFirst()) ?? null
  );
}

/** What is wanted, with the last push of its feed (0: none). */
export async function listTopics(
  store: Store,
): Promise<readonly Pick<FeedRow & WebsubRow, "feedId" | "hub" | "leaseUntil" | "reason" | "pushedAt">[]> {
  return await store.db
    .selectFrom("websub")
    .innerJoin("feeds", "feeds.id", "websub.feedId")
    .select(["feedId", "hub", "leaseUntil", "websub.reason", "pushedAt"])
    .where("websub.wanted", "=", 1)
    .execute();
}

/**
 * Makes a feed due because its hub pushed it, but `gap` after it was last asked at the earliest (no less than the lease:
 * whoever asks it now keeps it). Of many pushes only the first writes. A feed that fails keeps its back-off.
 */
export async function notePush(store: Store, feedId: string, now: Millis, gap: Millis): Promise<void> {
  const soonest = sql<number>`case when asked_at + ${gap} > ${now} then asked_at + ${gap} else ${now} end`;
  await store.db
    .updateTable("feeds")
    .set({ pushedAt: now, dueAt: sql`case when due_at < ${soonest} then due_at else ${soonest} end` })
    .where("id", "=", feedId)
    .where("state", "=", "active")
    .where("failures", "=", 0)
    .whereRef("pushedAt", "<=", "askedAt")
    .execute();
}

/** The due time of a settled poll, or an earlier one for a push that came after the feed was asked. */
export function dueAfterPush(e: ExpressionBuilder<Tables, "feeds">, dueAt: Millis, gap: Millis | undefined) {
  if (gap === undefined) return e.val(dueAt);
  const soonest = e("askedAt", "+", gap);
  return e
    .case()
    .when(e.and([e("pushedAt", ">", e.ref("askedAt")), e(soonest, "<", dueAt)]))
    .then(soonest)
    .else(dueAt)
    .end();
}
