// npm run crash -- --rounds N [--seed S] [--resume FILE]: kills the bot at named points and at random, with faults on
// both sides, and counts what stands there afterwards.
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openPds } from "../support/pds.ts";
import { boundOf, crashRounds, type Figures, isBad, NO_FIGURES, sumOf } from "./session.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    "per-session": { type: "string", default: "25" },
    resume: { type: "string" },
  },
});
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();

/** The code that is tried: rounds of another one do not count. */
const commit = `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "src") === "" ? "" : " with changes"}`;

type Kept = { readonly commit: string; readonly seed: number; readonly figures: Figures };

function keptIn(file: string | undefined): readonly Kept[] {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Kept).filter((kept) => kept.commit === commit);
}

const kept = keptIn(values.resume);
const before = kept.map(({ figures }) => figures).reduce(sumOf, NO_FIGURES);
if (before.rounds > 0) print(`${before.rounds} rounds of ${commit} are in ${values.resume ?? ""} already`);

await using pds = await openPds();
const now = await crashRounds(pds, {
  rounds: Math.max(0, Number(values.rounds) - before.rounds),
  seed: Math.max(Number(values.seed), ...kept.map(({ seed }) => seed + 1)),
  perSession: Number(values["per-session"]),
  onSession: (figures, seed) => {
    print(`seed ${seed}: ${JSON.stringify(figures)}`);
    const line: Kept = { commit, seed, figures };
    if (values.resume !== undefined) appendFileSync(values.resume, `${JSON.stringify(line)}\n`);
  },
});

const all = sumOf(before, now);
print(`
commit ${commit}: ${all.rounds} rounds, ${all.hits} of them ended at their named point
${all.articles} articles, ${all.posts} posts, ${all.doubts} times a delivery was in doubt at a start
lost ${all.lost}, doubled ${all.doubled}, out of order ${all.outOfOrder}, resurrected ${all.resurrected}, held ${all.held}
with 95 % certainty fewer than ${(100 * boundOf(all.rounds)).toFixed(2)} % of such ends lose or double a post`);
if (isBad(all)) process.exitCode = 1;
