import type { Article, Destination, DestinationConfig, Millis, Post, Summary } from "../domain/types.ts";
import type { Listing } from "../store/deliveries.ts";
import { findEntries } from "../store/entries.ts";
import { listLine } from "../store/overflow.ts";
import type { DeliveryRow, DestinationRow, EntryRow } from "../store/tables.ts";
import { checkFirst } from "./checking.ts";
import type { Context } from "./context.ts";
import type { Step } from "./step.ts";
import { summaryOf } from "./summary.ts";
import { overdueIn, type Pace } from "./windows.ts";

/** The newest of what waits, each of which keeps a post of its own. */
const NEWEST = 2;
/** So much of a line is looked at; the rest is listed with the next post. */
const LINE = 500;

/** One post for several deliveries: what is sent, and when the last of them would have gone. */
export type ListedPost = Listing & {
  readonly freeze: (createdAt: Millis) => Post;
  readonly turn: Millis;
};

/**
 * What goes out in one post because it could not go in its time, so that no outage ends in a flood: with more than
 * `overflow` posts overdue, all but the newest two, as many as one post can list, the oldest first. Null: the head of
 * the line goes by itself. A step: a check has settled one of them.
 */
export async function listedPost(
  context: Context,
  owner: DestinationRow,
  destination: Destination,
  config: DestinationConfig,
  pace: Pace,
  head: DeliveryRow,
): Promise<
  { readonly kind: "list"; readonly list: ListedPost } | { readonly kind: "step"; readonly step: Step } | null
> {
  const { composeOverflow } = destination;
  // While nobody answers, the head alone asks: what else has come by the end of the outage is listed too.
  if (composeOverflow === undefined || config.overflow === null || owner.outages > 0) return null;
  if (head.payload !== null || head.alone === 1) return null;
  const now = context.clock.now();
  const line = await listLine(context.store, destination.id, LINE);
  const overdue = overdueIn(config, context.config().timing.firstRetry, pace, line, now);
  if (overdue.length <= config.overflow || overdue[0]?.row.key !== head.key) return null;
  const alone = overdue.slice(-NEWEST).map(({ row }) => row);
  const rest = overdue.slice(0, -NEWEST).filter(({ row }) => row.alone === 0);
  const entries = await entriesOf(
    context,
    rest.map(({ row }) => row),
  );
  const listable = rest.filter(({ row }) => (entries.get(row.entryId)?.article ?? null) !== null);
  for (const { row } of listable) {
    const entry = entries.get(row.entryId);
    if (entry === undefined) continue;
    const step = await checkFirst(
      context,
      destination,
      row,
      entry,
      () => entry.editedTitle ?? entry.title,
      [],
    );
    if (step !== null) return { kind: "step", step };
  }
  const summaries = listable.map(({ row }) => summaryIn(entries, row));
  const { listed } = composeOverflow(summaries, { key: head.key, createdAt: now });
  const last = listable[listed - 1];
  if (listed < 2 || last === undefined || listable[0]?.row.key !== head.key) return null;
  const list: ListedPost = {
    listed: listable.slice(0, listed).map(({ row }) => row),
    alone,
    turn: last.turn,
    freeze: (createdAt) => composeOverflow(summaries.slice(0, listed), { key: head.key, createdAt }).post,
  };
  return { kind: "list", list };
}

async function entriesOf(
  { store }: Context,
  rows: readonly DeliveryRow[],
): Promise<ReadonlyMap<string, EntryRow>> {
  const entries = await findEntries(
    store,
    rows.map(({ entryId }) => entryId),
  );
  return new Map(entries.map((entry) => [entry.id, entry]));
}

function summaryIn(entries: ReadonlyMap<string, EntryRow>, { entryId }: DeliveryRow): Summary {
  const entry = entries.get(entryId);
  return summaryOf(JSON.parse(entry?.article ?? "{}") as Article, null, entry?.editedTitle ?? null);
}
