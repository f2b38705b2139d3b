import { schedule as cronSchedule } from "node-cron";
import { claimDestinations } from "../store/destinations.ts";
import { claimEntries } from "../store/entries.ts";
import { claimFeeds } from "../store/feeds.ts";
import { handBackDestination } from "../store/hand-back.ts";
import { beat, HEARTBEAT } from "../store/processes.ts";
import type { ClaimedFeed, DestinationRow, EntryRow, WebsubRow } from "../store/tables.ts";
import type { AdminError } from "../domain/errors.ts";
import type { Context } from "./context.ts";
import { deliver } from "./deliver.ts";
import { tellNotices } from "./notices.ts";
import { openOutage, type Outage } from "./outage.ts";
import { poll, pollFailed } from "./poll.ts";
import { prepare, prepareFailed } from "./prepare.ts";
import { openSlots } from "./slots.ts";
import { askHub, askHubFailed, openTopics } from "./websub.ts";
import { openWork } from "./work.ts";

/** How much runs at once in one process. */
const FEEDS_AT_ONCE = 256;
const ENTRIES_AT_ONCE = 8;
const DESTINATIONS_AT_ONCE = 32;
const HUBS_AT_ONCE = 4;

/** Work under way: the tick starts it, `drain` waits for it. */
export type Schedule = {
  /** Looks once for everything that is due and starts it; never waits for it. */
  readonly tick: () => Promise<void>;
  /** Waits until nothing that was started is under way. */
  readonly drain: () => Promise<void>;
  /** Ticks and drains until a tick finds nothing due: one whole pass. */
  readonly pass: () => Promise<void>;
  /** Ticks at once and then every second until disposed (node-cron, UTC, never two at once). */
  readonly start: (processId: string) => AsyncDisposable;
  /** Resolves, with what an admin must do, when the store was moved away under it. */
  readonly moved: Promise<AdminError>;
};

type Run<T> = (context: Context, item: T) => Promise<void>;

export function openSchedule(context: Context): Schedule {
  const work = {
    feeds: openWork<ClaimedFeed>(FEEDS_AT_ONCE),
    entries: openWork<EntryRow>(ENTRIES_AT_ONCE),
    destinations: openWork<DestinationRow>(DESTINATIONS_AT_ONCE),
    topics: openWork<WebsubRow & { readonly id: string }>(HUBS_AT_ONCE),
    notices: openWork<{ readonly id: string }>(1),
  };
  const topics = openTopics(context);
  const slots = openSlots(context);
  const outage = openOutage(context.log);

  const unwritten = (error: unknown): void => {
    if (!outage.isCause(error)) context.log.error("a failure could not be written down", { error });
  };
  /** What cannot even be written down as failed keeps its lease: it is taken up again when that runs out. */
  const guarded =
    <T>(run: Run<T>, failed: (context: Context, item: T, error: unknown) => Promise<void>, done = () => {}) =>
    async (item: T): Promise<void> => {
      try {
        await run(context, item);
      } catch (error) {
        if (!outage.isCause(error)) await failed(context, item, error).catch(unwritten);
      }
      done();
    };

  // The last claim took as many feeds as there was room for, so more may be due: with half the room free again the next
  // second is not waited for, else a process could ask no more than that many feeds a second.
  let isFull = false;
  let claiming: Promise<unknown> = Promise.resolve();
  const roomAgain = (): void => {
    if (!isFull || work.feeds.room() < FEEDS_AT_ONCE / 2 || context.signal.aborted) return;
    isFull = false;
    void startFeeds().catch((error: unknown) => {
      if (!outage.isCause(error)) context.log.error("feeds could not be claimed", { error });
    });
  };

  const runs = {
    feed: guarded(poll, pollFailed, roomAgain),
    entry: guarded(prepare, prepareFailed),
    destination: guarded(deliver, deliverFailed),
    topic: guarded(askHub, askHubFailed),
  };

  /** One claim after the other, so that no two take the same room. */
  function startFeeds(): Promise<number> {
    const started = claiming.then(claimAndStart);
    claiming = started.catch(() => undefined);
    return started;
  }

  async function claimAndStart(): Promise<number> {
    const room = work.feeds.room();
    const { store, clock, config } = context;
    const feeds = await claimFeeds(store, clock.now(), config().timing.lease, room, work.feeds.ids());
    isFull = feeds.length === room;
    return work.feeds.start(feeds, runs.feed);
  }

  /** Starts what is due; says how much it started. */
  async function look(): Promise<number> {
    if (context.signal.aborted) return 0;
    const { lease } = context.config().timing;
    const { store, clock } = context;
    await slots.fire();
    const started = [
      await startFeeds(),
      work.entries.start(
        await claimEntries(store, clock.now(), lease, work.entries.room(), work.entries.ids()),
        runs.entry,
        (entry) => entry.feedId,
      ),
      work.destinations.start(
        await claimDestinations(store, clock.now(), lease, work.destinations.room(), work.destinations.ids()),
        runs.destination,
      ),
      work.topics.start(
        (await topics.claim(work.topics.room(), work.topics.ids())).map((row) => ({ ...row, id: row.token })),
        runs.topic,
      ),
      work.notices.start(work.notices.room() > 0 ? [{ id: "notices" }] : [], () => tellNotices(context)),
    ];
    return started.slice(0, -1).reduce((sum, count) => sum + count, 0);
  }
  const drain = async (): Promise<void> => {
    const running = () => Object.values(work).flatMap((kind) => kind.running());
    for (let left = running(); left.length > 0; left = running()) {
      await Promise.all(left);
      await claiming;
    }
  };
  const tick = async (): Promise<void> => {
    await look();
  };
  const pass = async (): Promise<void> => {
    while ((await look()) > 0) await drain();
    await drain();
  };
  const { moved } = outage;
  return { tick, drain, pass, moved, start: (id) => start(context, id, outage, { tick, drain }) };
}

function start(
  context: Context,
  processId: string,
  outage: Outage,
  { tick, drain }: Pick<Schedule, "tick" | "drain">,
): AsyncDisposable {
  let beatAt = context.clock.monotonic();
  const everySecond = async (): Promise<void> => {
    if (context.clock.monotonic() >= beatAt) {
      await beat(context.store, processId, context.clock.now());
      beatAt = context.clock.monotonic() + HEARTBEAT;
    }
    await tick();
    outage.over();
  };
  const broke = (error: unknown): void => {
    if (!outage.isCause(error)) context.log.error("tick broke", { error });
  };
  // At once, not only at the next full second; cron's own guard against two at a time knows nothing of it.
  let ticking = everySecond().catch(broke);
  const again = (): Promise<void> => (ticking = ticking.then(everySecond).catch(broke));
  const { log } = context;
  const task = cronSchedule("* * * * * *", again, {
    timezone: "UTC",
    noOverlap: true,
    // A second that a busy machine skips loses nothing: the next one looks for all that is due.
    suppressMissedWarning: true,
    logger: {
      info: log.debug,
      warn: log.debug,
      debug: (message) => log.debug(String(message)),
      error: (message) => log.error("the clock's library broke", { error: message }),
    },
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await task.destroy();
      await ticking;
      await drain();
    },
  };
}

/** A delivery loop that threw: the destination is handed back for later, its neighbours go on. */
async function deliverFailed(context: Context, row: DestinationRow, error: unknown): Promise<void> {
  context.log.error("deliver broke", { destination: row.id, error });
  await handBackDestination(context.store, row, context.clock.now() + context.config().timing.firstRetry);
}
