import { setImmediate as turn } from "node:timers/promises";
import { accountOf } from "../../src/accounts.ts";
import { requestUndo } from "../../src/store/deliveries.ts";
import { resumeDestination, syncDestinations, syncSubscriptions } from "../../src/store/destinations.ts";
import { dropEntry } from "../../src/store/entries.ts";
import { syncFeeds } from "../../src/store/feeds.ts";
import { dice } from "../crash/round.ts";
import { HOUR, MINUTE, openStillClock, SECOND, withDice } from "../support/clock.ts";
import { SITE } from "./gazette.ts";
import type { Lab } from "./lab.ts";
import { noteHeld, type Outcome, outcomeOf } from "./oracle.ts";
import { openPlatforms } from "./platforms.ts";
import { type Bot, start } from "./process.ts";
import type { Plant, World } from "./world.ts";

const START = "2026-06-01T10:00:00Z";
/** A feed that failed is asked ever more rarely: many hours may go by until everything is read. */
const MOST_STEPS = 400;

/** `note` hears all that happens; `plant` makes the destinations faulty ones. */
type Options = { readonly note?: ((text: string) => void) | undefined; readonly plant?: Plant };

/**
 * One history of the pipeline over a store in memory: articles appear, processes begin and die between any two
 * statements or requests, the store and both platforms fail; then the faults stop, one process goes on until nothing is
 * left to do, and what stands is compared with what was listed. The seed decides everything.
 */
export async function simulate(
  { config, store, clear }: Lab,
  seed: number,
  { note = () => {}, plant = (destination) => destination }: Options = {},
): Promise<Outcome> {
  await clear();
  const roll = dice(seed);
  const clock = withDice(openStillClock(START), seed + 1);
  const world: World = {
    roll,
    clock,
    store,
    config,
    platforms: openPlatforms(roll),
    stories: [],
    undone: new Set(),
    held: new Set(),
    plant,
    note: (text) => note(`${new Date(clock.now()).toISOString().slice(11, 23)} ${text}`),
    counts: { activity: 0, started: 0, deaths: 0, fails: false, isOver: false },
  };
  await begin(world);
  world.counts.fails = true;
  await troubles(world);
  world.counts.fails = false;
  world.platforms.mend();
  await peace(world);
  const outcome = await outcomeOf(world);
  world.counts.isOver = true;
  return outcome;
}

/** The rows match the config, and the first poll has made the old article known. */
async function begin(world: World): Promise<void> {
  const { store, clock, config } = world;
  world.stories.push(`${SITE}/old`);
  const now = clock.now();
  await syncFeeds(
    store,
    config.feeds.map((feed) => ({ feed, nextDue: now, firstDue: now })),
    now,
  );
  await syncDestinations(store, config.destinations, accountOf, now);
  await syncSubscriptions(store, config.subscriptions, now);
  const first = start(world);
  await step(world, first);
}

/** So many steps of time, in each of which something may happen. */
async function troubles(world: World): Promise<void> {
  const { roll, clock } = world;
  let bots: Bot[] = [];
  for (let n = 0; n < 14; n += 1) {
    bots = bots.filter((bot) => !bot.isDead());
    if (bots.length === 0 || (bots.length === 1 && roll() < 0.2)) bots.push(start(world));
    if (roll() < 0.5 && world.stories.length < 7) world.stories.push(`${SITE}/${world.stories.length}`);
    if (roll() < 0.06) await undoOne(world);
    if (roll() < 0.05) await deleteOne(world);
    if (roll() < 0.3) await mendAccounts(world);
    for (const bot of bots) await step(world, bot);
    clock.advance(Math.floor(roll() ** 2 * 90 * SECOND));
    await quiet(world);
  }
}

/** One process, without faults, until nothing waits. */
async function peace(world: World): Promise<void> {
  const bot = start(world);
  for (let n = 0; n < MOST_STEPS && (await waiting(world)) > 0; n += 1) {
    await mendAccounts(world);
    await step(world, bot);
    world.clock.advance(n < 10 ? 20 * SECOND : 5 * MINUTE);
    await quiet(world);
  }
  // What comes back, comes back late.
  world.clock.advance(HOUR);
  await step(world, bot);
  await step(world, bot);
}

async function step(world: World, bot: Bot): Promise<void> {
  await Promise.race([bot.tick().catch(() => undefined), quiet(world)]);
  await quiet(world);
  await noteHeld(world);
}

/** Until everything that can go on without time going on has gone on. */
async function quiet({ counts }: World): Promise<void> {
  for (let before = -1; before !== counts.activity;) {
    before = counts.activity;
    for (let n = 0; n < 4; n += 1) await turn();
  }
}

/** How many articles and deliveries have something before them. */
async function waiting({ store, stories }: World): Promise<number> {
  const rows = await store.db
    .selectFrom("deliveries")
    .select("key")
    .where((e) => e.or([e("state", "=", "pending"), e.and([e("state", "=", "sent"), e("undo", "=", 1)])]))
    .execute();
  const entries = await store.db.selectFrom("entries").select("state").execute();
  const unread = entries.filter(({ state }) => state === "new").length + stories.length - entries.length;
  return rows.length + unread;
}

/** An admin takes one article back. */
async function undoOne({ store, clock, roll, stories, undone, note }: World): Promise<void> {
  const link = stories[1 + Math.floor(roll() * (stories.length - 1))];
  if (link === undefined) return;
  const entry = await store.db.selectFrom("entries").select("id").where("link", "=", link).executeTakeFirst();
  if (entry === undefined) return;
  await dropEntry(store, entry.id, "undone by an admin", clock.now());
  await requestUndo(store, entry.id, clock.now());
  undone.add(link);
  note(`an admin takes ${link} back`);
}

/** A moderator deletes a post that the bot knows to stand there. */
async function deleteOne({ store, roll, platforms, note }: World): Promise<void> {
  const rows = await store.db
    .selectFrom("deliveries")
    .select(["destinationId", "refId"])
    .where("state", "=", "sent")
    .orderBy("key")
    .orderBy("destinationId")
    .execute();
  const row = rows[Math.floor(roll() * rows.length)];
  if (row === undefined || row.refId === null) return;
  platforms.deleteByHand(row.destinationId, row.refId);
  note(`a moderator deletes ${row.refId} in ${row.destinationId}`);
}

/** An admin sets what was stopped going again. */
async function mendAccounts({ store, clock }: World): Promise<void> {
  const stopped = await store.db
    .selectFrom("destinations")
    .select("id")
    .where("state", "=", "stopped")
    .orderBy("id")
    .execute();
  for (const { id } of stopped) await resumeDestination(store, id, clock.now());
}
