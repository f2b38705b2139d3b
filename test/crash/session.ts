import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { requestUndo } from "../../src/store/deliveries.ts";
import { listDestinations, resumeDestination } from "../../src/store/destinations.ts";
import { dropEntry } from "../../src/store/entries.ts";
import { openStore } from "../../src/store/open.ts";
import type { Bot, Standby } from "../support/bot.ts";
import {
  CHANNELS,
  type Desk,
  type DeskOptions,
  NOWHERE,
  ONCE,
  openDesk,
  sameTally,
  type Tally,
} from "../support/desk.ts";
import type { TestPds } from "../support/pds.ts";
import { until } from "../support/until.ts";
import { readStore, standing } from "./look.ts";
import { type Expected, readDeliveries } from "./oracle.ts";
import type { Plan } from "./plan.ts";
import { type Dice, dice, LOSSY, lossy, type Round } from "./round.ts";

/**
 * The bot's own times, a hundredth of what they usually are; not so the deadline of a request, as a busy machine may
 * need a second for one, and what must be longer than a request is: the lease, the grace, and how long a nonce is known.
 */
const LEASE = 3_000;
const TIMING = `lease: ${LEASE}ms, request: 2 seconds, grace: 2200ms, nonce_window: 600ms, max_retry: 1 second`;
/** In peace a login may take as long as it likes: no more than ten a day are made. */
const PATIENT = "lease: 2 minutes, request: 1 minute, max_retry: 1 second";
/** The window and a request. */
export const NONCE_KNOWN = 2_700;
/** A process that stands still for so long has lost its lease, and another one has worked meanwhile. */
export const FROZEN_FOR = LEASE + 2_000;
/** Longer than any round waits for its point; then the kill comes all the same. */
const PATIENCE = 12_000;
/** What is not done by then is lost. */
const AT_LAST = 300_000;
/** Where nothing is left to do, all stands, or is lost. */
const DONE = 10_000;
/** What comes back, comes back late: longer than a request takes. */
const LATE = 2_500;
const STANDBY = fileURLToPath(new URL("standby.ts", import.meta.url));

/** One store, one site, one Discord, one account, and what was published so far. */
export type Session = {
  readonly desk: Desk;
  readonly roll: Dice;
  readonly expected: Expected;
  readonly counts: { rounds: number; doubts: number };
  readonly marks: string;
  /** When each process began, and what it was to meet. */
  readonly lives: readonly string[];
  readonly mark: (what: string) => void;
  readonly publish: () => void;
  /** Begins a life with this plan; the next process is loaded meanwhile. */
  readonly begin: (plan: Partial<Plan>) => Promise<Bot>;
};

const NOTHING: Omit<Plan, "marks" | "engine"> = {
  point: null,
  nth: 1,
  depth: 0,
  disk: null,
  clock: null,
  checkpoints: false,
};

/** Opens a session; the same seed draws the same rounds (not their timing). */
export async function openSession(
  pds: TestPds,
  seed: number,
  options: Omit<DeskOptions, "timing" | "discord"> = {},
): Promise<Session & AsyncDisposable> {
  const desk = await openDesk(pds, {
    ...options,
    timing: TIMING,
    discord: { limits: null, nonceWindow: NONCE_KNOWN },
  });
  const expected: Expected = new Map();
  const marks = join(desk.installation.folder, "marks");
  const engine = options.database === undefined ? "sqlite" : "postgres";
  const lives: string[] = [];
  let next: Standby = desk.installation.standby(STANDBY);
  desk.site.publish({ title: "Old bell rehung at the chapel", published: Date.now() - 3_600_000 });
  return {
    desk,
    expected,
    lives,
    marks,
    roll: dice(seed),
    counts: { rounds: 0, doubts: 0 },
    mark: (what) => appendFileSync(marks, `${what}\n`),
    publish: () => {
      const title = `Item ${expected.size + 1} on the harbour council's list`;
      expected.set(desk.site.publish({ title }), ONCE);
    },
    begin: async (plan) => {
      lives.push(`${Date.now()} begins: ${JSON.stringify(plan)}`);
      const ready = next;
      next = desk.installation.standby(STANDBY);
      return await ready.begin({ ...NOTHING, engine, marks, ...plan });
    },
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  };
}

/** In peace: the first poll posts nothing; then the bot logs in and posts one article. */
export async function firstLife(session: Session): Promise<void> {
  const { desk, begin, publish } = session;
  await desk.installation.writeConfig(desk.config().replace(TIMING, PATIENT));
  await using first = await begin({});
  const begun = async (): Promise<void> => {
    await until("the feed is known", () => desk.site.visits("unchanged") > 0, { deadline: AT_LAST });
    publish();
    await allStands(session);
  };
  await begun().catch((error: unknown) => {
    throw new Error(`${String(error)}\n${first.log().slice(-3_000)}`);
  });
  await first.stop();
  await desk.installation.writeConfig(desk.config());
}

/** Waits until nothing is left to do, and all stands as expected; throws when it does not. */
async function allStands(session: Session): Promise<void> {
  const { desk } = session;
  const isDone = async (): Promise<boolean> => {
    if (((await standing(desk))?.stopped ?? 0) > 0) await mendAccounts(desk);
    return await isIdle(session);
  };
  await until("nothing is left to do", isDone, { deadline: AT_LAST, every: 250 });
  await until("all stands as expected", () => standsAll(session), { deadline: DONE, every: 500 });
}

async function standsAll({ desk, expected }: Session): Promise<boolean> {
  const tallies = await desk.tallies([...expected.keys()]);
  return [...expected.values()].every((want, n) => {
    const there = tallies[n];
    return there !== undefined && sameTally(there, want);
  });
}

/** Whether a running process knows all that was published, and has nothing left to do. */
async function isIdle({ desk, expected }: Session): Promise<boolean> {
  const now = await standing(desk);
  // One more article was there before the first poll.
  return now !== null && now.waiting === 0 && now.known > expected.size;
}

/** Waits until the process has ended, or has had nothing to do for so long, or for as long as any round waits. */
export async function endOrRest(session: Session, bot: Bot, rest: number): Promise<void> {
  const over = { isOver: false };
  void bot.ended.then(() => (over.isOver = true));
  const began = performance.now();
  let busy = began;
  for (
    let now = began;
    !over.isOver && now - began < PATIENCE && now - busy < rest;
    now = performance.now()
  ) {
    await Promise.race([bot.ended, pause(200)]);
    if (!over.isOver && !(await isIdle(session))) busy = performance.now();
  }
}

/** Lines up what will fail, and publishes what the bot finds at its start. */
export async function prepareRound(session: Session, round: Round): Promise<void> {
  const { desk, publish, counts, roll } = session;
  const stopped = await readStore(desk, listDestinations);
  if (stopped.some(({ state }) => state === "stopped")) await mendAccounts(desk);
  // What was not met yet may fail in the next life, as after a longer outage; but it must not pile up.
  if (roll() < 0.5) mendPlatforms(desk);
  for (const [route, fault] of round.discord) desk.discord.fault(route, fault);
  for (const [method, fault] of round.pds) desk.proxy.fail(method, fault);
  if (round.isLossy) loseAnswers(session, roll);
  for (let n = 0; n < round.before; n += 1) publish();
  if (round.deed !== null) await deed(session, round.deed);
  counts.rounds += 1;
  const rows = await readStore(desk, readDeliveries);
  counts.doubts += rows.filter((row) => row.state === "pending" && row.attempt > row.settled).length;
}

function mendPlatforms({ discord, proxy }: Desk): void {
  discord.mend();
  proxy.mend();
}

const LOSING = ["create", "crosspost", "history", "delete", "createThread", "deleteThread"] as const;

function loseAnswers({ desk, mark }: Session, roll: Dice): void {
  for (const route of LOSING)
    for (const fault of lossy(roll, { kind: "created-then-cut" } as const, { kind: "none" } as const))
      desk.discord.fault(route, fault);
  for (const method of ["putRecord", "uploadBlob", "deleteRecord"])
    desk.proxy.fail(method, ...lossy(roll, { kind: "cut after" } as const, { kind: "none" } as const));
  mark(LOSSY);
}

/** An admin reads that an account was stopped, and sets it going again. */
async function mendAccounts({ store: location }: Desk): Promise<void> {
  await using store = await openStore(location);
  for (const row of await listDestinations(store))
    if (row.state === "stopped") await resumeDestination(store, row.id, Date.now());
}

/** Takes back an article, or deletes one of its posts as a moderator would: neither ever comes back. */
async function deed({ desk, roll, expected }: Session, kind: NonNullable<Round["deed"]>): Promise<void> {
  const stories = [...expected].filter(([, tally]) => sameTally(tally, ONCE)).map(([story]) => story);
  const story = stories[Math.floor(roll() * stories.length)];
  if (story === undefined) return;
  const link = desk.site.link(story);
  if (kind === "undo") {
    if (await takeBack(desk, link)) expected.set(story, NOWHERE);
    return;
  }
  const [place, name] = {
    "delete the message": [CHANNELS.text, "text"],
    "delete the thread": [CHANNELS.forum, "forum"],
    "delete the record": [desk.account.handle, "bluesky"],
  }[kind] as [string, keyof Tally];
  const settled = (await readStore(desk, readDeliveries)).filter(
    (row) => row.state === "sent" && row.undo === 0,
  );
  const ref = settled.find((row) => row.link === link && row.destinationId.endsWith(place))?.refId;
  if (ref === undefined || ref === null) return;
  if (kind === "delete the message") desk.discord.remove(ref);
  else if (kind === "delete the thread") desk.discord.removeThread(ref);
  else await desk.account.owner.deletePost(ref);
  expected.set(story, { ...ONCE, [name]: 0 });
}

/**
 * Writes what `bulletin undo` writes while a bot runs, which then does it. Without one the command would itself do all
 * that waits. False: the bot does not know the article yet.
 */
async function takeBack({ store: location }: Desk, link: string): Promise<boolean> {
  await using store = await openStore(location);
  const entry = await store.db.selectFrom("entries").select("id").where("link", "=", link).executeTakeFirst();
  if (entry === undefined) return false;
  await dropEntry(store, entry.id, "undone by an admin", Date.now());
  await requestUndo(store, entry.id, Date.now());
  return true;
}

/** Whatever an admin must mend is mended, and one process runs until all that is expected stands; gives its log. */
export async function peace(session: Session): Promise<string> {
  const { desk, publish, begin } = session;
  mendPlatforms(desk);
  publish();
  await using last = await begin({});
  await allStands(session).catch(() => null);
  await pause(LATE);
  await last.stop();
  return last.log();
}
