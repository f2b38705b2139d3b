import { parentPort } from "node:worker_threads";
import { openLab } from "./lab.ts";
import { isSound, type Outcome } from "./oracle.ts";
import { simulate } from "./run-once.ts";
import { sumOf, type Total, totalOf } from "./total.ts";

/** Some seeds, one after the other. */
export type Part = { readonly first: number; readonly last: number };

/** What became of their histories, and which of them went wrong. */
export type Played = Part & {
  readonly total: Total;
  readonly bad: readonly { readonly seed: number; readonly faults: Outcome["faults"] }[];
};

const lab = await openLab();

async function play({ first, last, trace }: Part & { readonly trace: boolean }): Promise<Played> {
  const note = trace ? (text: string) => void process.stdout.write(`${text}\n`) : undefined;
  const bad: { seed: number; faults: Outcome["faults"] }[] = [];
  let total: Total = {};
  for (let seed = first; seed <= last; seed += 1) {
    const outcome = await simulate(lab, seed, { note });
    total = sumOf(total, totalOf(outcome));
    if (!isSound(outcome)) bad.push({ seed, faults: outcome.faults });
  }
  return { first, last, total, bad };
}

parentPort?.on("message", (part: Part & { readonly trace: boolean }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  void play(part).then((played) => parentPort?.postMessage(played));
});
