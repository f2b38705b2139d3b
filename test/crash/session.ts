import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Bot, Preload } from "../support/bot.ts";
import { CHANNELS, type Desk, NOWHERE, ONCE, openDesk, type Tally } from "../support/desk.ts";
import type { TestPds } from "../support/pds.ts";
import { until } from "../support/until.ts";
import type { Story } from "../support/wordpress.ts";
import { heldEntries, orderOf, type Places, sentKeys, wantedOrders } from "./oracle.ts";
import { type Dice, dice, drawRound, type Round } from "./round.ts";

/** The bot's own times, a hundredth of what they usually are. */
const TIMING =
  "request: 1500ms, lease: 2500ms, grace: 2 seconds, nonce_window: 2 seconds, max_retry: 1 second";
/** Discord forgets a nonce so soon that the next process must look for itself. */
const NONCE_KNOWN = 3_000;
/** Longer than any round waits for its point; then the kill comes all the same. */
const PATIENCE = 3_500;
/** A process that stands still for so long has lost every lease. */
const FROZEN = 3_500;
const POINTS = fileURLToPath(new URL("points.ts", import.meta.url));

/** What a run of rounds came to; every number but the first five must be 0. */
export type Figures = {
  readonly rounds: number;
  readonly articles: number;
  readonly posts: number;
  /** Rounds that ended at their named point, and deliveries that were in doubt at a start. */
  readonly hits: number;
  readonly doubts: number;
  /** For a human to decide. */
  readonly held: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly resurrected: number;
};

export const NO_FIGURES: Figures = {
  rounds: 0,
  articles: 0,
  posts: 0,
  hits: 0,
  doubts: 0,
  held: 0,
  lost: 0,
  doubled: 0,
  outOfOrder: 0,
  resurrected: 0,
};

export const sumOf = (one: Figures, other: Figures): Figures =>
  Object.fromEntries(
    Object.entries(one).map(([name, value]) => [name, value + other[name as keyof Figures]]),
  ) as Figures;

type Expected = Map<Story, Tally>;
type Session = {
  readonly desk: Desk;
  readonly roll: Dice;
  readonly expected: Expected;
  readonly publish: () => void;
  readonly counts: { hits: number; doubts: number };
};

/**
 * One store, one site, one Discord, one account: so many lives of the bot, each with its faults and its end; then one
 * in peace, and what stands on both platforms is counted. The same seed draws the same rounds (not their timing).
 */
export async function crashSession(pds: TestPds, seed: number, rounds: number): Promise<Figures> {
  await using desk = await openDesk(pds, {
    timing: TIMING,
    discord: { limits: null, nonceWindow: NONCE_KNOWN },
  });
  const expected: Expected = new Map();
  const publish = (): void => {
    const title = `Item ${expected.size + 1} on the harbour council's list`;
    expected.set(desk.site.publish({ title }), ONCE);
  };
  const session = { desk, roll: dice(seed), expected, publish, counts: { hits: 0, doubts: 0 } };
  await firstPoll(session);
  for (let n = 0; n < rounds; n += 1) await live(session, drawRound(session.roll));
  const log = await peace(session);
  const figures = await figuresOf(session, rounds);
  if (isBad(figures))
    process.stdout.write(`seed ${seed}: ${JSON.stringify(figures)}\n${log.slice(-6_000)}\n`);
  else for (const reason of await heldEntries(desk)) process.stdout.write(`seed ${seed}: held: ${reason}\n`);
  return figures;
}

export const isBad = ({ lost, doubled, outOfOrder, resurrected }: Figures): boolean =>
  lost + doubled + outOfOrder + resurrected > 0;

/** The store is made, killed in the middle of that as often as not; the first poll posts nothing. */
async function firstPoll({ desk, roll }: Session): Promise<void> {
  desk.site.publish({ title: "Old bell rehung at the chapel", published: Date.now() - 3_600_000 });
  if (roll() < 0.5) {
    const point = `${roll() < 0.5 ? "before" : "after"} commit#${1 + Math.floor(roll() * 8)}`;
    await using made = desk.installation.run(preload({ CRASH_POINT: point }));
    await Promise.race([made.ended, pause(PATIENCE)]);
  }
  const first = desk.installation.run();
  await until("the feed is known", () => desk.site.visits("unchanged") > 0);
  await first.kill();
}

const preload = (env: Readonly<Record<string, string>>): Preload => ({ module: POINTS, env });

/** One life of the bot: it starts, articles appear, and it ends as the round says. */
async function live(session: Session, round: Round): Promise<void> {
  const { desk, publish, counts } = session;
  for (const [route, fault] of round.discord) desk.discord.fault(route, fault);
  for (const [method, fault] of round.pds) desk.proxy.fail(method, fault);
  for (let n = 0; n < round.before; n += 1) publish();
  if (round.deed !== null) await deed(session, round.deed);
  counts.doubts += (await sentKeys(desk)).inDoubt;
  await using bot = desk.installation.run(preload(variablesOf(round)));
  for (let n = 0; n < round.during; n += 1) publish();
  await endOf(session, bot, round);
}

function variablesOf({ ending, disk, clock, checkpoints }: Round): Readonly<Record<string, string>> {
  return {
    ...(ending.kind === "point" ? { CRASH_POINT: `${ending.point}#${ending.nth}` } : {}),
    ...(disk === null ? {} : { CRASH_DISK: disk }),
    ...(clock === null ? {} : { CRASH_CLOCK: clock }),
    ...(checkpoints ? { CRASH_CHECKPOINT: "1" } : {}),
  };
}

async function endOf({ desk, counts }: Session, bot: Bot, { ending }: Round): Promise<void> {
  switch (ending.kind) {
    case "point": {
      const ended = await Promise.race([bot.ended, pause(PATIENCE, null)]);
      if (ended?.signal === "SIGKILL") counts.hits += 1;
      break;
    }
    case "random":
      await pause(400 + ending.delay);
      break;
    case "reload":
      await pause(900);
      await desk.installation.writeConfig(desk.config(`# changed at ${Date.now()}`));
      await pause(ending.delay);
      break;
    case "freeze": {
      await pause(500 + ending.delay);
      bot.freeze();
      await using second = desk.installation.run();
      await pause(FROZEN);
      bot.thaw();
      await pause(500);
      await second.kill();
    }
  }
  await bot.kill();
}

/** Takes back an article, or deletes one of its posts as a moderator would: neither ever comes back. */
async function deed({ desk, roll, expected }: Session, kind: NonNullable<Round["deed"]>): Promise<void> {
  const stories = [...expected].filter(([, tally]) => tally === ONCE).map(([story]) => story);
  const story = stories[Math.floor(roll() * stories.length)];
  if (story === undefined) return;
  const link = desk.site.link(story);
  if (kind === "undo") {
    const { code } = await desk.installation.command("undo", link);
    if (code === 0) expected.set(story, NOWHERE);
    return;
  }
  const { settled } = await sentKeys(desk);
  const place = kind === "delete the message" ? CHANNELS.text : desk.account.handle;
  const ref = settled.find((row) => row.link === link && row.destinationId.endsWith(place))?.refId;
  if (ref === undefined || ref === null) return;
  if (kind === "delete the message") desk.discord.remove(ref);
  else await desk.account.owner.deletePost(ref);
  expected.set(story, { ...ONCE, ...(kind === "delete the message" ? { text: 0 } : { bluesky: 0 }) });
}

/** Whatever an admin must mend is mended, and one process runs until all that is expected stands. */
async function peace({ desk, expected, publish }: Session): Promise<string> {
  desk.discord.mend();
  desk.proxy.mend();
  await using last = desk.installation.run();
  for (const name of ["newsroom", "wire", "sky"]) await desk.installation.command("resume", name);
  publish();
  const isThere = async () => {
    const tallies = await desk.tallies([...expected.keys()]);
    return [...expected.values()].every((want, n) => areEqual(tallies[n], want));
  };
  await until("all stands as expected", isThere, { deadline: 60_000, every: 250 }).catch(() => null);
  // What comes back, comes back late.
  await pause(3_000);
  await last.stop();
  return last.log();
}

const areEqual = (one: Tally | undefined, other: Tally): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

async function figuresOf({ desk, expected, counts }: Session, rounds: number): Promise<Figures> {
  const stories = [...expected.keys()];
  const wanted = [...expected.values()].flatMap((tally) => Object.values(tally));
  const stand = (await desk.tallies(stories)).flatMap((tally) => Object.values(tally));
  const places: Places = await orderOf(desk);
  const held = (await sentKeys(desk)).held + (await heldEntries(desk)).length;
  const missing = wanted.filter((want, n) => want > (stand[n] ?? 0)).length;
  return {
    ...NO_FIGURES,
    ...counts,
    rounds,
    articles: stories.length,
    posts: Object.values(places).reduce((sum, links) => sum + links.length, 0),
    held,
    // A post that is held is missing in its place (and, where it would have been published, twice).
    lost: held > 0 ? 0 : missing,
    doubled: wanted.filter((want, n) => want === 1 && (stand[n] ?? 0) > 1).length,
    outOfOrder: outOfOrder(places, await wantedOrders(desk)),
    resurrected: wanted.filter((want, n) => want === 0 && (stand[n] ?? 0) > 0).length,
  };
}

/** How many posts stand before one whose key is earlier. */
function outOfOrder(stand: Places, wanted: Places): number {
  return Object.entries(stand).reduce((sum, [place, links]) => {
    const ranks = links.map((link) => (wanted[place] ?? []).indexOf(link)).filter((rank) => rank >= 0);
    return sum + ranks.filter((rank, n) => n > 0 && rank < (ranks[n - 1] ?? 0)).length;
  }, 0);
}

/** So many rounds, in sessions of this size; `onSession` hears of each. */
export async function crashRounds(
  pds: TestPds,
  options: {
    readonly rounds: number;
    readonly seed: number;
    readonly perSession: number;
    readonly onSession: (figures: Figures, seed: number) => void;
  },
): Promise<Figures> {
  let all = NO_FIGURES;
  for (let n = 0; all.rounds < options.rounds; n += 1) {
    const seed = options.seed + n;
    const rounds = Math.min(options.perSession, options.rounds - all.rounds);
    const figures = await crashSession(pds, seed, rounds);
    options.onSession(figures, seed);
    all = sumOf(all, figures);
  }
  return all;
}

/** The upper 95 % bound of a rate of which none was seen in n. */
export const boundOf = (n: number): number => 1 - 0.05 ** (1 / n);
