import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";
import type { FeedRow, PollRow } from "./tables.ts";

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
