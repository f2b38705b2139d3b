import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";
import { type Claim, prepared } from "./prepared.ts";
import type { NoticeRow } from "./tables.ts";

/** Takes the notices nobody was told yet, oldest first, as feeds are claimed. */
export async function claimNotices(
  store: Store,
  now: Millis,
  lease: Millis,
  limit: number,
): Promise<readonly NoticeRow[]> {
  return await claimDue(store.db, { now, until: now + lease, limit });
}

const claimDue = prepared((db, given: Claim) =>
  db
    .with("c", (q) =>
      q
        .selectFrom("notices")
        .select("key")
        .where("toldAt", "is", null)
        .where("dueAt", "<=", given.now)
        .orderBy("key")
        .limit(given.limit)
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .updateTable("notices")
    .set((e) => ({ dueAt: given.until, attempt: e("attempt", "+", 1) }))
    .where("key", "in", (q) => q.selectFrom("c").select("key"))
    .returningAll(),
);

/**
 * The notice was told, or could not be for a reason that will not pass. Fenced: what changed while it was told is told
 * again.
 */
export async function settleNotice(store: Store, notice: NoticeRow, toldAt: Millis): Promise<void> {
  await store.db
    .updateTable("notices")
    .set({ toldAt })
    .where("key", "=", notice.key)
    .where("attempt", "=", notice.attempt)
    .execute();
}

/** Noted before a card is sent off, and taken back when it is known not to stand there. */
export async function markTried(store: Store, notice: NoticeRow, tried: 0 | 1): Promise<void> {
  await store.db.updateTable("notices").set({ tried }).where("key", "=", notice.key).execute();
}

/** Not told yet: whoever claims it after `dueAt` tries again. */
export async function deferNotice(store: Store, notice: NoticeRow, dueAt: Millis): Promise<void> {
  await store.db
    .updateTable("notices")
    .set({ dueAt })
    .where("key", "=", notice.key)
    .where("attempt", "=", notice.attempt)
    .execute();
}

/** Where the card of a hold stands; written whatever became of the hold meanwhile. */
export async function placeCard(
  store: Store,
  notice: NoticeRow,
  place: { readonly channelId: string; readonly messageId: string },
): Promise<void> {
  await store.db.updateTable("notices").set(place).where("key", "=", notice.key).execute();
}

export async function listNotices(store: Store, limit: number): Promise<readonly NoticeRow[]> {
  return await store.db.selectFrom("notices").selectAll().orderBy("key", "desc").limit(limit).execute();
}
