import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { accountOf } from "../../src/accounts.ts";
import type { Config } from "../../src/domain/types.ts";
import { placesOf, readInstallation } from "../../src/installation.ts";
import { nextTid } from "../../src/lib/tid.ts";
import { syncDestinations, syncSubscriptions } from "../../src/store/destinations.ts";
import { type FeedPlan, syncFeeds } from "../../src/store/feeds.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { openFolder } from "../support/app.ts";
import { databaseAt, query, startPostgres } from "../support/postgres.ts";

const PROCESSES = [1, 2, 4] as const;
const FEEDS = 2_000;
const DESTINATIONS = 32;
const EACH = 10;
const SHARER = fileURLToPath(new URL("sharer.ts", import.meta.url));

type Rates = { readonly claims: number; readonly deliveries: number };

const ids = Array.from({ length: DESTINATIONS }, (_, n) => `${1_190_000_000_000_000_300n + BigInt(n)}`);
const YAML = `
feeds:
  - url: https://quay.example/0
    every: 1 hour
    post_to:
${ids.map((id) => `      - { discord: "${id}", wait: 0, spacing: 0, overflow: off }`).join("\n")}
`;

/** A store with feeds that are due, and with posts that wait for every destination. */
async function fill(store: Store, config: Config): Promise<void> {
  const now = Date.now();
  const [feed] = config.feeds;
  if (feed === undefined) throw new Error("the bench's config has no feed");
  const plans = Array.from({ length: FEEDS }, (_, n): FeedPlan => ({
    feed: { ...feed, url: `https://quay.example/${n}` },
    firstDue: now - 1000,
    nextDue: now,
  }));
  await syncFeeds(store, plans, now);
  await syncDestinations(store, config.destinations, accountOf, now);
  await syncSubscriptions(store, config.subscriptions, now);
  const { id: feedId } = await store.db.selectFrom("feeds").select("id").limit(1).executeTakeFirstOrThrow();
  let last: string | null = null;
  for (let n = 0; n < EACH; n += 1) {
    const key = nextTid(now, last);
    last = key;
    const link = `https://quay.example/story-${n}`;
    const article = JSON.stringify({ ...ARTICLE, url: link, title: `Story ${n}` });
    await store.db
      .insertInto("entries")
      .values({
        id: key,
        feedId,
        title: `Story ${n}`,
        link,
        source: "{}",
        firstSeenAt: now,
        listedAt: now,
        state: "ready",
        backfill: 0,
        released: "[]",
        attempt: 0,
        dueAt: now,
        article,
      })
      .execute();
    await store.db
      .insertInto("deliveries")
      .values(
        config.destinations.map(({ id }) => ({
          destinationId: id,
          key,
          entryId: key,
          state: "pending" as const,
          createdAt: now,
          dueAt: now,
          expiresAt: now + 86_400_000,
          attempt: 0,
          settled: 0,
          undo: 0 as const,
          alone: 0 as const,
          withoutImage: 0 as const,
        })),
      )
      .execute();
  }
  await store.db.updateTable("destinations").set({ dueAt: now }).execute();
}

const ARTICLE = {
  pageUrl: null,
  canonicalUrl: null,
  description: null,
  firstSentences: null,
  text: "The harbour office said so.",
  keyPoints: { points: ["The quay reopens on Monday."], origin: null, label: null },
  language: "en",
  image: null,
  author: null,
  categories: [],
  siteName: null,
  siteUrl: null,
  siteIconUrl: null,
  published: null,
  source: "feed",
};

type Sharer = {
  readonly lines: AsyncIterator<string>;
  readonly go: () => void;
  readonly ended: Promise<unknown>;
};

function startSharer(folder: string, location: string): Sharer {
  const child = spawn(process.execPath, [SHARER, folder, location], { stdio: ["pipe", "pipe", "inherit"] });
  const lines: Interface = createInterface({ input: child.stdout });
  return {
    lines: lines[Symbol.asyncIterator](),
    go: () => child.stdin.write("go\n"),
    ended: once(child, "exit"),
  };
}

const line = async ({ lines }: Sharer): Promise<string> => String((await lines.next()).value);

/** All begin at once; so much was done a second until the last one found nothing more. */
async function together(sharers: readonly Sharer[], wanted: number): Promise<number> {
  await Promise.all(sharers.map(line));
  const began = performance.now();
  sharers.forEach(({ go }) => go());
  const counts = (await Promise.all(sharers.map(line))).map(Number);
  const seconds = (performance.now() - began) / 1000;
  const done = counts.reduce((sum, count) => sum + count, 0);
  if (done !== wanted) throw new Error(`${done} of ${wanted} were done`);
  return done / seconds;
}

async function measure(location: string, processes: number): Promise<Rates> {
  await using folder = await openFolder();
  const file = join(folder.path, "bulletin.yaml");
  await writeFile(file, YAML);
  const place = location === "" ? join(folder.path, "bench.db") : location;
  const { config } = await readInstallation(placesOf({}, folder.path, file, folder.path), {});
  {
    await using store = await openStore(place);
    await fill(store, config);
  }
  const sharers = Array.from({ length: processes }, () => startSharer(folder.path, place));
  const claims = await together(sharers, FEEDS);
  const deliveries = await together(sharers, DESTINATIONS * EACH);
  await Promise.all(sharers.map(({ ended }) => ended));
  return { claims, deliveries };
}

/**
 * Claims of feeds (in lots of 64, as the schedule takes them) and deliveries a second, with so many processes on each
 * engine, and how they grow. A platform that answers at once stands behind the deliveries: what is measured is ours.
 */
export async function benchMachines(print: (text: string) => void): Promise<void> {
  await using postgres = await startPostgres({ durable: true });
  print("".padEnd(34) + PROCESSES.map((n) => `${n} process${n === 1 ? "" : "es"}`.padStart(20)).join(""));
  for (const engine of ["SQLite", "PostgreSQL"] as const) {
    if (engine === "PostgreSQL" && postgres === null) continue;
    const all: Rates[] = [];
    for (const n of PROCESSES) {
      const name = `bench_${n}`;
      if (postgres !== null && engine === "PostgreSQL") await query(postgres.url, `create database ${name}`);
      const at = engine === "SQLite" || postgres === null ? "" : databaseAt(postgres.url, name);
      all.push(await measure(at, n));
    }
    for (const what of ["claims", "deliveries"] as const)
      print(
        `${engine}, ${what} a second`.padEnd(34) +
          all
            .map(
              (rates) => `${rates[what].toFixed(0)} (${(rates[what] / (all[0]?.[what] ?? 1)).toFixed(1)}x)`,
            )
            .map((cell) => cell.padStart(20))
            .join(""),
      );
  }
}
