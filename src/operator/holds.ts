import { AdminError } from "../domain/errors.ts";
import type { Millis, RemoteRef } from "../domain/types.ts";
import {
  findDeliveries,
  listDeliveries,
  listDeliveriesIn,
  requeueDelivery,
  settleDelivery,
  skipDeliveries,
} from "../store/deliveries.ts";
import {
  dropEntry,
  findEntries,
  findEntry,
  listEntries,
  releaseEntry,
  setEditedTitle,
} from "../store/entries.ts";
import { noteFreshCount } from "../store/feeds.ts";
import { dropHeldDelivery, listInReview, redrawHolds } from "../store/holds.ts";
import type { DeliveryRow, EntryRow } from "../store/tables.ts";
import { entriesOf, entryOf, targetOf } from "./find.ts";
import type { Done, Operator } from "./operator.ts";

export type Held = {
  readonly title: string;
  readonly name: string;
  readonly since: Millis;
  readonly reason: string;
  readonly commands: readonly string[];
};

/** What waits for an admin's word: an entry, a post under review (never tried), or one that may be out or not. */
export type Hold =
  | { readonly kind: "entry"; readonly entry: EntryRow }
  | { readonly kind: "review" | "doubt"; readonly entry: EntryRow; readonly row: DeliveryRow };

/** Everything that waits for an admin's word. */
export async function held({ context }: Operator): Promise<readonly Held[]> {
  const entries = await listEntries(context.store, { state: "held", limit: 500 });
  const deliveries = await listDeliveriesIn(context.store, "held", 500);
  const others = deliveries.map(async (row) =>
    heldDelivery(row, await findEntry(context.store, row.entryId)),
  );
  return [...entries.map(heldEntry), ...(await Promise.all(others))];
}

const nameOf = (entry: EntryRow): string => entry.link ?? entry.id;
const isReview = (row: DeliveryRow): boolean => row.attempt === row.settled;

const heldEntry = (entry: EntryRow): Held => ({
  title: entry.editedTitle ?? entry.title,
  name: nameOf(entry),
  since: entry.firstSeenAt,
  reason: entry.reason ?? "held",
  commands: commandsOf(entry),
});

const heldDelivery = (row: DeliveryRow, entry: EntryRow | null): Held => ({
  title: entry?.editedTitle ?? entry?.title ?? row.key,
  name: `${row.destinationId} ${row.key}`,
  since: row.lastAttemptAt ?? row.createdAt,
  reason: row.reason ?? "held",
  commands:
    isReview(row) && entry !== null
      ? commandsOf(entry)
      : [`bulletin settle ${row.key} --sent LINK`, `bulletin settle ${row.key} --send`],
});

const commandsOf = (entry: EntryRow): readonly string[] => [
  `bulletin release ${nameOf(entry)}`,
  `bulletin edit ${nameOf(entry)} --title "..."`,
  `bulletin drop ${nameOf(entry)}`,
];

/** The holds that a name means: those of one article, or all of a feed or of a destination. Never one in doubt. */
async function holdsUnder(operator: Operator, name: string): Promise<readonly Hold[]> {
  const known = (await entryOf(operator, name)) === null ? [] : await entriesOf(operator, name);
  const own = known
    .filter((entry) => entry.state === "held")
    .map((entry) => ({ kind: "entry", entry }) as const);
  const ofArticle = [...own, ...(await reviewsOf(operator, known))];
  const holds = ofArticle.length > 0 ? ofArticle : await holdsOf(operator, name);
  if (holds.length === 0)
    throw new AdminError(`Nothing is held under ${name}. All that is held: bulletin held`);
  return holds;
}

async function reviewsOf({ context }: Operator, entries: readonly EntryRow[]): Promise<readonly Hold[]> {
  const each = entries.map(async (entry) =>
    (await listInReview(context.store, { entryId: entry.id })).map(
      (row) => ({ kind: "review", entry, row }) as const,
    ),
  );
  return (await Promise.all(each)).flat();
}

/** In the order in which they were made. */
async function holdsOf(operator: Operator, name: string): Promise<readonly Hold[]> {
  const { store } = operator.context;
  const target = await targetOf(operator, name);
  if (target === null) return [];
  if (target.kind === "feed") {
    const entries = await listEntries(store, { state: "held", feedId: target.row.id, limit: 1000 });
    return entries.toReversed().map((entry) => ({ kind: "entry", entry }));
  }
  const rows = await listInReview(store, { destinationId: target.row.id });
  const entries = new Map(
    (
      await findEntries(
        store,
        rows.map((row) => row.entryId),
      )
    ).map((one) => [one.id, one]),
  );
  return rows.flatMap((row) => {
    const entry = entries.get(row.entryId);
    return entry === undefined ? [] : [{ kind: "review", entry, row } as const];
  });
}

/**
 * What is held goes on its way: the check that held it is not asked again, and what a person has looked at is not
 * reviewed once more (a flood was released unseen). One in doubt is sent again. False: it is held no more.
 */
export async function releaseHold({ context }: Operator, hold: Hold, who: string): Promise<boolean> {
  const { store, clock } = context;
  const now = clock.now();
  if (hold.kind !== "entry")
    return await requeueDelivery(store, hold.row, ["held"], now, now + context.config().timing.expire, who);
  const by = (hold.entry.heldBy ?? "").split(" ");
  const checks = by.includes("flood") ? [...by, "age"] : [...by, "age", "review"];
  return await releaseEntry(store, hold.entry, now, checks, null, who);
}

/** What is held is given up for good. False: it is held no more. */
export async function dropHold({ context }: Operator, hold: Hold, who: string): Promise<boolean> {
  const { store, clock } = context;
  const reason = `dropped by ${who}`;
  if (hold.kind !== "entry") return await dropHeldDelivery(store, hold.row, reason, clock.now());
  const dropped = await dropEntry(store, hold.entry.id, reason, clock.now());
  if (dropped) await skipDeliveries(store, hold.entry.id, ["pending", "held"], reason);
  return dropped;
}

/** Releases all that is held under a name; a released flood goes out in order, spaced. */
export async function release(operator: Operator, name: string): Promise<Done> {
  const holds = await holdsUnder(operator, name);
  const floods = new Map<string, number>();
  for (const hold of holds) {
    const { feedId, heldBy } = hold.entry;
    const isFlood = hold.kind === "entry" && (heldBy ?? "").split(" ").includes("flood");
    if ((await releaseHold(operator, hold, "an admin")) && isFlood)
      floods.set(feedId, (floods.get(feedId) ?? 0) + 1);
  }
  // What was wanted after all says what is usual for its feed; one entry out of a flood does not.
  for (const [feedId, count] of floods)
    if (count > 1) await noteFreshCount(operator.context.store, feedId, count);
  return { lines: holds.map(({ entry }) => `released: ${entry.editedTitle ?? entry.title}`) };
}

/** Gives up all that is held under a name. */
export async function drop(operator: Operator, name: string): Promise<Done> {
  const holds = await holdsUnder(operator, name);
  for (const hold of holds) await dropHold(operator, hold, "an admin");
  return { lines: holds.map(({ entry }) => `dropped: ${entry.title}`) };
}

/** Gives an entry another title, for every post that is not frozen yet; cards of its holds show it, and `who` it was. */
export async function edit(operator: Operator, name: string, title: string, who = "an admin"): Promise<Done> {
  const { store, clock } = operator.context;
  const entries = await entriesOf(operator, name);
  if (title.trim() === "") throw new AdminError("The new title is empty.");
  const late: string[] = [];
  for (const entry of entries) {
    await setEditedTitle(store, entry.id, title.trim());
    await redrawHolds(store, entry.id, `title changed by ${who}`, clock.now());
    for (const row of await listDeliveries(store, entry.id))
      if (row.payload !== null && row.state !== "failed" && row.state !== "expired")
        late.push(`${row.destinationId} keeps the old title: its post was already sent or begun`);
  }
  return { lines: [`title: ${title.trim()}`, ...late] };
}

/** An admin's word on a delivery in doubt: it stands there (with its address), or it does not and is sent. */
export async function settle(
  operator: Operator,
  key: string,
  word: { readonly sent: string } | { readonly send: true },
): Promise<Done> {
  const { store, clock } = operator.context;
  const rows = (await findDeliveries(store, key)).filter((row) => row.state === "held");
  const [row] = rows;
  if (row === undefined || rows.length > 1)
    throw new AdminError(`No single delivery ${key} is held. All that is held: bulletin held`);
  const now = clock.now();
  if ("send" in word && row.undo === 1) {
    await settleDelivery(store, row, now, {
      kind: "skipped",
      reason: "undone: an admin says that it is not there",
    });
    return { lines: [`${row.destinationId}: it was undone, so it is not sent`] };
  }
  if ("send" in word) {
    await requeueDelivery(store, row, ["held"], now, now + operator.context.config().timing.expire);
    return { lines: [`${row.destinationId}: it will be sent`] };
  }
  await settleDelivery(store, row, now, {
    kind: "sent",
    ref: refOf(word.sent),
    at: row.lastAttemptAt ?? now,
  });
  return { lines: [`${row.destinationId}: settled as sent (${word.sent})`] };
}

/** A post's link or bare id, as the admin copied it. */
function refOf(text: string): RemoteRef {
  const url = text.startsWith("http") ? text : null;
  return { id: text.startsWith("at:") ? text : (text.split("/").at(-1) ?? text), url, cid: null };
}
