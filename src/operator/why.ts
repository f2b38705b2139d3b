import type { Article, CheckResult, Json, Millis } from "../domain/types.ts";
import { frozenPost, listDeliveries } from "../store/deliveries.ts";
import { listAllDestinations, listSubscriptions } from "../store/destinations.ts";
import { listPolls } from "../store/history.ts";
import { listEndedHolds } from "../store/holds.ts";
import { findFeed } from "../store/feeds.ts";
import type { DeliveryRow, EntryRow, PollRow } from "../store/tables.ts";
import { entryOf, feedsNear } from "./find.ts";
import { closedText, type Operator } from "./operator.ts";
import { type Push, pushesOf } from "./pushes.ts";

export type Why =
  | {
      readonly kind: "known";
      readonly id: string;
      readonly title: string;
      readonly link: string | null;
      readonly feed: string;
      readonly state: EntryRow["state"];
      readonly reason: string | null;
      /** What the checks said, those that found nothing left out. */
      readonly checks: readonly CheckResult[];
      /** What it was held for, and how that ended. */
      readonly holds: readonly {
        readonly at: Millis;
        /** Null: the entry itself was held. */
        readonly destination: string | null;
        readonly reason: string | null;
        readonly note: string | null;
        readonly outcome: string | null;
      }[];
      readonly firstSeenAt: Millis;
      readonly published: Millis | null;
      readonly keyPoints: readonly string[];
      readonly origin: string | null;
      readonly source: string | null;
      readonly subscribed: number;
      readonly deliveries: readonly {
        readonly destination: string;
        readonly name: string;
        readonly key: string;
        readonly state: DeliveryRow["state"];
        readonly reason: string | null;
        readonly checks: readonly CheckResult[];
        readonly attempt: number;
        readonly inDoubt: boolean;
        readonly dueAt: Millis;
        readonly sentAt: Millis | null;
        readonly url: string | null;
        /** What was sent and refused, as text and as the platform was given it; null: it did not fail. */
        readonly post: { readonly text: string; readonly payload: Json } | null;
        readonly publish: string | null;
        /** Its destination waits to be read back after a restore; null: it does not, or this delivery is settled. */
        readonly closed: string | null;
      }[];
      readonly mend: string | null;
    }
  | {
      readonly kind: "unknown";
      readonly feeds: readonly {
        readonly name: string;
        readonly url: string;
        readonly state: string;
        readonly reason: string | null;
        readonly nextPoll: Millis;
        readonly push: Push | null;
        readonly polls: readonly PollRow[];
      }[];
    };

/** Why a post did or did not go out: just what the rows say, found by any address of the article. */
export async function why(operator: Operator, address: string): Promise<Why> {
  const entry = await entryOf(operator, address);
  return entry === null ? await whyUnknown(operator, address) : await whyKnown(operator, entry);
}

async function whyKnown({ context }: Operator, entry: EntryRow): Promise<Why> {
  const feed = await findFeed(context.store, entry.feedId);
  const article = entry.article === null ? null : (JSON.parse(entry.article) as Article);
  const deliveries = await listDeliveries(context.store, entry.id);
  const rows = await listAllDestinations(context.store);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  const holds = await listEndedHolds(context.store, entry.id);
  const closedOf = ({ state, destinationId }: DeliveryRow): string | null => {
    const row = rows.find(({ id }) => id === destinationId);
    const waits = row !== undefined && (state === "pending" || state === "held");
    return waits ? closedText(row, context.config().timezone) : null;
  };
  return {
    kind: "known",
    id: entry.id,
    title: entry.editedTitle ?? entry.title,
    link: entry.link,
    feed: feed?.name ?? feed?.url ?? "",
    state: entry.state,
    reason: entry.reason,
    checks: checksOf(entry),
    holds: holds.map(({ at, destinationId, reason, note, outcome }) => ({
      at,
      destination: destinationId,
      reason,
      note,
      outcome,
    })),
    firstSeenAt: entry.firstSeenAt,
    published: entry.publishedAt,
    keyPoints: article?.keyPoints.points ?? [],
    origin: article?.keyPoints.origin ?? null,
    source: article?.source ?? null,
    subscribed: (await listSubscriptions(context.store, entry.feedId)).length,
    deliveries: deliveries.map((row) => ({
      destination: row.destinationId,
      name: names.get(row.destinationId) ?? row.destinationId,
      key: row.key,
      state: row.state,
      reason: row.reason,
      checks: checksOf(row),
      attempt: row.attempt,
      inDoubt: row.attempt > row.settled,
      dueAt: row.dueAt,
      sentAt: row.sentAt,
      url: row.refUrl,
      post: refusedPost(row),
      publish: row.publish,
      closed: closedOf(row),
    })),
    mend: mendOf(entry, deliveries),
  };
}

function refusedPost(row: DeliveryRow): { readonly text: string; readonly payload: Json } | null {
  const post = row.state === "failed" ? frozenPost(row) : null;
  return post === null ? null : { text: post.text, payload: post.payload };
}

const checksOf = ({ checks }: EntryRow | DeliveryRow): readonly CheckResult[] =>
  JSON.parse(checks ?? "[]") as readonly CheckResult[];

/** The command that mends it, when there is one. */
function mendOf(entry: EntryRow, deliveries: readonly DeliveryRow[]): string | null {
  const name = entry.link ?? entry.id;
  if (entry.state === "held") return `bulletin release ${name}   or   bulletin drop ${name}`;
  if (entry.state === "skipped" || entry.state === "failed") return `bulletin post ${name}`;
  const held = deliveries.find((row) => row.state === "held");
  if (held !== undefined && held.attempt === held.settled)
    return `bulletin release ${name}   or   bulletin drop ${name}`;
  if (held !== undefined)
    return `bulletin settle ${held.key} --sent LINK   or   bulletin settle ${held.key} --send`;
  return deliveries.some((row) => row.state === "failed" || row.state === "expired")
    ? `bulletin retry ${name}`
    : null;
}

async function whyUnknown(operator: Operator, address: string): Promise<Why> {
  const { store, clock } = operator.context;
  const feeds = await feedsNear(operator, address);
  const pushes = await pushesOf(store, clock.now());
  const listed = feeds.map(async (feed) => ({
    name: feed.name ?? feed.title ?? feed.url,
    url: feed.url,
    state: feed.state,
    reason: feed.reason,
    nextPoll: feed.dueAt,
    push: pushes.get(feed.id) ?? null,
    polls: await listPolls(store, feed, 5),
  }));
  return { kind: "unknown", feeds: await Promise.all(listed) };
}
