import { openFeedReader } from "../../src/feeds/reader.ts";
import { openAttempts } from "../../src/pipeline/attempts.ts";
import type { Context } from "../../src/pipeline/context.ts";
import { openSchedule } from "../../src/pipeline/schedule.ts";
import { openGroup } from "../../src/store/group.ts";
import { openUnchanged } from "../../src/store/unchanged.ts";
import type { Store } from "../../src/store/open.ts";
import { EXTRACTOR, httpOf } from "./gazette.ts";
import type { Process } from "./platforms.ts";
import { watched } from "./statements.ts";
import type { World } from "./world.ts";

/** A process of the bot over the world's store and platforms. */
export type Bot = { readonly tick: () => Promise<void>; readonly isDead: () => boolean };

class Dead extends Error {}

/** Begins a process: it works until a roll of the dice ends it. */
export function start(world: World): Bot {
  const { roll, clock, counts, config } = world;
  const name = `process ${(counts.started += 1)}`;
  let isDead = false;
  const note = (text: string): void => world.note(`${name}: ${text}`);
  const die = (): void => {
    isDead = true;
    counts.deaths += 1;
    note("dies");
  };
  const pass = (sql: string): void => {
    counts.activity += 1;
    // What a process left open is rolled back, whatever became of it.
    if (sql === "rollback") return;
    if (!isDead && counts.fails && roll() < 0.004) die();
    if (isDead || counts.isOver) throw new Dead();
    if (!counts.fails || roll() >= 0.002) return;
    note(`the store fails in ${/\w+/u.exec(sql)?.[0] ?? ""}`);
    throw new Error("disk I/O error");
  };
  const { db } = world.store;
  const store: Store = { ...world.store, group: openGroup(db), settleUnchanged: openUnchanged(db) };
  const process: Process = {
    isDead: () => isDead,
    pass: () => {
      counts.activity += 1;
      if (!isDead && counts.fails && roll() < 0.02) die();
    },
    note,
    sleep: (ms) => clock.sleep(ms),
    monotonic: clock.monotonic,
  };
  const destinations = new Map(
    world.platforms.destinations(process).map((one) => [one.id, world.plant(one)]),
  );
  const never = new AbortController().signal;
  const context: Context = {
    store,
    http: httpOf(world),
    robots: { mayFetch: () => Promise.resolve({ kind: "allowed" }) },
    extractor: EXTRACTOR,
    reader: openFeedReader({ limits: config.limits }),
    clock,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    config: () => config,
    destinations: () => destinations,
    tell: null,
    cards: () => null,
    attempts: openAttempts(clock),
    signal: never,
    sendSignal: never,
  };
  const schedule = openSchedule(context);
  return { tick: () => watched(pass, schedule.tick), isDead: () => isDead };
}
