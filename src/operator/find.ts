import { AdminError } from "../domain/errors.ts";
import { addressKey, registrableDomain, webUrl } from "../lib/address.ts";
import { listDestinations } from "../store/destinations.ts";
import { findEntriesByAddress, findEntry } from "../store/entries.ts";
import { listFeeds } from "../store/feeds.ts";
import type { DestinationRow, EntryRow, FeedRow } from "../store/tables.ts";
import type { Operator } from "./operator.ts";

/** The entry an admin means by any of its addresses, or by its id; null when none is known. */
export async function entryOf({ context }: Operator, text: string): Promise<EntryRow | null> {
  return (await findEntriesByAddress(context.store, text))[0] ?? (await findEntry(context.store, text));
}

/** The same article in each feed that lists it: the entry that was posted first. Throws when none is known. */
export async function entriesOf(operator: Operator, text: string): Promise<readonly EntryRow[]> {
  const first = await entryOrThrow(operator, text);
  const others = (await findEntriesByAddress(operator.context.store, text)).filter(
    (entry) => entry.feedId !== first.feedId,
  );
  const perFeed = new Map([...others.toReversed(), first].map((entry) => [entry.feedId, entry]));
  return [...perFeed.values()].toReversed();
}

/** The same, for commands that can do nothing without one. */
export async function entryOrThrow(operator: Operator, text: string): Promise<EntryRow> {
  const entry = await entryOf(operator, text);
  if (entry === null)
    throw new AdminError(`No entry is known under ${text}. What its feed last did: bulletin why ${text}`);
  return entry;
}

export type Target =
  | { readonly kind: "feed"; readonly row: FeedRow }
  | { readonly kind: "destination"; readonly row: DestinationRow };

/** The feed or destination an admin means by address, name or id; null when there is none. */
export async function targetOf({ context }: Operator, text: string): Promise<Target | null> {
  const name = text.trim().toLowerCase();
  const key = addressKey(text);
  const feed = (await listFeeds(context.store)).find(
    (row) =>
      row.urlKey === key ||
      (row.feedUrl !== null && addressKey(row.feedUrl) === key) ||
      row.name?.toLowerCase() === name ||
      row.id === text,
  );
  if (feed !== undefined) return { kind: "feed", row: feed };
  const destination = (await listDestinations(context.store)).find((row) => {
    const place = row.id.slice(row.id.indexOf(":") + 1).toLowerCase();
    return [row.id.toLowerCase(), row.name.toLowerCase(), place].includes(name) || name.endsWith(`/${place}`);
  });
  return destination === undefined ? null : { kind: "destination", row: destination };
}

export async function targetOrThrow(operator: Operator, text: string): Promise<Target> {
  const target = await targetOf(operator, text);
  if (target === null)
    throw new AdminError(`No feed or destination is called ${text}. All of them: bulletin status`);
  return target;
}

/** Feeds whose own or whose site's address is of the same registrable domain. */
export async function feedsNear({ context }: Operator, text: string): Promise<readonly FeedRow[]> {
  const domain = (address: string | null) => registrableDomain(webUrl(address ?? "")?.hostname ?? "");
  const wanted = domain(text);
  if (wanted === "") return [];
  return (await listFeeds(context.store)).filter((feed) =>
    [feed.url, feed.feedUrl, feed.siteUrl].some((address) => address !== null && domain(address) === wanted),
  );
}
