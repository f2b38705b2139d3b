import type { Article, Millis, ParsedEntry } from "../domain/types.ts";
import { addressKey } from "../lib/address.ts";
import { addPoll } from "./history.ts";
import { insertKeyed } from "./keys.ts";
import type { Store } from "./open.ts";
import type { EntryState, FeedRow, SightingRow } from "./tables.ts";
import { transact } from "./transaction.ts";
import { dueAfterPush } from "./websub.ts";

export type SightingKeys = {
  readonly guid: string | null;
  readonly link: string | null;
  readonly text: string | null;
};

export type FreshEntry = {
  readonly entry: ParsedEntry;
  readonly keys: SightingKeys;
  readonly state: Extract<EntryState, "new" | "held" | "skipped">;
  readonly reason: string | null;
  readonly heldBy: string | null;
  readonly backfill: boolean;
};

export type ListedEntry = {
  readonly entryId: string;
  readonly entry: ParsedEntry;
  readonly keys: SightingKeys;
  /** The article made anew from a changed listing; null when nothing changed that matters. */
  readonly article: Article | null;
};

export type PollSettlement = {
  readonly outcome: string;
  readonly reason: string | null;
  /** How many entries the document listed, when there was one. */
  readonly count?: number;
  /** Columns of the feed to write, the next due time among them. */
  readonly feed: Partial<FeedRow> & { readonly dueAt: Millis };
  /** A push that came meanwhile makes the feed due so long after it was asked; absent: pushes change nothing. */
  readonly pushGap?: Millis;
  readonly fresh: readonly FreshEntry[];
  /** Known entries whose listing changed. */
  readonly listed: readonly ListedEntry[];
  readonly notice: string | null;
};

/**
 * Everything one poll learnt, in one transaction (which polls that end together share), fenced by the feed's attempt: entries, their known keys,
 * validators and the next due time. False: the lease was lost, nothing was written.
 */
export async function settlePoll(
  store: Store,
  feed: Pick<FeedRow, "id" | "attempt">,
  now: Millis,
  poll: PollSettlement,
): Promise<boolean> {
  return await store.group(async (tx) => {
    const written = await tx
      .updateTable("feeds")
      .set((e) => ({ ...poll.feed, dueAt: dueAfterPush(e, poll.feed.dueAt, poll.pushGap) }))
      .where("id", "=", feed.id)
      .where("attempt", "=", feed.attempt)
      .executeTakeFirst();
    if (written.numUpdatedRows !== 1n) return false;
    const ids = await addEntries(tx, feed, now, poll.fresh);
    for (const listed of poll.listed) await markListed(tx, now, listed);
    await addSightings(tx, [
      ...poll.fresh.map((fresh, i) => sighting(feed.id, ids[i] ?? "", fresh.entry, fresh.keys)),
      ...poll.listed.map((listed) => sighting(feed.id, listed.entryId, listed.entry, listed.keys)),
    ]);
    await addAddresses(tx, [
      ...poll.fresh.map((fresh, i) => ({ entryId: ids[i] ?? "", entry: fresh.entry })),
      ...poll.listed,
    ]);
    await addPoll(tx, {
      feedId: feed.id,
      at: now,
      outcome: poll.outcome,
      reason: poll.reason,
      listed: poll.count ?? 0,
      fresh: poll.fresh.length,
    });
    if (poll.notice !== null) await addNotice(tx, now, feed.id, poll.notice);
    return true;
  });
}

/** An article that an admin names and that no poll has listed: it enters the store as if its feed had listed it now. */
export async function addEntryByHand(
  store: Store,
  feed: Pick<FeedRow, "id" | "attempt">,
  now: Millis,
  entry: ParsedEntry,
  keys: SightingKeys,
): Promise<string> {
  return await transact(store.db, async (tx) => {
    // A poll that is under way does not know of it: its fence makes it write nothing.
    await tx
      .updateTable("feeds")
      .set((e) => ({ attempt: e("attempt", "+", 1) }))
      .where("id", "=", feed.id)
      .execute();
    const known = await knownUnder(tx, feed.id, keys.link);
    if (known !== null) return known;
    const [id = ""] = await addEntries(tx, feed, now, [
      { entry, keys, state: "new", reason: null, heldBy: null, backfill: true },
    ]);
    await addSightings(tx, [sighting(feed.id, id, entry, keys)]);
    await addAddresses(tx, [{ entryId: id, entry }]);
    return id;
  });
}

async function addEntries(
  tx: Store["db"],
  feed: Pick<FeedRow, "id" | "attempt">,
  now: Millis,
  fresh: readonly FreshEntry[],
): Promise<readonly string[]> {
  if (fresh.length === 0) return [];
  let last =
    (await tx.selectFrom("entries").select("id").orderBy("id", "desc").limit(1).executeTakeFirst())?.id ??
    null;
  const ids: string[] = [];
  for (const { entry, state, reason, heldBy, backfill } of fresh) {
    const row = {
      feedId: feed.id,
      title: entry.title,
      link: entry.link,
      source: JSON.stringify(entry),
      publishedAt: entry.published,
      firstSeenAt: now,
      listedAt: now,
      backfill: backfill ? (1 as const) : (0 as const),
      state,
      reason,
      heldBy,
      released: "[]",
      dueAt: now,
      attempt: 0,
    };
    last = await insertKeyed(now, last, (id) =>
      tx
        .insertInto("entries")
        .values({ id, ...row })
        .onConflict((c) => c.column("id").doNothing())
        .executeTakeFirst(),
    );
    ids.push(last);
  }
  return ids;
}

/** The entry that this feed has listed under a link; null: none. */
async function knownUnder(tx: Store["db"], feedId: string, link: string | null): Promise<string | null> {
  const row = await tx
    .selectFrom("sightings")
    .select("entryId")
    .where("feedId", "=", feedId)
    .where("link", "=", link)
    .orderBy("entryId")
    .limit(1)
    .executeTakeFirst();
  return row?.entryId ?? null;
}

/** A known entry is listed again: its newest copy replaces the old one, for what has not been posted yet. */
async function markListed(tx: Store["db"], now: Millis, listed: ListedEntry): Promise<void> {
  const { entry, article } = listed;
  await tx
    .updateTable("entries")
    .set({
      listedAt: now,
      title: entry.title,
      link: entry.link,
      source: JSON.stringify(entry),
      ...(article === null ? {} : { article: JSON.stringify(article) }),
    })
    .where("id", "=", listed.entryId)
    .execute();
  // A stale title would make the next change of its link look like another entry under the same guid.
  await tx
    .updateTable("sightings")
    .set({ title: entry.title })
    .where("entryId", "=", listed.entryId)
    .execute();
}

const sighting = (feedId: string, entryId: string, entry: ParsedEntry, keys: SightingKeys): SightingRow => ({
  feedId,
  entryId,
  guid: keys.guid ?? "",
  link: keys.link ?? "",
  textKey: keys.text ?? "",
  title: entry.title,
});

async function addSightings(tx: Store["db"], rows: readonly SightingRow[]): Promise<void> {
  for (const row of rows)
    await tx
      .insertInto("sightings")
      .values(row)
      .onConflict((c) => c.doNothing())
      .execute();
}

async function addAddresses(
  tx: Store["db"],
  rows: readonly { readonly entryId: string; readonly entry: ParsedEntry }[],
): Promise<void> {
  for (const { entryId, entry } of rows)
    for (const address of [entry.link, entry.guid])
      if (address !== null && address !== "") await addAddress(tx, addressKey(address), entryId);
}

/** Lets `why` find the entry under one more address. */
export async function addAddress(tx: Store["db"], address: string, entryId: string): Promise<void> {
  await tx
    .insertInto("addresses")
    .values({ address, entryId })
    .onConflict((c) => c.doNothing())
    .execute();
}

/** One thing the admin must be told; told once, by whoever claims it. */
export async function addNotice(
  tx: Store["db"],
  now: Millis,
  subject: string,
  message: string,
): Promise<void> {
  const last =
    (await tx.selectFrom("notices").select("key").orderBy("key", "desc").limit(1).executeTakeFirst())?.key ??
    null;
  await insertKeyed(now, last, (key) =>
    tx
      .insertInto("notices")
      .values({ key, at: now, subject, message, dueAt: now, attempt: 0 })
      .onConflict((c) => c.column("key").doNothing())
      .executeTakeFirst(),
  );
}

/** The newest entry known of this feed (the flood guard asks whether it is still listed, the gap rule how old it is). */
export async function newestListed(
  store: Store,
  feedId: string,
): Promise<{ readonly id: string; readonly publishedAt: Millis | null } | null> {
  return (
    (await store.db
      .selectFrom("entries")
      .select(["id", "publishedAt"])
      .where("feedId", "=", feedId)
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst()) ?? null
  );
}

/** Which of these titles an entry of the feed bears already. */
export async function knownTitles(
  store: Store,
  feedId: string,
  titles: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await store.db
    .selectFrom("entries")
    .select("title")
    .where("feedId", "=", feedId)
    .where("title", "in", titles)
    .execute();
  return new Set(rows.map((row) => row.title));
}
