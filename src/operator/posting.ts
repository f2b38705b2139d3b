import { AdminError } from "../domain/errors.ts";
import type { CheckResult, Millis, ParsedEntry } from "../domain/types.ts";
import { keysOf } from "../feeds/identity.ts";
import { listDeliveries, requestUndo, requeueDelivery, requeuePublishing } from "../store/deliveries.ts";
import { listDestinations, resumeDestination, stopDestinations } from "../store/destinations.ts";
import { dropEntry, enqueue, listEntries, releaseEntry } from "../store/entries.ts";
import { subscriptionsOf } from "../pipeline/context.ts";
import { findFeed, listFeeds, setFeedState, wakeFeed } from "../store/feeds.ts";
import { addEntryByHand } from "../store/polls.ts";
import { isRunning } from "../store/processes.ts";
import type { DeliveryRow, DeliveryState, DestinationRow, EntryRow } from "../store/tables.ts";
import { lockDestinations, transact } from "../store/transaction.ts";
import { webUrl } from "../lib/address.ts";
import { entriesOf, entryOf, entryOrThrow, feedsNear, targetOrThrow } from "./find.ts";
import { commandFor, type Done, type Operator } from "./operator.ts";
import { isSettled, outcomeOf } from "./outcome.ts";

/** How long a command waits for the running process before it says "under way". */
const PATIENCE: Millis = 60_000;

/**
 * Does what was written down: leaves it to the running process and waits for it, or makes a pass itself. One that was
 * killed still looks as if it ran for a while: then this process takes over as soon as it no longer does.
 */
async function carryOut(operator: Operator, isDone: () => Promise<boolean>): Promise<void> {
  const { store, clock, signal } = operator.context;
  const end = clock.monotonic() + PATIENCE;
  while (!signal.aborted && clock.monotonic() < end) {
    if (!(await isRunning(store, clock.now()))) return await operator.schedule.pass();
    if (await isDone()) return;
    await clock.sleep(250, signal);
  }
}

/** Asks one feed, or all of them, now; a pause that a server asked for holds all the same. */
export async function poll(operator: Operator, name: string | null): Promise<Done> {
  const { store, clock } = operator.context;
  const target = name === null ? null : await targetOrThrow(operator, name);
  if (target?.kind === "destination") throw new AdminError(`${name ?? ""} is a destination, not a feed.`);
  const feeds = (await listFeeds(store)).filter(
    (feed) => feed.state === "active" && (target === null || target.row.id === feed.id),
  );
  if (feeds.length === 0)
    throw new AdminError("There is no active feed to poll. All of them: bulletin status");
  const before = new Map(feeds.map((feed) => [feed.id, feed.attempt]));
  for (const feed of feeds) await wakeFeed(store, feed.id, clock.now());
  const asked = async () =>
    (await listFeeds(store)).filter(
      (feed) => before.has(feed.id) && feed.attempt > (before.get(feed.id) ?? 0) && feed.dueAt > clock.now(),
    );
  await carryOut(operator, async () => (await asked()).length === feeds.length);
  const polled = (await listFeeds(store)).filter((feed) => before.has(feed.id));
  return {
    lines: polled.map((feed) => `${feed.name ?? feed.title ?? feed.url}: ${feed.reason ?? "polled"}`),
    failed: polled.some((feed) => feed.reason !== null),
  };
}

/**
 * Posts one article now: a known one (skipped, failed, or not yet posted there) or the newest. `to` names one
 * destination. What was posted there before is not posted again.
 */
export async function post(operator: Operator, url: string | null, to: string | null): Promise<Done> {
  const entry = url === null ? await newestEntry(operator) : await knownEntry(operator, url);
  const { store, clock } = operator.context;
  const destination = to === null ? null : await targetOrThrow(operator, to);
  if (destination?.kind === "feed") throw new AdminError(`${to ?? ""} is a feed, not a destination.`);
  const rows = await listDeliveries(store, entry.id);
  const meant = rows.filter(({ destinationId }) => (destination?.row.id ?? destinationId) === destinationId);
  if (meant.length > 0 && meant.every(({ state, undo }) => state === "undone" || undo === 1))
    throw new AdminError(`“${entry.editedTitle ?? entry.title}” was undone: it is never posted again.`);
  if (entry.state === "ready") await enqueueMissing(operator, entry, destination?.row.id ?? null);
  else
    await releaseEntry(
      store,
      entry,
      clock.now(),
      ["age", "flood", "review", ...(entry.heldBy?.split(" ") ?? []), ...skippedBy(entry)],
      { only: destination?.row.id ?? null },
    );
  return await settled(operator, [entry]);
}

/** The checks that gave the entry up. */
const skippedBy = ({ checks }: EntryRow): readonly string[] =>
  (JSON.parse(checks ?? "[]") as readonly CheckResult[])
    .filter(({ outcome }) => outcome === "skipped")
    .map(({ check }) => check);

async function newestEntry(operator: Operator): Promise<EntryRow> {
  const [entry] = await listEntries(operator.context.store, { limit: 1 });
  if (entry !== undefined) return entry;
  await poll(operator, null);
  const [now] = await listEntries(operator.context.store, { limit: 1 });
  if (now === undefined) throw new AdminError("No feed has listed an article yet.");
  return now;
}

/** The entry under this address; one that no feed has listed yet is added to the feed of its site. */
async function knownEntry(operator: Operator, url: string): Promise<EntryRow> {
  const entry = await entryOf(operator, url);
  if (entry !== null) return entry;
  const [feed] = await feedsNear(operator, url);
  const link = webUrl(url)?.href;
  if (feed === undefined || link === undefined) return await entryOrThrow(operator, url);
  const { store, clock } = operator.context;
  const listing: ParsedEntry = {
    guid: null,
    link,
    title: "",
    published: null,
    updated: null,
    author: null,
    categories: [],
    descriptionHtml: null,
    contentHtml: null,
    image: null,
    language: null,
  };
  return await entryOrThrow(
    operator,
    await addEntryByHand(store, feed, clock.now(), listing, keysOf(listing)),
  );
}

async function enqueueMissing(operator: Operator, entry: EntryRow, only: string | null): Promise<void> {
  const { store, clock, config } = operator.context;
  const feed = await findFeed(store, entry.feedId);
  const now = clock.now();
  const subscriptions = feed?.wanted === 1 ? subscriptionsOf(config(), feed.urlKey) : [];
  const wanted = subscriptions.filter((one) => only === null || one.destinationId === only);
  if (wanted.length === 0)
    throw new AdminError("No subscription of its feed leads there: add one to the config first.");
  await transact(store.db, async (tx) => {
    await lockDestinations(
      tx,
      wanted.map(({ destinationId }) => destinationId),
    );
    for (const { destinationId, publish } of wanted)
      await enqueue(tx, entry.id, now, {
        destinationId,
        state: "pending",
        reason: null,
        dueAt: now,
        expiresAt: now + config().timing.expire,
        publish,
      });
  });
  for (const row of await listDeliveries(store, entry.id))
    if (wanted.some((one) => one.destinationId === row.destinationId))
      await requeueDelivery(store, row, unsent(row), now, now + config().timing.expire);
}

/** The states from which an admin's word sends a delivery; one in doubt may be out, so it is not sent again here. */
const unsent = (row: DeliveryRow): readonly DeliveryState[] =>
  row.attempt === row.settled ? ["failed", "expired", "skipped", "held"] : ["failed", "expired", "skipped"];

/** Takes the posts of an article back everywhere; it is never posted again. */
export async function undo(operator: Operator, url: string): Promise<Done> {
  const entries = await entriesOf(operator, url);
  const { store, clock } = operator.context;
  for (const entry of entries) {
    await dropEntry(store, entry.id, "undone by an admin", clock.now());
    await requestUndo(store, entry.id, clock.now());
  }
  return await settled(operator, entries);
}

/** What failed or expired of an article is sent, or published, after all. */
export async function retry(operator: Operator, url: string): Promise<Done> {
  const entries = await entriesOf(operator, url);
  const { store, clock, config } = operator.context;
  const now = clock.now();
  let begun = false;
  for (const entry of entries) {
    if (entry.state === "failed") begun = (await releaseEntry(store, entry, now, ["age"])) || begun;
    for (const row of await listDeliveries(store, entry.id))
      begun =
        (await requeueDelivery(store, row, ["failed", "expired"], now, now + config().timing.expire)) ||
        begun;
    begun = (await requeuePublishing(store, entry.id, now)) || begun;
  }
  if (begun) return await settled(operator, entries);
  const { lines } = await outcomeOf(
    operator,
    entries.map(({ id }) => id),
  );
  const skipped = entries.every(({ state }) => state === "skipped");
  const instead = skipped ? ` Post it all the same: ${commandFor("post", url)}` : "";
  return { lines: [...lines, `Nothing of it failed or expired: there is nothing to retry.${instead}`] };
}

/** Waits until these entries' deliveries are settled, or will not be for a while, and says what became of them. */
async function settled(operator: Operator, entries: readonly EntryRow[]): Promise<Done> {
  const areSettled = entries.map((entry) => () => isSettled(operator, entry.id));
  await carryOut(operator, async () => {
    for (const isDone of areSettled) if (!(await isDone())) return false;
    return true;
  });
  return await outcomeOf(
    operator,
    entries.map(({ id }) => id),
  );
}

/** Nothing is asked of the feed, or sent to the destination, until it is resumed. */
export async function pause(operator: Operator, name: string): Promise<Done> {
  const target = await targetOrThrow(operator, name);
  const { store, clock } = operator.context;
  if (target.kind === "feed")
    await setFeedState(store, target.row.id, "paused", "paused by an admin", clock.now());
  else
    await stopDestinations(store, { id: target.row.id }, "paused", "paused by an admin", clock.now(), null);
  const called = target.row.name ?? target.row.id;
  return { lines: [`paused: ${called}. Go on: ${commandFor("resume", name)}`] };
}

/** The destination, and those of its account that were stopped with it for the same reason. */
async function stoppedWith({ context }: Operator, row: DestinationRow): Promise<readonly DestinationRow[]> {
  if (row.state !== "stopped") return [row];
  return (await listDestinations(context.store)).filter(
    (other) => other.account === row.account && other.state === "stopped" && other.reason === row.reason,
  );
}

/** Sets a paused or stopped feed or destination going again; what waits goes out in order. */
export async function resume(operator: Operator, name: string): Promise<Done> {
  const target = await targetOrThrow(operator, name);
  const { store, clock } = operator.context;
  if (target.kind === "feed") await setFeedState(store, target.row.id, "active", null, clock.now());
  const going = target.kind === "feed" ? [] : await stoppedWith(operator, target.row);
  for (const row of going) await resumeDestination(store, row.id, clock.now());
  const names = target.kind === "feed" ? [target.row.name ?? target.row.id] : going.map((row) => row.name);
  return { lines: names.map((one) => `goes on: ${one}`) };
}
