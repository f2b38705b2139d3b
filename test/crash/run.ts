// npm run crash -- --rounds N [--seed S] [--resume FILE] [--at-once SESSIONS] [--store postgres --processes P]: kills the
// bot at named points and at random, with faults on both sides, and counts what stands there afterwards.
import { parseArgs } from "node:util";
import { openPds } from "../support/pds.ts";
import { startPostgres } from "../support/postgres.ts";
import { keepIn, type Kept, keptIn, triedNow } from "../support/tried.ts";
import { type Figures, isBad, NO_FIGURES, sumOf, told } from "./figures.ts";
import { crashSession } from "./lives.ts";
import { machinesSession } from "./machines.ts";
import { crashRounds } from "./rounds.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    "per-session": { type: "string", default: "40" },
    "at-once": { type: "string", default: "3" },
    store: { type: "string", default: "sqlite" },
    processes: { type: "string", default: "4" },
    resume: { type: "string" },
  },
});
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const { state, commit } = triedNow();
const store = values.store === "postgres" ? "postgres" : "sqlite";
const processes = Number(values.processes);
const what = store === "sqlite" ? "one process on SQLite" : `${processes} processes on PostgreSQL`;

type Line = Kept & { readonly what: string; readonly seed: number; readonly figures: Figures };

const lines = (keptIn(values.resume, state) as readonly Line[]).filter((line) => line.what === what);
const before = lines.map(({ figures }) => figures).reduce(sumOf, NO_FIGURES);
if (before.rounds > 0)
  print(`${before.rounds} rounds of state ${state} are in ${values.resume ?? ""} already`);

await using pds = await openPds();
await using postgres = store === "postgres" ? await startPostgres() : null;
if (store === "postgres" && postgres === null) throw new Error("npm has no PostgreSQL for this platform");
const server = postgres?.url ?? "";

const broken: number[] = [];
const now = await crashRounds({
  session: (seed, rounds) =>
    store === "sqlite"
      ? crashSession(pds, seed, rounds)
      : machinesSession(pds, seed, rounds, { server, processes }),
  rounds: Math.max(0, Number(values.rounds) - before.rounds),
  seed: Math.max(Number(values.seed), ...lines.map(({ seed }) => seed + 1)),
  perSession: Number(values["per-session"]),
  atOnce: Number(values["at-once"]),
  onSession: (figures, seed) => {
    print(`seed ${seed}: ${JSON.stringify(figures)}`);
    const line: Line = { state, what, seed, figures };
    keepIn(values.resume, line);
  },
  onBroken: (error, seed) => {
    broken.push(seed);
    print(`seed ${seed} could not be carried out: ${String(error)}`);
  },
});

const all = sumOf(before, now);
print(`\nstate ${state}, commit ${commit}, ${what}: ${told(all, store)}`);
if (broken.length > 0) print(`sessions that could not be carried out: seeds ${broken.join(", ")}`);
if (isBad(all) || broken.length > 0) process.exitCode = 1;
