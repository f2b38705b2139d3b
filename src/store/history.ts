import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";
import type { FeedRow, PollRow } from "./tables.ts";
import { inBatches } from "./transaction.ts";

/** How many polls of a feed are remembered, for `why` and `status`. */
const POLLS_KEPT = 50;

/**
 * The last polls of a feed, newest first. Those that brought nothing have no rows: the last of them stands first, the
 * others are left out.
 */
export async function listPolls(
  store: Store,
  { id, lastGoodAt }: Pick<FeedRow, "id" | "lastGoodAt">,
  limit: number,
): Promise<readonly PollRow[]> {
  const rows = await store.db
    .selectFrom("polls")
    .selectAll()
    .where("feedId", "=", id)
    .orderBy("at", "desc")
    .limit(limit)
    .execute();
  const isOlder = lastGoodAt === null || lastGoodAt <= (rows[0]?.at ?? -1);
  return isOlder ? rows : [unchangedPoll(id, lastGoodAt), ...rows].slice(0, limit);
}

/** The last poll of each of these feeds that was polled at all. */
export async function lastPolls(
  store: Store,
  feeds: readonly Pick<FeedRow, "id" | "lastGoodAt">[],
): Promise<ReadonlyMap<string, PollRow>> {
  const rows = new Map<string, PollRow>();
  for (const some of inBatches(feeds)) {
    const ids = some.map(({ id }) => id);
    const newest = await store.db
      .selectFrom("polls")
      .selectAll()
      .where("feedId", "in", ids)
      .whereRef("at", "=", (e) =>
        e
          .selectFrom("polls as later")
          .select((l) => l.fn.max("later.at").as("at"))
          .whereRef("later.feedId", "=", "polls.feedId"),
      )
      .execute();
    for (const row of newest) rows.set(row.feedId, row);
  }
  for (const { id, lastGoodAt } of feeds)
    if (lastGoodAt !== null && lastGoodAt > (rows.get(id)?.at ?? -1))
      rows.set(id, unchangedPoll(id, lastGoodAt));
  return rows;
}

const unchangedPoll = (feedId: string, at: Millis): PollRow => ({
  feedId,
  at,
  outcome: "unchanged",
  reason: null,
  listed: 0,
  fresh: 0,
});

/** Writes one poll into the feed's history and forgets the oldest; part of `settlePoll`'s transaction. */
export async function addPoll(tx: Store["db"], poll: PollRow): Promise<void> {
  await tx
    .insertInto("polls")
    .values(poll)
    .onConflict((c) =>
      c
        .columns(["feedId", "at"])
        .doUpdateSet({ outcome: poll.outcome, reason: poll.reason, listed: poll.listed, fresh: poll.fresh }),
    )
    .execute();
  await tx
    .deleteFrom("polls")
    .where("feedId", "=", poll.feedId)
    .where("at", "<", (q) =>
      q
        .selectFrom("polls")
        .select("at")
        .where("feedId", "=", poll.feedId)
        .orderBy("at", "desc")
        .offset(POLLS_KEPT - 1)
        .limit(1),
    )
    .execute();
}
