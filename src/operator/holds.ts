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
import { dropEntry, findEntry, listEntries, releaseEntry, setEditedTitle } from "../store/entries.ts";
import type { EntryRow } from "../store/tables.ts";
import { entriesOf, entryOf, targetOf } from "./find.ts";
import type { Done, Operator } from "./operator.ts";

export type Held = {
  readonly title: string;
  readonly name: string;
  readonly since: Millis;
  readonly reason: string;
  readonly commands: readonly string[];
};

/** Everything that waits for an admin's word: entries, and deliveries in doubt. */
export async function held({ context }: Operator): Promise<readonly Held[]> {
  const entries = await listEntries(context.store, { state: "held", limit: 500 });
  const deliveries = await listDeliveriesIn(context.store, "held", 500);
  const doubts = deliveries.map(async (row) => {
    const entry = await findEntry(context.store, row.entryId);
    const commands = [`bulletin settle ${row.key} --sent LINK`, `bulletin settle ${row.key} --send`];
    return {
      title: entry?.title ?? row.key,
      name: `${row.destinationId} ${row.key}`,
      since: row.lastAttemptAt ?? row.createdAt,
      reason: row.reason ?? "held",
      commands,
    };
  });
  return [...entries.map(heldEntry), ...(await Promise.all(doubts))];
}

const nameOf = (entry: EntryRow): string => entry.link ?? entry.id;

const heldEntry = (entry: EntryRow): Held => ({
  title: entry.editedTitle ?? entry.title,
  name: nameOf(entry),
  since: entry.firstSeenAt,
  reason: entry.reason ?? "held",
  commands: [
    `bulletin release ${nameOf(entry)}`,
    `bulletin edit ${nameOf(entry)} --title "..."`,
    `bulletin drop ${nameOf(entry)}`,
  ],
});

/** The held entries that a name means: one entry, or all of a feed. */
async function heldBy(operator: Operator, name: string): Promise<readonly EntryRow[]> {
  const known = (await entryOf(operator, name)) === null ? [] : await entriesOf(operator, name);
  const own = known.filter((entry) => entry.state === "held");
  if (own.length > 0) return own;
  const target = await targetOf(operator, name);
  if (target?.kind === "feed") {
    const rows = (
      await listEntries(operator.context.store, { state: "held", feedId: target.row.id, limit: 1000 })
    ).toReversed();
    if (rows.length > 0) return rows;
  }
  throw new AdminError(`Nothing is held under ${name}. All that is held: bulletin held`);
}

/** Held entries go on their way; the check that held them is not asked again. A released flood goes out in order, spaced. */
export async function release(operator: Operator, name: string): Promise<Done> {
  const rows = await heldBy(operator, name);
  const now = operator.context.clock.now();
  for (const row of rows) await releaseEntry(operator.context.store, row, now, [row.heldBy ?? "", "age"]);
  return { lines: rows.map((row) => `released: ${row.editedTitle ?? row.title}`) };
}

/** Held entries are given up for good. */
export async function drop(operator: Operator, name: string): Promise<Done> {
  const rows = await heldBy(operator, name);
  for (const row of rows) {
    await dropEntry(operator.context.store, row.id, "dropped by an admin");
    await skipDeliveries(operator.context.store, row.id, ["pending", "held"], "dropped by an admin");
  }
  return { lines: rows.map((row) => `dropped: ${row.title}`) };
}

/** Gives an entry another title, for every post that is not frozen yet. */
export async function edit(operator: Operator, name: string, title: string): Promise<Done> {
  const { store } = operator.context;
  const entries = await entriesOf(operator, name);
  if (title.trim() === "") throw new AdminError("The new title is empty.");
  const late: string[] = [];
  for (const entry of entries) {
    await setEditedTitle(store, entry.id, title.trim());
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
