import type { Millis, RemoteRef, StandingPost } from "../domain/types.ts";
import { addressKey, webUrl } from "../lib/address.ts";
import { UNFROZEN } from "./frozen.ts";
import { addHold, closeHold } from "./holds.ts";
import type { Store } from "./open.ts";
import { addNotice } from "./polls.ts";
import type { DeliveryRow, DestinationRow } from "./tables.ts";
import { lockDestinations, transact } from "./transaction.ts";

/** Clocks differ, and what was under way when the copy was made was answered later. */
const BEFORE_COPY: Millis = 3_600_000;

/** When this store was last written to: what a restored copy knows ends no earlier. 0: never. */
export async function lastWriteAt({ db }: Store): Promise<Millis> {
  const times = [
    db.selectFrom("feeds").select((e) => e.fn.max("askedAt").as("at")),
    db.selectFrom("polls").select((e) => e.fn.max("at").as("at")),
    db.selectFrom("processes").select((e) => e.fn.max("seenAt").as("at")),
    db.selectFrom("deliveries").select((e) => e.fn.max("lastAttemptAt").as("at")),
    db.selectFrom("entries").select((e) => e.fn.max("firstSeenAt").as("at")),
  ];
  const rows = await Promise.all(times.map((time) => time.executeTakeFirst()));
  return Math.max(...rows.map((row) => row?.at ?? 0));
}

/**
 * Closes every destination, also those that the config no longer names: nothing is sent until its posts since an hour
 * before the copy were read back. Gives the time from which on. No bot may run.
 */
export async function closeDestinations(store: Store, copiedAt: Millis, now: Millis): Promise<Millis> {
  const from = Math.min(copiedAt, now) - BEFORE_COPY;
  await transact(store.db, async (tx) => {
    await lockDestinations(tx);
    // One that is closed already knows nothing of an even longer time.
    await tx
      .updateTable("destinations")
      .set((e) => ({
        restoredAt: now,
        dueAt: now,
        leaseUntil: 0,
        rereadFrom: e.case().when("rereadFrom", "<", from).then(e.ref("rereadFrom")).else(e.val(from)).end(),
      }))
      .execute();
    // What one post listed is known by each link of its own.
    await tx
      .updateTable("deliveries")
      .set((e) => ({ ...UNFROZEN, state: "pending", settled: e.ref("attempt"), reason: null }))
      .where("state", "in", ["pending", "held"])
      .whereRef("overflow", "=", "key")
      .execute();
    await tx
      .updateTable("deliveries")
      .set({ overflow: null })
      .where("state", "=", "pending")
      .where("overflow", "is not", null)
      .execute();
    // Whoever seems to run, or to work on something, did so when the copy was made.
    await tx.deleteFrom("processes").execute();
    await tx.updateTable("deliveries").set({ looked: null }).where("looked", "is not", null).execute();
  });
  return from;
}

/**
 * Opens a destination whose posts were read back; what was held because they could not be is looked at again. Fenced
 * by the destination's attempt: false, and nothing written, when another process has it.
 */
export async function openDestination(
  store: Store,
  owner: DestinationRow,
  posts: readonly StandingPost[],
  now: Millis,
): Promise<boolean> {
  return await transact(store.db, async (tx) => {
    const opened = await tx
      .updateTable("destinations")
      .set({ rereadFrom: null, ...(owner.state === "active" ? { reason: null } : {}) })
      .where("id", "=", owner.id)
      .where("attempt", "=", owner.attempt)
      .executeTakeFirst();
    if (opened.numUpdatedRows !== 1n) return false;
    await tx
      .updateTable("destinations")
      .set({ lastSentAt: Math.max(owner.lastSentAt ?? 0, ...posts.map(({ at }) => Math.min(at, now))) })
      .where("id", "=", owner.id)
      .where((e) => e.val(posts.length > 0))
      .execute();
    for (const post of posts) await addStanding(tx, owner.id, post);
    await releaseUnread(tx, owner.id, now);
    return true;
  });
}

async function addStanding(tx: Store["db"], destinationId: string, post: StandingPost): Promise<void> {
  const { ref, at } = post;
  for (const address of new Set(post.links.map(addressKey)))
    await tx
      .insertInto("standing")
      .values({ destinationId, address, refId: ref.id, refUrl: ref.url, refCid: ref.cid, at })
      .onConflict((c) => c.columns(["destinationId", "address", "refId"]).doNothing())
      .execute();
}

/** One that was never tried here is in doubt no more: the posts that were read tell. */
async function releaseUnread(tx: Store["db"], destinationId: string, now: Millis): Promise<void> {
  const rows = await tx
    .updateTable("deliveries")
    .set((e) => ({
      state: "pending",
      looked: null,
      reason: null,
      dueAt: now,
      settled: e.case().when("payload", "is", null).then(e.ref("attempt")).else(e.ref("settled")).end(),
    }))
    .where("destinationId", "=", destinationId)
    .where("state", "=", "held")
    .where("looked", "=", "unreadable")
    .returning("entryId")
    .execute();
  for (const { entryId } of rows)
    await closeHold(tx, { entryId, destinationId }, "its destination was read back after all", now);
}

/** What an admin reads of a delivery that is held. */
export type Unread = { readonly reason: string; readonly message: (title: string, key: string) => string };

/**
 * Holds everything that waits for a closed destination, as it may have been sent in the time that the copy does not
 * know; what an admin let go stays. The first time, the notice is told too.
 */
export async function holdUnread(
  store: Store,
  owner: DestinationRow,
  now: Millis,
  unread: Unread & { readonly closed: string; readonly notice: string },
): Promise<void> {
  await transact(store.db, async (tx) => {
    await lockDestinations(tx, [owner.id]);
    const noted = await tx
      .updateTable("destinations")
      .set({ reason: unread.closed })
      .where("id", "=", owner.id)
      .where("attempt", "=", owner.attempt)
      .executeTakeFirst();
    if (noted.numUpdatedRows !== 1n) return;
    const waiting = await tx
      .selectFrom("deliveries")
      .selectAll()
      .where("destinationId", "=", owner.id)
      .where("state", "=", "pending")
      .where("looked", "is", null)
      .orderBy("key")
      .execute();
    for (const row of waiting) await holdOne(tx, row, now, unread);
    if (owner.reason !== unread.closed) await addNotice(tx, now, owner.id, unread.notice);
  });
}

/** Holds one delivery that may stand there already, fenced by its attempt. */
export async function holdStanding(
  store: Store,
  row: DeliveryRow,
  now: Millis,
  unread: Unread,
): Promise<void> {
  await transact(store.db, async (tx) => await holdOne(tx, row, now, unread));
}

/** In doubt means: an attempt whose outcome is not known. Here that is one of the time that the copy does not know. */
async function holdOne(tx: Store["db"], row: DeliveryRow, now: Millis, unread: Unread): Promise<void> {
  const held = await tx
    .updateTable("deliveries")
    .set({
      state: "held",
      looked: "unreadable",
      reason: unread.reason,
      attempt: Math.max(row.attempt, row.settled + 1),
    })
    .where("destinationId", "=", row.destinationId)
    .where("key", "=", row.key)
    .where("attempt", "=", row.attempt)
    .where("state", "=", "pending")
    .executeTakeFirst();
  if (held.numUpdatedRows !== 1n) return;
  const entry = await tx
    .selectFrom("entries")
    .select(["title", "editedTitle"])
    .where("id", "=", row.entryId)
    .executeTakeFirst();
  const title = entry?.editedTitle ?? entry?.title ?? row.key;
  await addHold(tx, now, row, { reason: unread.reason, message: unread.message(title, row.key) });
}

export type Standing = { readonly ref: RemoteRef; readonly at: Millis };

/**
 * The post that was read back and shows a link of this delivery's entry; "no link": the entry has none to be known
 * by (a front page is no article's). A post that another entry with the same link has is not this one's.
 */
export async function findStanding(store: Store, row: DeliveryRow): Promise<Standing | "no link" | null> {
  const known = await store.db
    .selectFrom("addresses")
    .select("address")
    .where("entryId", "=", row.entryId)
    .execute();
  const addresses = known
    .map(({ address }) => address)
    .filter((address) => (webUrl(address)?.pathname ?? "/") !== "/");
  if (addresses.length === 0) return "no link";
  const found = await store.db
    .selectFrom("standing")
    .selectAll()
    .where("destinationId", "=", row.destinationId)
    .where("address", "in", addresses)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("deliveries")
            .innerJoin("addresses", "addresses.entryId", "deliveries.entryId")
            .select("deliveries.key")
            .whereRef("deliveries.destinationId", "=", "standing.destinationId")
            .whereRef("deliveries.refId", "=", "standing.refId")
            .whereRef("addresses.address", "=", "standing.address")
            .where("deliveries.entryId", "!=", row.entryId),
        ),
      ),
    )
    .orderBy("at")
    .limit(1)
    .executeTakeFirst();
  if (found === undefined) return null;
  return { ref: { id: found.refId, url: found.refUrl, cid: found.refCid }, at: found.at };
}
