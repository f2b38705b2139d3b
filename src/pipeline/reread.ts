import { reasonOf } from "../domain/errors.ts";
import type { Destination, Millis, RecentResult } from "../domain/types.ts";
import { settleDelivery } from "../store/deliveries.ts";
import { extendLease } from "../store/destinations.ts";
import { findEntry } from "../store/entries.ts";
import { findFeed } from "../store/feeds.ts";
import { findStanding, holdStanding, holdUnread, openDestination, type Unread } from "../store/standing.ts";
import type { DeliveryRow, DestinationRow, EntryRow } from "../store/tables.ts";
import type { Context } from "./context.ts";
import { refuse } from "./refuse.ts";
import type { Step } from "./step.ts";
import { shownAt } from "./waits.ts";

/** Reading a hundred pages takes longer than sending a post: nobody else is to begin it meanwhile. */
const READING: Millis = 15 * 60_000;
/** An entry that nothing can be known by counts as possibly posted when it was listed this soon after a restore. */
const LISTED_SOON: Millis = 86_400_000;

/**
 * After a copy was restored: what was sent since is read back before anything is sent. Null: the destination is open,
 * or cannot be read, and then all that waits is held. Otherwise when to look again.
 */
export async function readBack(
  context: Context,
  owner: DestinationRow,
  destination: Destination,
): Promise<Millis | null> {
  if (owner.rereadFrom === null) return null;
  const now = context.clock.now();
  const { firstRetry } = context.config().timing;
  // A request that was under way when the old process ended has arrived by then, or never will.
  const readableAt = shownAt(context, owner.restoredAt ?? 0);
  if (now < readableAt) return readableAt;
  if (!(await extendLease(context.store, owner, now + READING))) return now;
  const recent = await read(context, destination, owner.rereadFrom);
  if (recent.kind === "read") {
    await openDestination(context.store, owner, recent.posts, context.clock.now());
    context.log.info("read back", { destination: destination.name, posts: recent.posts.length });
    return context.clock.now();
  }
  if (recent.kind === "refused") {
    await refuse(context, destination, recent);
    return now;
  }
  if (recent.retryAfterMs !== undefined) return now + Math.max(recent.retryAfterMs, firstRetry);
  const reason = `a copy of the store was restored, and what was sent since then could not be read back (${recent.reason})`;
  const notice = `${destination.name} is closed: ${reason}. What waits for it is held. When that is mended: bulletin resume ${destination.id}`;
  const unread = { ...unreadAs(destination, reason), closed: reason, notice };
  await holdUnread(context.store, owner, now, unread);
  return null;
}

async function read(context: Context, destination: Destination, since: Millis): Promise<RecentResult> {
  try {
    return await destination.recent(since, context.sendSignal);
  } catch (error) {
    context.log.error("reading back broke", { destination: destination.id, error });
    return { kind: "unreadable", reason: `internal error: ${reasonOf(error)}` };
  }
}

const unreadAs = ({ name }: Destination, reason: string): Unread => ({
  reason: `in doubt: ${reason}`,
  message: (title, key) =>
    `“${title}” may or may not stand in ${name}: ${reason}. If it is there: bulletin settle ${key} --sent LINK. If not: bulletin settle ${key} --send`,
});

/**
 * A delivery whose post was read back is settled as sent with it. Null: it does not stand there, as far as a restored
 * copy is concerned, or an admin said so.
 */
export async function settleStanding(
  context: Context,
  owner: DestinationRow,
  destination: Destination,
  row: DeliveryRow,
): Promise<Step | null> {
  if (owner.restoredAt === null || row.looked === "by hand") return null;
  const now = context.clock.now();
  // Enqueued since the destination could not be read: it is held with the others.
  if (owner.rereadFrom !== null) return { kind: "wait", until: now };
  const standing = await findStanding(context.store, row);
  if (standing === null) return null;
  const entry = await findEntry(context.store, row.entryId);
  const doubt = await doubtOf(context, entry, owner.restoredAt, standing !== "no link");
  if (doubt !== null) await holdStanding(context.store, row, now, unreadAs(destination, doubt));
  else if (standing === "no link") return null;
  else await settleDelivery(context.store, row, now, { kind: "sent", ...standing });
  return { kind: "settled" };
}

/** Why a link does not tell whether it was posted; null: it does, or the entry is younger than that. */
async function doubtOf(
  context: Context,
  entry: EntryRow | null,
  restoredAt: Millis,
  found: boolean,
): Promise<string | null> {
  if (found) {
    const feed = entry === null ? null : await findFeed(context.store, entry.feedId);
    return feed?.linkShared === 1
      ? "a copy of the store was restored, and its feed gives several articles the link that stands there"
      : null;
  }
  const isOld =
    entry !== null &&
    entry.firstSeenAt < restoredAt + LISTED_SOON &&
    (entry.publishedAt === null || entry.publishedAt < restoredAt);
  return isOld ? "a copy of the store was restored, and it has no link by which it could be found" : null;
}
