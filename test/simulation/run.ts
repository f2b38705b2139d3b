// npm run simulate -- --histories N [--seed S] [--trace]: histories of the pipeline in one process, with a seeded clock,
// network and store.
import { parseArgs } from "node:util";
import { readConfig } from "./config.ts";
import { isSound, type Outcome } from "./oracle.ts";
import { simulate } from "./run-once.ts";

const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
  },
});
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const first = Number(values.seed);
const last = first + Number(values.histories) - 1;
const total: Record<string, number> = {};
let bad = 0;

function add({ faults, ...counts }: Outcome): void {
  for (const [name, n] of Object.entries({ ...counts, ...faults })) total[name] = (total[name] ?? 0) + n;
}
const summary = (): string =>
  Object.entries(total)
    .map(([name, n]) => `${n} ${name}`)
    .join(", ");

const config = await readConfig();
for (let seed = first; seed <= last; seed += 1) {
  const outcome = await simulate(config, seed, { note: values.trace ? print : undefined });
  add(outcome);
  if (!isSound(outcome)) {
    bad += 1;
    print(`seed ${seed}: ${JSON.stringify(outcome.faults)}`);
    print(`  npm run simulate -- --histories 1 --seed ${seed} --trace`);
  }
  if ((seed - first + 1) % 1000 === 0) print(`${seed - first + 1} histories: ${summary()}`);
}
print(`seeds ${first} to ${last}: ${summary()}; ${bad} histories went wrong`);
if (bad > 0) process.exitCode = 1;
