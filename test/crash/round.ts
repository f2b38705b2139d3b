import type { Fault as DiscordFault } from "../support/discord/faults.ts";
import type { RouteName } from "../support/discord/routes.ts";
import type { Fault as PdsFault } from "../support/pds.ts";

/** How a life of the bot ends. */
export type Ending =
  /** At a named point in it, the n-th time (test/crash/points.ts). */
  | { readonly kind: "point"; readonly point: string; readonly nth: number }
  /** By the clock, from outside. */
  | { readonly kind: "random"; readonly delay: number }
  /** While it takes in a changed config. */
  | { readonly kind: "reload"; readonly delay: number }
  /** It stands still (SIGSTOP) beyond its lease while a second one works, wakes, and both are killed. */
  | { readonly kind: "freeze"; readonly delay: number };

/** One life of the bot: what happens in it, what fails, and how it ends. */
export type Round = {
  readonly ending: Ending;
  /** Articles that appear before it starts, and while it runs. */
  readonly before: number;
  readonly during: number;
  readonly discord: readonly (readonly [RouteName, DiscordFault])[];
  readonly pds: readonly (readonly [string, PdsFault])[];
  readonly disk: string | null;
  readonly clock: string | null;
  readonly checkpoints: boolean;
  /** What an admin or a moderator does before it starts. */
  readonly deed: "undo" | "delete the message" | "delete the record" | null;
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

const CALLS = ["create", "crosspost", "uploadBlob", "putRecord", "feed"] as const;
const STAGES = ["before", "sent", "inside the answer to", "after"] as const;

/** Every named point; commits are many, so they are drawn more often. */
const POINTS: readonly string[] = [
  ...Array.from({ length: 5 }, () => ["before commit", "after commit"]).flat(),
  ...CALLS.flatMap((call) => STAGES.map((stage) => `${stage} ${call}`)),
];
/** Those that are passed only when something is taken back. */
const UNDO_POINTS = ["delete", "deleteRecord"].flatMap((call) => STAGES.map((stage) => `${stage} ${call}`));

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
  const deed = chance(0.15) ? one(["undo", "delete the message", "delete the record"] as const) : null;
  const points = deed === "undo" ? [...POINTS, ...UNDO_POINTS] : POINTS;
  return {
    deed,
    ending: drawEnding({ below, one, chance }, points),
    before: below(3),
    during: 1 + below(2),
    discord: discordFaults(one, chance),
    pds: pdsFaults(one, chance),
    disk: chance(0.06) ? `${one(["full", "readonly"])}@${400 + below(900)}+${300 + below(900)}` : null,
    clock: chance(0.06) ? `${one([-60_000, -3_000, 3_000, 15_000])}@${300 + below(1_000)}` : null,
    checkpoints: chance(0.15),
  };
}

type Draw = {
  readonly below: (n: number) => number;
  readonly one: <T>(list: readonly T[]) => T;
  readonly chance: (p: number) => boolean;
};

function drawEnding({ below, one, chance }: Draw, points: readonly string[]): Ending {
  if (chance(0.05)) return { kind: "freeze", delay: below(1_500) };
  if (chance(0.05)) return { kind: "reload", delay: below(300) };
  if (chance(0.2)) return { kind: "random", delay: below(2_000) };
  const point = one(points);
  return { kind: "point", point, nth: 1 + below(point.endsWith("commit") ? 30 : 2) };
}

/** Nothing, one fault, every fifth answer lost, or away for longer than a nonce is known. */
function discordFaults(one: Draw["one"], chance: Draw["chance"]): Round["discord"] {
  const looking: Round["discord"] = chance(0.1) ? [["history", one(ON_LOOKING)]] : [];
  if (chance(0.5)) return looking;
  if (chance(0.7)) return [...looking, [one(["create", "crosspost", "delete"] as const), one(ON_CREATE)]];
  if (chance(0.5))
    return Array.from({ length: 10 }, () => [
      one(["create", "crosspost"] as const),
      chance(0.2) ? { kind: "created-then-cut" as const } : { kind: "slow" as const, ms: 1 },
    ]);
  return [["create", { kind: "created-then-cut" }], ...AWAY.map((fault) => ["create", fault] as const)];
}

const AWAY: readonly DiscordFault[] = Array.from({ length: 6 }, () => ({ kind: "cut" }));

function pdsFaults(one: Draw["one"], chance: Draw["chance"]): Round["pds"] {
  if (chance(0.5)) return [];
  const method = one(["putRecord", "putRecord", "uploadBlob", "deleteRecord", "refreshSession"]);
  return chance(0.8)
    ? [[method, one(ON_PDS)]]
    : Array.from({ length: 5 }, () => ["putRecord", { kind: "cut before" }]);
}
