import type { Millis } from "../domain/types.ts";
import { countDeliveries } from "../store/deliveries.ts";
import { listDestinations } from "../store/destinations.ts";
import { countEntries } from "../store/entries.ts";
import { listFeeds, listFeedsByNeed } from "../store/feeds.ts";
import { lastPolls } from "../store/history.ts";
import { listNotices } from "../store/notices.ts";
import { isRunning } from "../store/processes.ts";
import { closedText, type Operator } from "./operator.ts";
import { type Push, pushesOf } from "./pushes.ts";
import { type Outage, outageOf, reasonOfWaiting, type Troubles, troublesOf } from "./troubles.ts";

export type Status = {
  readonly running: boolean;
  readonly feeds: readonly {
    readonly name: string;
    readonly url: string;
    readonly state: string;
    readonly reason: string | null;
    readonly lastPoll: Millis | null;
    readonly lastOutcome: string | null;
    readonly nextPoll: Millis;
    readonly push: Push | null;
  }[];
  readonly destinations: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly reason: string | null;
    /** After a restore: nothing is sent there until it was read back; null: it is open. */
    readonly closed: string | null;
    readonly counts: Readonly<Record<string, number>>;
    readonly inDoubt: number;
    readonly next: Millis | null;
    /** It gives no answer, since then, and is asked again at `until`; null: the last request was answered. */
    readonly outage: Outage | null;
    /** Why the first that waits was not sent yet, where something is known of it. */
    readonly waitsFor: string | null;
  }[];
  readonly entries: Readonly<Record<string, number>>;
  /** Single posts that need a look, the newest first, and how many there are of each kind in all. */
  readonly troubles: Troubles;
  readonly notices: readonly { readonly at: Millis; readonly message: string }[];
};

/**
 * What an admin sees first: feeds and destinations, what waits, what is held, what went wrong lately. Every feed, or
 * the `most` that need a look most.
 */
export async function status({ context }: Operator, most?: number): Promise<Status> {
  const { store, clock, config } = context;
  const counts = await countDeliveries(store);
  const pushes = await pushesOf(store, clock.now());
  const listed = most === undefined ? await listFeeds(store) : await listFeedsByNeed(store, most);
  const polls = await lastPolls(store, listed);
  const feeds = listed.map((feed) => ({
    name: feed.name ?? feed.title ?? feed.url,
    url: feed.url,
    state: feed.state,
    reason: feed.reason,
    lastPoll: polls.get(feed.id)?.at ?? null,
    lastOutcome: polls.get(feed.id)?.outcome ?? null,
    nextPoll: feed.dueAt,
    push: pushes.get(feed.id) ?? null,
  }));
  const rows = await listDestinations(store);
  const first = new Map(
    await Promise.all(rows.map(async ({ id }) => [id, await reasonOfWaiting(store, id)] as const)),
  );
  const destinations = rows.map((row) => {
    const own = counts.filter((count) => count.destinationId === row.id);
    return {
      id: row.id,
      name: row.name,
      state: row.state,
      reason: row.reason,
      closed: closedText(row, config().timezone),
      outage: outageOf(row),
      waitsFor: first.get(row.id) ?? null,
      next: row.dueAt,
      counts: Object.fromEntries(own.map((count) => [count.state, count.n])),
      inDoubt: own.reduce(
        (sum, count) => sum + (count.state === "pending" || count.state === "held" ? count.inDoubt : 0),
        0,
      ),
    };
  });
  const notices = (await listNotices(store, 5)).map(({ at, message }) => ({ at, message }));
  return {
    running: await isRunning(store, clock.now()),
    feeds,
    destinations,
    entries: await countEntries(store),
    troubles: await troublesOf(store),
    notices,
  };
}
