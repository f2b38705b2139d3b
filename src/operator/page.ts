import type { Image, Json, Millis } from "../domain/types.ts";
import { findImage } from "../store/entries.ts";
import { countFeeds } from "../store/feeds.ts";
import { listRecentPosts, type RecentPost } from "../store/recent.ts";
import { held } from "./holds.ts";
import { type Operator, timeText } from "./operator.ts";
import { type Status, status } from "./status.ts";
import { outageText } from "./troubles.ts";

/** How many posts the page draws. */
const POSTS_DRAWN = 40;
/** And how many feeds it lists; of more, those that need a look come first. */
const FEEDS_LISTED = 100;

/** All that the page shows, as text that is ready to be drawn. */
export async function pageData(operator: Operator, title: string) {
  const { store, config } = operator.context;
  const { timezone } = config();
  const { feeds, destinations } = await status(operator, FEEDS_LISTED);
  const nameOf = new Map(destinations.map((row) => [row.id, row.name]));
  const posts = (await listRecentPosts(store, POSTS_DRAWN)).map((row) => ({
    look: row.platform === "bluesky" ? ("bluesky" as const) : ("discord" as const),
    destination: nameOf.get(row.destinationId) ?? row.destinationId,
    state: row.state,
    at: isoTime(row.sentAt ?? row.lastAttemptAt ?? row.createdAt, timezone),
    payload: JSON.parse(row.payload ?? "null") as Json,
    imageKey: row.imageOf,
    url: row.refUrl,
  }));
  return {
    title,
    posts,
    held: (await held(operator)).map(({ title, name, reason, commands }) => ({
      title,
      url: name,
      reason,
      commands,
    })),
    feeds: feeds.map((feed) => ({
      name: feed.name,
      state: feed.state,
      lastPoll: timeText(feed.lastPoll, timezone),
      nextPoll: timeText(feed.nextPoll, timezone),
      reason: feed.reason,
    })),
    moreFeeds: (await countFeeds(store)) - feeds.length,
    destinations: destinations.map((row) => ({
      name: row.name,
      state:
        row.state !== "active" ? row.state : row.closed !== null ? "closed" : isAway(row) ? "away" : "active",
      pending: row.counts["pending"] ?? 0,
      sent: row.counts["sent"] ?? 0,
      reason:
        [row.closed, row.reason, outageText(row.outage, timezone)]
          .filter((text) => text !== null)
          .join("; ") || null,
    })),
  };
}

const isAway = ({ outage }: Status["destinations"][number]): boolean => (outage?.until ?? null) !== null;

/** The stored image of an entry, for the page. */
export const pageImage = async (operator: Operator, entryId: string): Promise<Image | null> =>
  await findImage(operator.context.store, entryId);

/** The newest posts, newest first, as they were composed. */
export const recentPosts = async (operator: Operator): Promise<readonly RecentPost[]> =>
  await listRecentPosts(operator.context.store, POSTS_DRAWN);

const isoTime = (at: Millis, timezone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timezone)
    .toString({ timeZoneName: "never", smallestUnit: "second" });
