import { fileURLToPath } from "node:url";
import type { Millis, ParsedEntry } from "../../src/domain/types.ts";
import { LEAST_GAP, nextPollAt } from "../../src/feeds/cadence.ts";
import { rhythmOf } from "../../src/feeds/rhythm.ts";
import { POLL_INTERVAL, POLL_LEAST, POLL_MOST } from "../../src/config/defaults.ts";

/**
 * How long posts wait for their poll when each feed is asked in its own rhythm, beside a fixed interval that costs the
 * same number of requests. Every feed is simulated by itself, over four weeks, after a year that fills its list.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BEGIN = Date.UTC(2026, 5, 1);
const START = BEGIN - 364 * DAY;
const END = BEGIN + 28 * DAY;
const LISTED = 20;

/** A kind of feed: how many of a hundred are such, how often they bring an entry, and when. */
type Kind = {
  readonly name: string;
  readonly share: number;
  /** Entries a day: the middle of their kind; single feeds lie up to three times above or below. */
  readonly perDay: number;
  /** Weight of an hour of the day and a weekday. */
  readonly weight: (hour: number, weekday: number) => number;
  /** How many entries come at one moment. */
  readonly batch: number;
  /** More entries follow each one by chance, within hours: news breaks. */
  readonly bursts?: boolean;
  /** When it fell silent for good, before the weeks that are looked at; absent: it goes on. */
  readonly diedAt?: Millis;
  /** Its entries bear no dates: there is no rhythm to see. */
  readonly undated?: boolean;
};

const always = (): number => 1;
/** In a burst four of five entries follow another one, twenty minutes later in the mean. */
const FOLLOWED = 0.8;
const BURST: Millis = 20 * MINUTE;
const isWeekend = (weekday: number): boolean => weekday === 0 || weekday === 6;
const office = (hour: number, weekday: number): number =>
  hour < 7 || hour > 19 ? 0.05 : isWeekend(weekday) ? 0.2 : 1;
const newsroom = (hour: number, weekday: number): number =>
  (hour < 6 || hour > 22 ? 0.1 : 1) * (isWeekend(weekday) ? 0.5 : 1);
const mornings = (hour: number): number => (hour === 6 ? 1 : 0);

const KINDS: readonly Kind[] = [
  { name: "agency, day and night", share: 2, perDay: 200, weight: always, batch: 1 },
  { name: "large newsroom", share: 6, perDay: 60, weight: newsroom, batch: 1 },
  { name: "small newsroom", share: 15, perDay: 8, weight: newsroom, batch: 1 },
  { name: "breaking news in bursts", share: 5, perDay: 8, weight: newsroom, batch: 1, bursts: true },
  { name: "six stories each morning", share: 5, perDay: 6, weight: mornings, batch: 6 },
  { name: "newsroom without dates", share: 4, perDay: 8, weight: newsroom, batch: 1, undated: true },
  { name: "firm or authority", share: 23, perDay: 1, weight: office, batch: 1 },
  { name: "blog", share: 25, perDay: 0.2, weight: always, batch: 1 },
  { name: "all but silent", share: 5, perDay: 0.01, weight: always, batch: 1 },
  { name: "dead for a month", share: 5, perDay: 8, weight: newsroom, batch: 1, diedAt: BEGIN - 30 * DAY },
  { name: "dead for long", share: 5, perDay: 1, weight: office, batch: 1, diedAt: BEGIN - 300 * DAY },
];

/** The same chance in every run (Park and Miller's generator). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** When a feed publishes, in order: by chance, hour by hour, as its kind is wont to. */
function publishedBy(kind: Kind, random: () => number): readonly Millis[] {
  const perDay = kind.perDay * 3 ** (2 * random() - 1);
  const week = Array.from({ length: 7 * 24 }, (_, hour) => kind.weight(hour % 24, Math.floor(hour / 24)));
  const mean = week.reduce((sum, weight) => sum + weight, 0) / 7;
  const moments: Millis[] = [];
  for (let hour = START; hour < (kind.diedAt ?? END); hour += HOUR) {
    const date = new Date(hour);
    const own = kind.bursts === true ? 1 - FOLLOWED : 1;
    const weight = kind.weight(date.getUTCHours(), date.getUTCDay()) / mean;
    // Poisson: as many as fit before e^-expected is reached.
    const enough = Math.exp(-(perDay / kind.batch) * weight * own);
    for (let left = random(); left > enough; left *= random()) {
      let moment = hour + Math.floor(random() * HOUR);
      moments.push(moment);
      while (kind.bursts === true && random() < FOLLOWED)
        moments.push((moment += Math.floor(-Math.log(random()) * BURST)));
    }
  }
  return moments.toSorted((a, b) => a - b).flatMap((moment) => Array<Millis>(kind.batch).fill(moment));
}

/** What one feed came to: how often it was asked, and how long each of its entries waited. */
type Outcome = { readonly requests: number; readonly waits: readonly Millis[] };

function simulate(
  published: readonly Millis[],
  first: Millis,
  next: (now: Millis, listed: readonly Millis[]) => Millis,
): Outcome {
  const waits: Millis[] = [];
  let requests = 0;
  let seen = published.findLastIndex((moment) => moment < BEGIN) + 1;
  for (let now = BEGIN + first; now < END;) {
    requests++;
    for (; (published[seen] ?? END) <= now; seen++) waits.push(now - (published[seen] ?? now));
    now += next(now, published.slice(Math.max(0, seen - LISTED), seen));
  }
  return { requests, waits };
}

const entryAt = (published: Millis): ParsedEntry => ({
  guid: null,
  link: null,
  title: "",
  published,
  updated: null,
  author: null,
  categories: [],
  descriptionHtml: null,
  contentHtml: null,
  image: null,
  language: null,
});

/** What the bot itself does where the admin gives no schedule and the feed no hints. */
const ownRhythm =
  ({ undated = false }: Kind) =>
  (now: Millis, listed: readonly Millis[]): Millis =>
    nextPollAt({
      now,
      schedule: { kind: "rhythm", interval: POLL_INTERVAL, least: POLL_LEAST, most: POLL_MOST },
      rhythm: undated ? null : rhythmOf(listed.map(entryAt), now),
      leastGap: LEAST_GAP,
      timezone: "UTC",
      freshness: 0,
      retryAfterMs: 0,
      updateInterval: null,
      skipHours: [],
      skipDays: [],
      failures: 0,
      firstRetry: 0,
      maxRetry: 0,
      random: () => 0.5,
      nextSlot: () => now,
    }) - now;

export type AdaptiveRow = {
  readonly name: string;
  readonly feeds: number;
  readonly posts: number;
  /** Requests per feed and day, and the mean wait of a post in minutes. */
  readonly own: { readonly requests: number; readonly wait: number };
  readonly fixed: { readonly requests: number; readonly wait: number };
};

export type AdaptiveResult = {
  /** The fixed interval that costs as many requests, in minutes. */
  readonly fixedMinutes: number;
  readonly rows: readonly AdaptiveRow[];
  readonly all: AdaptiveRow;
  /** Mean wait in one's own rhythm, as a part of that with the fixed interval. */
  readonly ratio: number;
};

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);

function figures(outcomes: readonly Outcome[]): AdaptiveRow["own"] {
  const days = (END - BEGIN) / DAY;
  return {
    requests: mean(outcomes.map(({ requests }) => requests)) / days,
    wait: mean(outcomes.flatMap(({ waits }) => waits)) / MINUTE,
  };
}

type Simulated = { readonly kind: Kind; readonly own: Outcome; readonly fixed: Outcome };

function rowOf(name: string, feeds: readonly Simulated[]): AdaptiveRow {
  const own = feeds.map((feed) => feed.own);
  return {
    name,
    feeds: feeds.length,
    posts: own.reduce((sum, { waits }) => sum + waits.length, 0),
    own: figures(own),
    fixed: figures(feeds.map((feed) => feed.fixed)),
  };
}

/** Simulates `count` feeds of the mix: first in their own rhythm, then at the interval that costs as many requests. */
export function simulateAdaptive(count = 500, seed = 7): AdaptiveResult {
  const random = dice(seed);
  const feeds = KINDS.flatMap((kind) =>
    Array.from({ length: Math.round((count * kind.share) / 100) }, () => ({
      kind,
      published: publishedBy(kind, random),
      offset: random(),
    })),
  );
  const own = feeds.map(({ kind, published, offset }) =>
    simulate(published, offset * POLL_INTERVAL, ownRhythm(kind)),
  );
  const requests = own.reduce((sum, outcome) => sum + outcome.requests, 0);
  const interval = ((END - BEGIN) * feeds.length) / requests;
  const simulated = feeds.map(({ kind, published, offset }, i) => ({
    kind,
    own: own[i] ?? { requests: 0, waits: [] },
    fixed: simulate(published, offset * interval, () => interval),
  }));
  const all = rowOf("all", simulated);
  return {
    fixedMinutes: interval / MINUTE,
    rows: KINDS.map((kind) =>
      rowOf(
        kind.name,
        simulated.filter((feed) => feed.kind === kind),
      ),
    ),
    all,
    ratio: all.own.wait / all.fixed.wait,
  };
}

/** The result as a table. */
export function adaptiveTable({ fixedMinutes, rows, all, ratio }: AdaptiveResult): string {
  const cell = (value: number): string => value.toFixed(1).padStart(12);
  const head = ["feeds", "posts", "asked a day", "wait, min", "fixed a day", "wait, min"].map((name) =>
    name.padStart(12),
  );
  return [
    `A feed's own rhythm beside one interval for all (${fixedMinutes.toFixed(1)} minutes, as many requests)`,
    `${"".padEnd(26)}${head.join("")}`,
    ...[...rows, all].map(
      ({ name, feeds, posts, own, fixed }) =>
        `${name.padEnd(26)}${String(feeds).padStart(12)}${String(posts).padStart(12)}${cell(own.requests)}${cell(own.wait)}${cell(fixed.requests)}${cell(fixed.wait)}`,
    ),
    `A post waits ${ratio.toFixed(2)} times as long as with the fixed interval.`,
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${adaptiveTable(simulateAdaptive())}\n`);
