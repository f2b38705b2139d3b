import type { Millis } from "../domain/types.ts";
import type { ClaimedFeed, FeedRow } from "../store/tables.ts";

/** A permanent redirect is kept after this many polls that saw it, over at least this long (facts of RFC 9110, 15.4). */
const MOVE_POLLS = 3;
const MOVE_AFTER: Millis = 24 * 3_600_000;

/**
 * Keeps a permanent redirect in mind; the address is changed when it was seen often and long enough. Where it leads at
 * first to something that shares no entry with the feed it leads to a stranger (no polls are counted), and stays one:
 * from then on the stranger's own entries are known.
 */
export function moved(
  feed: ClaimedFeed,
  permanentUrl: string | undefined,
  now: Millis,
  sharesEntry: boolean,
): Partial<FeedRow> {
  if (permanentUrl === undefined) return { movedTo: null, movedSince: null, movedPolls: 0 };
  if (feed.movedTo !== permanentUrl)
    return { movedTo: permanentUrl, movedSince: now, movedPolls: sharesEntry ? 1 : 0 };
  if (feed.movedPolls === 0) return {};
  const polls = feed.movedPolls + 1;
  const settled = polls >= MOVE_POLLS && now - (feed.movedSince ?? now) >= MOVE_AFTER;
  return settled
    ? { feedUrl: permanentUrl, movedTo: null, movedSince: null, movedPolls: 0 }
    : { movedPolls: polls };
}
