import type { Millis } from "../domain/types.ts";
import type { Store } from "../store/open.ts";
import { listTopics } from "../store/websub.ts";

/** How it stands with the hub that pushes a feed. */
export type Push = {
  readonly hub: string;
  /** Until when the hub said that it will; null: it does not, or not yet. */
  readonly until: Millis | null;
  /** The last push that was signed as it must be; null: there was none. */
  readonly last: Millis | null;
  /** What is in the way. */
  readonly reason: string | null;
};

/** Of every feed that names a hub, by the feed's id. */
export async function pushesOf(store: Store, now: Millis): Promise<ReadonlyMap<string, Push>> {
  return new Map(
    (await listTopics(store)).map((row) => [
      row.feedId,
      {
        hub: row.hub,
        until: row.leaseUntil !== null && row.leaseUntil > now ? row.leaseUntil : null,
        last: row.pushedAt === 0 ? null : row.pushedAt,
        reason: row.reason,
      },
    ]),
  );
}
