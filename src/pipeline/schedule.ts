import { schedule as cronSchedule } from "node-cron";
import type { Millis } from "../domain/types.ts";
import { nextSlot } from "../lib/cron.ts";
import {
  claimDestinations,
  handBackDestination,
  listDestinations,
  settleSlot,
} from "../store/destinations.ts";
import { claimEntries } from "../store/entries.ts";
import { claimFeeds } from "../store/feeds.ts";
import { claimNotices, settleNotice } from "../store/notices.ts";
import { beat, HEARTBEAT } from "../store/processes.ts";
import type { DestinationRow, NoticeRow } from "../store/tables.ts";
import { type Context, destinationConfigOf } from "./context.ts";
import { deliver } from "./deliver.ts";
import { poll, pollFailed } from "./poll.ts";
import { prepare, prepareFailed } from "./prepare.ts";

/** How much runs at once in one process. */
const FEEDS_AT_ONCE = 64;
const ENTRIES_AT_ONCE = 8;
const DESTINATIONS_AT_ONCE = 32;

/** Work under way: the tick starts it, `drain` waits for it. */
export type Schedule = {
  /** Looks once for everything that is due and starts it; never waits for it. */
  readonly tick: () => Promise<void>;
  /** Waits until nothing that was started is under way. */
  readonly drain: () => Promise<void>;
  /** Ticks and drains until a tick finds nothing due: one whole pass. */
  readonly pass: () => Promise<void>;
  /** Ticks every second until disposed (node-cron, UTC, never two at once). */
  readonly start: (processId: string) => AsyncDisposable;
};

export function openSchedule(context: Context): Schedule {
  const running = {
    feeds: new Set<Promise<void>>(),
    entries: new Set<Promise<void>>(),
    destinations: new Set<Promise<void>>(),
  };
  const nextSlots = new Map<string, { readonly after: Millis; readonly at: Millis }>();
  const all = () => [...running.feeds, ...running.entries, ...running.destinations];

  const tick = async (): Promise<void> => {
    if (context.signal.aborted) return;
    const { lease } = context.config().timing;
    const now = context.clock.now();
    await fireSlots(context, nextSlots);
    await tellNotices(context);
    for (const feed of await claimFeeds(context.store, now, lease, FEEDS_AT_ONCE - running.feeds.size))
      track(
        running.feeds,
        poll(context, feed).catch((error: unknown) => pollFailed(context, feed, error)),
      );
    for (const entry of await claimEntries(context.store, now, lease, ENTRIES_AT_ONCE - running.entries.size))
      track(
        running.entries,
        prepare(context, entry).catch((error: unknown) => prepareFailed(context, entry, error)),
      );
    for (const row of await claimDestinations(
      context.store,
      now,
      lease,
      DESTINATIONS_AT_ONCE - running.destinations.size,
    ))
      track(
        running.destinations,
        deliver(context, row).catch((error: unknown) => deliverFailed(context, row, error)),
      );
  };
  const drain = async (): Promise<void> => {
    while (all().length > 0) await Promise.all(all());
  };
  const pass = async (): Promise<void> => {
    do {
      await tick();
      if (all().length === 0) return;
      await drain();
    } while (!context.signal.aborted);
  };
  return { tick, drain, pass, start: (id) => start(context, id, tick, drain) };
}

function track(set: Set<Promise<void>>, work: Promise<void>): void {
  const tracked = work.finally(() => set.delete(tracked));
  set.add(tracked);
}

function start(
  context: Context,
  processId: string,
  tick: () => Promise<void>,
  drain: () => Promise<void>,
): AsyncDisposable {
  let beatAt = context.clock.monotonic();
  const everySecond = async (): Promise<void> => {
    if (context.clock.monotonic() >= beatAt) {
      await beat(context.store, processId, context.clock.now());
      beatAt = context.clock.monotonic() + HEARTBEAT;
    }
    await tick();
  };
  const broke = (error: unknown) => context.log.error("tick broke", { error });
  const task = cronSchedule("* * * * * *", () => everySecond().catch(broke), {
    timezone: "UTC",
    noOverlap: true,
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await task.destroy();
      await drain();
    },
  };
}

/** A delivery loop that threw: the destination is handed back for later, its neighbours go on. */
async function deliverFailed(context: Context, row: DestinationRow, error: unknown): Promise<void> {
  context.log.error("deliver broke", { destination: row.id, error });
  await handBackDestination(context.store, row, context.clock.now() + context.config().timing.firstRetry);
}

/** Fires each destination's newest slot that came since the last one; one that is too old leaves a row only. */
async function fireSlots(
  context: Context,
  known: Map<string, { readonly after: Millis; readonly at: Millis }>,
): Promise<void> {
  const config = context.config();
  if (config.destinations.every((destination) => destination.at.length === 0)) return;
  const now = context.clock.now();
  for (const row of await listDestinations(context.store)) {
    const destination = destinationConfigOf(config, row.id);
    if (destination === null || destination.at.length === 0) continue;
    const next = (after: Millis) =>
      Math.min(...destination.at.map((expression) => nextSlot(expression, destination.timezone, after)));
    const memo = `${row.id} ${destination.timezone} ${destination.at.join("|")}`;
    let at = known.get(memo)?.after === row.slotAt ? (known.get(memo)?.at ?? 0) : next(row.slotAt);
    known.set(memo, { after: row.slotAt, at });
    if (at > now) continue;
    // After a long time down only the newest slot counts; what came before it fired with it.
    const from = Math.max(at - 1, now - config.timing.catchUp);
    let last = at;
    for (at = next(from); at <= now; at = next(at)) last = at;
    await settleSlot(context.store, row.id, last, now - last <= config.timing.catchUp ? "fired" : "missed");
  }
}

/** Tells the admin what he must know: a line in the log, and a message in the admin channel when there is one. */
async function tellNotices(context: Context): Promise<void> {
  for (const notice of await claimNotices(
    context.store,
    context.clock.now(),
    context.config().timing.lease,
    10,
  )) {
    if (notice.attempt === 1) context.log.warn(notice.message, {});
    if (await told(context, notice)) await settleNotice(context.store, notice, context.clock.now());
  }
}

async function told(context: Context, notice: NoticeRow): Promise<boolean> {
  if (context.tell === null) return true;
  const result = await context.tell(notice.message, notice.key, context.sendSignal);
  return result.kind === "sent" || result.kind === "rejected" || result.kind === "refused";
}
