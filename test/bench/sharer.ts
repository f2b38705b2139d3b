// One of the processes that the bench lets share a store: sharer.ts FOLDER STORE. Says that it is ready, begins at a
// word, and prints how much it did: first claims of feeds, then deliveries to destinations that answer at once.
import { join } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { openFeedReader } from "../../src/feeds/reader.ts";
import { placesOf, readInstallation } from "../../src/installation.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openAttempts } from "../../src/pipeline/attempts.ts";
import type { Context } from "../../src/pipeline/context.ts";
import { openSchedule } from "../../src/pipeline/schedule.ts";
import { claimFeeds } from "../../src/store/feeds.ts";
import { openStore } from "../../src/store/open.ts";
import { scripted } from "../support/scripted.ts";

const [, , folder = "", location = ""] = process.argv;
/** As many as the schedule takes at once. */
const AT_ONCE = 64;

const file = join(folder, "bulletin.yaml");
const { config } = await readInstallation(placesOf({}, folder, file, folder), {});
await using store = await openStore(location);
const destinations = new Map(config.destinations.map(({ id }) => [id, scripted(id)]));
const unused = () => Promise.reject(new Error("unused"));
const context: Context = {
  store,
  http: { get: unused, post: unused, fetch: unused, [Symbol.asyncDispose]: async () => {} },
  robots: { mayFetch: () => Promise.resolve({ kind: "allowed" }) },
  extractor: { articleFromPage: unused, articleFromEntry: unused, [Symbol.asyncDispose]: async () => {} },
  reader: openFeedReader({ limits: config.limits }),
  clock: systemClock,
  log: {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (message) => void process.stderr.write(`${message}\n`),
  },
  config: () => config,
  destinations: () => destinations,
  tell: null,
  cards: () => null,
  attempts: openAttempts(systemClock),
  signal: new AbortController().signal,
  sendSignal: new AbortController().signal,
};

/** Claims until nothing is left. */
async function claims(): Promise<number> {
  let count = 0;
  for (;;) {
    const rows = await claimFeeds(store, systemClock.now(), 600_000, AT_ONCE);
    count += rows.length;
    if (rows.length === 0) return count;
  }
}

async function deliveries(): Promise<number> {
  await openSchedule(context).pass();
  return [...destinations.values()].reduce((sum, { sends }) => sum + sends.length, 0);
}

const lines = createInterface({ input: process.stdin });
const begin = async (work: () => Promise<number>): Promise<void> => {
  process.stdout.write("ready\n");
  await once(lines, "line");
  process.stdout.write(`${await work()}\n`);
};
await begin(claims);
await begin(deliveries);
lines.close();
