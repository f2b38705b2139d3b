// npm run simulate -- --histories N [--seed S] [--trace] [--at-once THREADS] [--resume FILE]: histories of the pipeline,
// each with a seeded clock, network and store.
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { boundOf, keepIn, type Kept, keptIn, triedNow } from "../support/tried.ts";
import type { Part, Played } from "./part.ts";
import { sumOf, type Total, told } from "./total.ts";

const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
    "at-once": { type: "string", default: String(availableParallelism()) },
    resume: { type: "string" },
  },
});
/** So many histories are done in one go: what is broken off loses no more. */
const PART = 250;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const first = Number(values.seed);
const last = first + Number(values.histories) - 1;
const { trace, resume } = values;
const { state, commit } = triedNow();

type Line = Kept & Played;
const nameOf = (part: Part): string => `${part.first}-${part.last}`;

const parts = Array.from({ length: Math.ceil((last - first + 1) / PART) }, (_, n): Part => {
  const from = first + n * PART;
  return { first: from, last: Math.min(last, from + PART - 1) };
});
const kept = new Map((keptIn(resume, state) as readonly Line[]).map((one) => [nameOf(one), one]));
const done: Played[] = parts.flatMap((part) => kept.get(nameOf(part)) ?? []);
const open = parts.filter((part) => !kept.has(nameOf(part)));
const all = (): Total => done.map(({ total }) => total).reduce(sumOf, {});
if (done.length > 0)
  print(`${all()["histories"] ?? 0} histories of state ${state} are in ${resume ?? ""} already`);

const began = performance.now();
let played = 0;

function add(one: Played): void {
  done.push(one);
  const line: Line = { state, ...one };
  keepIn(resume, line);
  for (const { seed, faults } of one.bad)
    print(
      `seed ${seed}: ${JSON.stringify(faults)}\n  npm run simulate -- --histories 1 --seed ${seed} --trace`,
    );
  played += one.last - one.first + 1;
  const aMinute = Math.round((60_000 * played) / (performance.now() - began));
  if (open.length > 0) print(`${told(all())} (${aMinute} histories a minute)`);
}

/** One thread plays one part after another. */
async function line(): Promise<void> {
  const worker = new Worker(new URL("part.ts", import.meta.url));
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage({ ...part, trace });
    const [one] = (await once(worker, "message")) as [Played];
    add(one);
  }
  await worker.terminate();
}

await Promise.all(Array.from({ length: Math.min(open.length, Number(values["at-once"])) }, line));

const bad = done.flatMap((one) => one.bad);
const total = all();
print(`state ${state}, commit ${commit}, seeds ${first} to ${last}: ${told(total)}`);
print(
  bad.length === 0
    ? `no history went wrong: with 95 % certainty fewer than ${(100 * boundOf(total["histories"] ?? 0)).toFixed(4)} % of such histories do`
    : `${bad.length} histories went wrong: seeds ${bad.map(({ seed }) => seed).join(", ")}`,
);
if (bad.length > 0) process.exitCode = 1;
