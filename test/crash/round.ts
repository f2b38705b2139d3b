import type { Millis } from "../../src/domain/types.ts";
import type { Fault as DiscordFault } from "../support/discord/faults.ts";
import type { RouteName } from "../support/discord/routes.ts";
import type { Fault as PdsFault } from "../support/pds.ts";
import type { Plan } from "./plan.ts";

/** How a life of the bot ends. */
export type Ending =
  /** At a named point in it, the n-th time (statements.ts, requests.ts). */
  | { readonly kind: "point"; readonly point: string; readonly nth: number; readonly depth: number }
  /** By the clock, from outside. */
  | { readonly kind: "random"; readonly delay: number }
  /** It stands still (SIGSTOP) beyond its lease while a second one works, wakes, and both are killed. */
  | { readonly kind: "freeze"; readonly delay: number }
  /** Discord makes a post and the answer is lost; the bot is killed and stays down until the nonce is forgotten. */
  | { readonly kind: "away" };

/** One life of the bot: what happens in it, what fails, and how it ends. */
export type Round = {
  readonly ending: Ending;
  /** Articles that appear before it starts, and while it runs. */
  readonly before: number;
  readonly during: number;
  readonly discord: readonly (readonly [RouteName, DiscordFault])[];
  readonly pds: readonly (readonly [string, PdsFault])[];
  /** Every fifth answer of both is lost. */
  readonly isLossy: boolean;
  readonly disk: Plan["disk"];
  readonly clock: Plan["clock"];
  readonly checkpoints: boolean;
  /** What an admin or a moderator does before it starts. */
  readonly deed: (typeof DEEDS)[number] | null;
};

/** Numbers in [0, 1), the same for the same seed. */
export type Dice = () => number;

/** Mulberry32. */
export function dice(seed: number): Dice {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const DEEDS = ["undo", "delete the message", "delete the thread", "delete the record"] as const;
const CALLS = ["create", "crosspost", "createThread", "uploadBlob", "putRecord", "feed"] as const;
const STAGES = ["before", "sent", "inside the answer to", "after"] as const;
const staged = (calls: readonly string[]): readonly string[] =>
  calls.flatMap((call) => STAGES.map((stage) => `${stage} ${call}`));

const COMMITS = ["before commit", "after commit"];
const REQUESTS = staged(CALLS);
/** Passed only when something is in doubt, or is taken back. */
const LOOKING = staged(["history", "threads"]);
const UNDOING = staged(["delete", "deleteThread", "deleteRecord"]);
export const MIGRATION = "inside a migration";
export const RELOAD = "inside a reload";
export const CHECKPOINT = "inside a checkpoint";

/** Every named point. */
export const POINTS: readonly string[] = [
  ...COMMITS,
  ...REQUESTS,
  ...LOOKING,
  ...UNDOING,
  MIGRATION,
  RELOAD,
  CHECKPOINT,
];
/** Those of a process that shares a PostgreSQL. */
export const MACHINE_POINTS: readonly string[] = [...COMMITS, ...REQUESTS, ...LOOKING, ...UNDOING];

/** Passed at every poll or look, also when nothing is left to do. */
const OFTEN = new Set([...COMMITS, ...staged(["feed"]), RELOAD, CHECKPOINT]);

/** How long a process with nothing left to do may still come to this point. */
export const restOf = (point: string): Millis => (OFTEN.has(point) ? 4_000 : 1_300);

export const FROZEN = "frozen beyond the lease";
export const AWAY = "down for longer than a nonce";
export const LOSSY = "every fifth answer lost";
const named = (platform: string, faults: string): readonly string[] =>
  faults.split(", ").map((fault) => `${platform} ${fault}`);
const ON_PLATFORMS: readonly string[] = [
  named(
    "discord",
    "created-then-500, created-then-cut, created-then-hang, created-then-half, slow, cut, hang",
  ),
  named("discord", "502, html, 429 user, 429 shared, 429 global, 401"),
  named("bluesky", "cut after, answer after 500, cut before, hang, answer 503, answer 429, answer 401"),
].flat();
const ON_DISK = ["disk full", "disk readonly"];
const OF_CLOCKS = ["clock back", "clock ahead"];
/** Every fault that a round may meet. */
export const FAULTS: readonly string[] = [...ON_PLATFORMS, LOSSY, AWAY, FROZEN, ...ON_DISK, ...OF_CLOCKS];
export const OUTAGE = "the database away for long";
export const JOINED = "a process joins";
export const LEFT = "a process leaves";
export const KILLED = "killed at random";
export const MACHINE_FAULTS: readonly string[] = [
  ...ON_PLATFORMS,
  LOSSY,
  FROZEN,
  OUTAGE,
  JOINED,
  LEFT,
  KILLED,
];

const UNAUTHORIZED = { status: 401, code: 0, message: "401: Unauthorized" };
const ON_CREATE: readonly DiscordFault[] = [
  { kind: "created-then-500" },
  { kind: "created-then-cut" },
  { kind: "created-then-hang" },
  { kind: "created-then-half" },
  { kind: "slow", ms: 300 },
  { kind: "cut" },
  { kind: "hang" },
  { kind: "5xx", status: 502 },
  { kind: "html", status: 503 },
  { kind: "429", scope: "user", retryAfter: 0.3 },
  { kind: "429", scope: "shared", retryAfter: 0.3 },
  { kind: "429", scope: "global", retryAfter: 0.3 },
  { kind: "error", error: UNAUTHORIZED },
];
const ON_LOOKING: readonly DiscordFault[] = [
  { kind: "cut" },
  { kind: "5xx", status: 500 },
  { kind: "429", scope: "user", retryAfter: 0.3 },
];
const ON_PDS: readonly PdsFault[] = [
  { kind: "cut after" },
  { kind: "answer after", status: 500 },
  { kind: "cut before" },
  { kind: "hang" },
  { kind: "answer", status: 503 },
  { kind: "answer", status: 429, headers: { "retry-after": "1" }, body: { error: "RateLimitExceeded" } },
  { kind: "answer", status: 401, body: { error: "AuthMissing" } },
];

/** Draws a round. */
export function drawRound(roll: Dice): Round {
  const below = (n: number): number => Math.floor(roll() * n);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const chance = (p: number): boolean => roll() < p;
  const deed = chance(0.15) ? one(DEEDS) : null;
  const draw = { below, one, chance };
  return {
    deed,
    ending: drawEnding(draw, deed === "undo"),
    before: below(3),
    during: 1 + below(2),
    isLossy: chance(0.1),
    discord: discordFaults(draw),
    pds: pdsFaults(draw),
    disk: chance(0.06)
      ? { kind: one(["full", "readonly"] as const), after: below(900), length: 300 + below(900) }
      : null,
    clock: chance(0.06) ? { jump: one([-6_000, -2_000, 3_000, 15_000]), after: below(1_000) } : null,
    checkpoints: chance(0.1),
  };
}

type Draw = {
  readonly below: (n: number) => number;
  readonly one: <T>(list: readonly T[]) => T;
  readonly chance: (p: number) => boolean;
};

function drawEnding({ below, one, chance }: Draw, isUndone: boolean): Ending {
  if (chance(0.04)) return { kind: "freeze", delay: below(1_500) };
  if (chance(0.03)) return { kind: "away" };
  if (chance(0.12)) return { kind: "random", delay: below(3_000) };
  const at = (point: string, most: number): Ending => ({
    kind: "point",
    point,
    nth: 1 + below(most),
    depth: below(20) / 10,
  });
  if (isUndone && chance(0.6)) return at(one(UNDOING), 1);
  if (chance(0.07)) return at(RELOAD, 25);
  if (chance(0.06)) return at(CHECKPOINT, 20);
  if (chance(0.1)) return at(one(LOOKING), 1);
  return chance(0.35) ? at(one(COMMITS), 40) : at(one(REQUESTS), 2);
}

const CALLED = ["create", "create", "createThread", "crosspost", "delete", "deleteThread"] as const;

/** Nothing, one fault, or no connection for a while after a lost answer. */
function discordFaults({ one, chance }: Draw): Round["discord"] {
  const looked = one(["history", "activeThreads", "archivedThreads"] as const);
  const looking: Round["discord"] = chance(0.1) ? [[looked, one(ON_LOOKING)]] : [];
  if (chance(0.45)) return looking;
  if (chance(0.85)) return [...looking, [one(CALLED), one(ON_CREATE)]];
  return [
    ["create", { kind: "created-then-cut" }],
    ...NO_CONNECTION.map((fault) => ["create", fault] as const),
  ];
}

const NO_CONNECTION: readonly DiscordFault[] = Array.from({ length: 6 }, () => ({ kind: "cut" }));

function pdsFaults({ one, chance }: Draw): Round["pds"] {
  if (chance(0.5)) return [];
  const method = one(["putRecord", "putRecord", "uploadBlob", "deleteRecord", "refreshSession"]);
  return chance(0.85)
    ? [[method, one(ON_PDS)]]
    : Array.from({ length: 5 }, () => ["putRecord", { kind: "cut before" }]);
}

/** What becomes of the next calls when every fifth answer is lost. */
export const lossy = <T>(roll: Dice, lost: T, none: T): readonly T[] =>
  Array.from({ length: 10 }, () => (roll() < 0.2 ? lost : none));
