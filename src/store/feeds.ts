import type { FeedConfig, Json, Millis } from "../domain/types.ts";
import { addressKey } from "../lib/address.ts";
import { nextTid } from "../lib/tid.ts";
import type { Store } from "./open.ts";
import { type Claim, preparedLists } from "./prepared.ts";
import type { ClaimedFeed, FeedRow, RunState } from "./tables.ts";
import { inBatches, lockConfig, transact } from "./transaction.ts";

const PADDED_TO = 32;
/** A clock that is set back by less only makes feeds wait a little. */
export const CLOCK_SLACK: Millis = 3_600_000;

export type FeedPlan = {
  readonly feed: FeedConfig;
  /** When it is polled first, and when it is polled next after its schedule was changed. */
  readonly firstDue: Millis;
  readonly nextDue: Millis;
};

/**
 * Makes the rows match the config: new feeds are added, those no longer configured are kept but not polled. A feed
 * is keyed by its normalised address, so a rename changes nothing; a changed schedule counts from now, and so does one
 * under which a feed was asked by a clock that has been set back since.
 */
export async function syncFeeds(store: Store, plans: readonly FeedPlan[], now: Millis): Promise<void> {
  await transact(store.db, async (tx) => {
    await lockConfig(tx);
    const rows = await tx
      .selectFrom("feeds")
      .select(["id", "urlKey", "schedule", "askedAt", "wanted", "url", "name"])
      .orderBy("id")
      .forNoKeyUpdate()
      .execute();
    const known = new Map(rows.map((row) => [row.urlKey, row]));
    const planned = new Set<string>();
    const added: ReturnType<typeof newFeed>[] = [];
    let id = rows.at(-1)?.id ?? null;
    for (const { feed, firstDue, nextDue } of plans) {
      const key = addressKey(feed.url);
      const row = known.get(key);
      planned.add(key);
      const set = {
        wanted: 1 as const,
        url: feed.url,
        name: feed.name,
        schedule: JSON.stringify(feed.schedule),
      };
      if (row === undefined) {
        id = nextTid(now, id);
        added.push(newFeed(set, { id, urlKey: key, dueAt: firstDue, createdAt: now }));
        continue;
      }
      // Asked in the future: the clock was ahead, and what it made due may be years away.
      const stands = row.schedule === set.schedule && row.askedAt <= now + CLOCK_SLACK;
      if (!stands || !isAs(row, set))
        await tx
          .updateTable("feeds")
          .set({ ...set, ...(stands ? {} : { dueAt: nextDue }) })
          .where("id", "=", row.id)
          .execute();
    }
    for (const rows of inBatches(added)) await tx.insertInto("feeds").values(rows).execute();
    const gone = rows
      .filter(({ urlKey, wanted }) => wanted === 1 && !planned.has(urlKey))
      .map(({ id }) => id);
    for (const ids of inBatches(gone))
      await tx.updateTable("feeds").set({ wanted: 0 }).where("id", "in", ids).execute();
  });
}

type Configured = Pick<FeedRow, "wanted" | "url" | "name" | "schedule">;

const isAs = (row: Configured, set: Configured): boolean =>
  row.wanted === set.wanted && row.url === set.url && row.name === set.name && row.schedule === set.schedule;

const newFeed = (set: Configured, row: Pick<FeedRow, "id" | "urlKey" | "dueAt" | "createdAt">) => ({
  ...set,
  ...row,
  state: "active" as const,
  attempt: 0,
  failures: 0,
  skipHours: "[]",
  skipDays: "[]",
  guidReused: 0 as const,
  linkShared: 0 as const,
  movedPolls: 0,
  freshCounts: "[]",
  askedAt: 0,
  pushedAt: 0,
});

/** Takes up to `limit` feeds that are due: moves their due time by the lease and raises their attempt. */
export async function claimFeeds(
  store: Store,
  now: Millis,
  lease: Millis,
  limit: number,
  except: readonly string[] = [],
): Promise<readonly ClaimedFeed[]> {
  return await claimDue(store.db, { now, until: now + lease, limit }, padded(except));
}

const claimDue = preparedLists((db, given: Claim, except: readonly string[]) =>
  db
    .with("c", (q) =>
      q
        .selectFrom("feeds")
        .select("id")
        .where("state", "=", "active")
        .where("wanted", "=", 1)
        .where("dueAt", "<=", given.now)
        .$if(except.length > 0, (q) => q.where("id", "not in", except))
        .orderBy("dueAt")
        .limit(given.limit)
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .updateTable("feeds")
    .set((e) => ({ dueAt: given.until, askedAt: given.now, attempt: e("attempt", "+", 1) }))
    .where("id", "in", (q) => q.selectFrom("c").select("id"))
    .returning(["id", "urlKey", "url", "feedUrl", "name", "title", "attempt", "failures", "reason"])
    .returning(["etag", "lastModified", "movedTo", "movedSince", "movedPolls"])
    .returning(["skipHours", "skipDays", "updateInterval", "rhythmSince", "rhythmCount"]),
);

/** A list of a length that recurs, so that few queries are prepared: its last item is said again. */
function padded(ids: readonly string[]): readonly string[] {
  const missing = (PADDED_TO - (ids.length % PADDED_TO)) % PADDED_TO;
  return [...ids, ...Array.from({ length: missing }, () => ids.at(-1) ?? "")];
}

/** Takes one feed now, due or not; null when it is not wanted or not active. */
export async function claimFeed(
  store: Store,
  id: string,
  now: Millis,
  lease: Millis,
): Promise<FeedRow | null> {
  const row = await store.db
    .updateTable("feeds")
    .set((e) => ({ dueAt: now + lease, askedAt: now, attempt: e("attempt", "+", 1) }))
    .where("id", "=", id)
    .where("state", "=", "active")
    .where("wanted", "=", 1)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Hands a claimed feed back that was not asked, to be asked at `dueAt`; `reason` says why. */
export async function postponeFeed(
  store: Store,
  feed: ClaimedFeed,
  dueAt: Millis,
  reason: string | null,
): Promise<void> {
  await store.db
    .updateTable("feeds")
    .set({ dueAt, reason })
    .where("id", "=", feed.id)
    .where("attempt", "=", feed.attempt)
    .execute();
}

export async function listFeeds(store: Store): Promise<readonly FeedRow[]> {
  return await store.db.selectFrom("feeds").selectAll().where("wanted", "=", 1).orderBy("id").execute();
}

export async function findFeed(store: Store, id: string): Promise<FeedRow | null> {
  return (await store.db.selectFrom("feeds").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/** Pauses, stops or resumes a feed; a resumed feed is asked at once. */
export async function setFeedState(
  store: Store,
  id: string,
  state: RunState,
  reason: string | null,
  now: Millis,
): Promise<void> {
  await store.db
    .updateTable("feeds")
    .set({ state, reason, ...(state === "active" ? { dueAt: now, failures: 0 } : {}) })
    .where("id", "=", id)
    .execute();
}

/** Makes a feed due now. */
export async function wakeFeed(store: Store, id: string, now: Millis): Promise<void> {
  await store.db.updateTable("feeds").set({ dueAt: now }).where("id", "=", id).execute();
}

/** How many counts of new entries are remembered of a feed. */
const COUNTS_KEPT = 50;

/** The counts with one more, as they are stored. */
export const withCount = (counts: string, count: number): string =>
  JSON.stringify([...numbersOf(counts), count].slice(-COUNTS_KEPT));

/** Notes how many new entries came at once, where a poll could not yet say that they were wanted. */
export async function noteFreshCount(store: Store, feedId: string, count: number): Promise<void> {
  await transact(store.db, async (tx) => {
    const row = await tx
      .selectFrom("feeds")
      .select("freshCounts")
      .where("id", "=", feedId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (row === undefined) return;
    await tx
      .updateTable("feeds")
      .set({ freshCounts: withCount(row.freshCounts, count) })
      .where("id", "=", feedId)
      .execute();
  });
}

/** Up to `most` feeds: first those that stand still, then those that fail or are remarked upon, then the rest. */
export async function listFeedsByNeed(store: Store, most: number): Promise<readonly FeedRow[]> {
  return await store.db
    .selectFrom("feeds")
    .selectAll()
    .where("wanted", "=", 1)
    .orderBy((e) =>
      e.case().when("state", "!=", "active").then(0).when("reason", "is not", null).then(1).else(2).end(),
    )
    .orderBy("id")
    .limit(most)
    .execute();
}

/** How many feeds the config names. */
export async function countFeeds(store: Store): Promise<number> {
  const { n } = await store.db
    .selectFrom("feeds")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("wanted", "=", 1)
    .executeTakeFirstOrThrow();
  return n;
}

/** A stored list of numbers; an empty one when the text is not that. */
export function numbersOf(text: string): readonly number[] {
  if (text === "[]") return [];
  const value = JSON.parse(text) as Json;
  return Array.isArray(value) ? value.filter((item): item is number => typeof item === "number") : [];
}
