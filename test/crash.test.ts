import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../src/store/open.ts";
import type { Bot } from "./support/bot.ts";
import { CHANNELS, type Desk, ONCE, type Tally, cardOf, openDesk, sameTally } from "./support/desk.ts";
import type { Fault as DiscordFault } from "./support/discord/faults.ts";
import { type Fault as PdsFault, type TestPds, openPds } from "./support/pds.ts";
import { until } from "./support/until.ts";
import type { Story } from "./support/wordpress.ts";

/**
 * The bot is killed (SIGKILL) again and again while articles keep appearing and both platforms lose answers; then one
 * process runs in peace, and what stands on both platforms is counted. CRASH_SEED repeats the choices of a run (not
 * its timing), CRASH_KILLS sets how many kills there are.
 */
const KILLS = Number(process.env["CRASH_KILLS"] ?? 30);
const SEED = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);
/** Longer than any round waits for its moment; then the kill comes all the same. */
const PATIENCE = 3_500;
const TIMING =
  "request: 1500ms, lease: 2500ms, grace: 2 seconds, nonce_window: 2 seconds, max_retry: 1 second";
/** The platform forgets a nonce so soon that the next process must look for itself. */
const NONCE_KNOWN = 3_000;

let pds: TestPds;

beforeAll(async () => {
  pds = await openPds();
});
afterAll(() => pds[Symbol.asyncDispose]());

/** Mulberry32: the same choices for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What the kill waits for; "start" waits for nothing. */
const MOMENTS = ["start", "feed", "page", "create", "crosspost", "uploadBlob", "putRecord"] as const;
type Moment = (typeof MOMENTS)[number];

const DISCORD_FAULTS: readonly DiscordFault[] = [
  { kind: "created-then-500" },
  { kind: "created-then-cut" },
  { kind: "created-then-hang" },
  { kind: "created-then-half" },
  { kind: "slow", ms: 300 },
  { kind: "cut" },
  { kind: "5xx", status: 502 },
  { kind: "429", scope: "user", retryAfter: 0.3 },
];
const PDS_FAULTS: readonly PdsFault[] = [
  { kind: "cut after" },
  { kind: "answer after", status: 500 },
  { kind: "cut before" },
  { kind: "hang" },
  { kind: "answer", status: 503 },
];

type Round = {
  readonly moment: Moment;
  /** How long after the moment the kill comes. */
  readonly delay: number;
  /** Articles that appear before the start, and while it runs. */
  readonly before: number;
  readonly during: number;
  readonly discord: DiscordFault | null;
  readonly pds: PdsFault | null;
};

function roundsOf(seed: number): readonly Round[] {
  const roll = dice(seed);
  const below = (n: number): number => Math.floor(roll() * n);
  return Array.from({ length: KILLS }, () => {
    const moment = MOMENTS[below(MOMENTS.length)] ?? "start";
    return {
      moment,
      delay: moment === "start" ? below(2_000) : below(40),
      before: below(3),
      during: 1 + below(2),
      discord: roll() < 0.4 ? (DISCORD_FAULTS[below(DISCORD_FAULTS.length)] ?? null) : null,
      pds: roll() < 0.4 ? (PDS_FAULTS[below(PDS_FAULTS.length)] ?? null) : null,
    };
  });
}

/** How often the bot was seen at a moment. */
function seen({ site, discord, proxy }: Desk, moment: Moment): number {
  switch (moment) {
    case "start":
      return 0;
    case "feed":
      return site.visits("feed");
    case "page":
      return site.visits("page");
    case "create":
    case "crosspost":
      return discord.requests().filter((request) => request.route === moment).length;
    case "uploadBlob":
    case "putRecord":
      return proxy.calls.filter((method) => method === moment).length;
  }
}

/** One life of the bot: it starts, articles appear, and at its moment it is killed. */
async function live(desk: Desk, round: Round, publish: () => void): Promise<void> {
  if (round.discord !== null) desk.discord.fault("create", round.discord);
  if (round.pds !== null) desk.proxy.fail("putRecord", round.pds);
  for (let n = 0; n < round.before; n++) publish();
  const before = seen(desk, round.moment);
  await using bot = desk.installation.run();
  for (let n = 0; n < round.during; n++) publish();
  if (round.moment !== "start")
    await until(round.moment, () => seen(desk, round.moment) > before, {
      deadline: PATIENCE,
      every: 2,
    }).catch(() => null);
  await pause(round.delay);
  await bot.kill();
}

/** Everything is posted everywhere; what is missing in vain is told with the bot's last words. */
async function allPosted(desk: Desk, stories: readonly Story[], bot: Bot): Promise<void> {
  const done = async () => (await desk.tallies(stories)).every((tally) => atLeastOnce(tally));
  await until("every article stood everywhere", done, { deadline: 40_000, every: 250 }).catch(() => null);
  if (!(await done())) process.stdout.write(`${bot.log().slice(-4_000)}\n`);
}

const atLeastOnce = (tally: Tally): boolean => Object.values(tally).every((count) => count > 0);

/** The addresses of the articles in the order in which each place got them. */
async function ordersOf(desk: Desk): Promise<Readonly<Record<string, readonly string[]>>> {
  const inChannel = (id: string) => desk.discord.messages(id).map((message) => message.embeds[0]?.url ?? "");
  const created = (value: unknown) => (value as { readonly createdAt: string }).createdAt;
  const records = [...(await desk.records())].toSorted((a, b) =>
    created(a.value) < created(b.value) ? -1 : 1,
  );
  return {
    [`discord:${CHANNELS.text}`]: inChannel(CHANNELS.text),
    [`discord:${CHANNELS.announcement}`]: inChannel(CHANNELS.announcement),
    [`bluesky:${desk.account.handle}`]: records.map((record) => cardOf(record) ?? ""),
  };
}

/** The order that the outbox gave them: by their keys. */
async function ordersWanted({ installation }: Desk): Promise<Readonly<Record<string, readonly string[]>>> {
  await using store = await openStore(installation.store);
  const rows = await store.db
    .selectFrom("deliveries")
    .innerJoin("entries", "entries.id", "deliveries.entryId")
    .select(["deliveries.destinationId", "entries.link"])
    .where("deliveries.state", "=", "sent")
    .orderBy("deliveries.key")
    .execute();
  const grouped = Object.groupBy(rows, (row) => row.destinationId);
  return Object.fromEntries(
    Object.entries(grouped).map(([id, group]) => [id, (group ?? []).map((row) => row.link ?? "")]),
  );
}

test(
  `killed ${KILLS} times at random moments (seed ${SEED}), the bot loses nothing, doubles nothing, and keeps the order`,
  { timeout: 240_000 },
  async () => {
    await using desk = await openDesk(pds, {
      timing: TIMING,
      discord: { limits: null, nonceWindow: NONCE_KNOWN },
    });
    const stories: Story[] = [];
    const publish = (): void => {
      stories.push(desk.site.publish({ title: `Item ${stories.length + 1} on the harbour council's list` }));
    };
    desk.site.publish({ title: "Old bell rehung at the chapel", published: Date.now() - 3_600_000 });
    await using first = desk.installation.run();
    await until("the feed is known", () => desk.site.visits("unchanged") > 0);
    await first.kill();

    for (const round of roundsOf(SEED)) await live(desk, round, publish);
    await using last = desk.installation.run();
    publish();
    await allPosted(desk, stories, last);
    const ending = await last.stop();

    const tallies = await desk.tallies(stories);
    const counts = tallies.flatMap(({ text, announcement, bluesky }) => [text, announcement, bluesky]);
    const lost = counts.filter((count) => count === 0).length;
    const doubled = counts.filter((count) => count > 1).length;
    const posts = counts.reduce((sum, count) => sum + count, 0);
    const looks = desk.discord.requests().filter((request) => request.route === "history").length;
    process.stdout.write(
      `crash: seed ${SEED}, ${KILLS} kills, ${stories.length} articles, ${posts} posts, ${lost} lost, ${doubled} doubled, ${looks} times looked for\n`,
    );
    expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    expect(tallies.filter((tally) => !sameTally(tally, ONCE))).toEqual([]);
    expect(await ordersOf(desk)).toEqual(await ordersWanted(desk));
    expect(ending).toEqual({ code: 0, signal: null });
  },
);
