import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ParsedFeed } from "../../src/domain/types.ts";
import { decodeBody } from "../../src/feeds/encoding.ts";
import { parseFeed } from "../../src/feeds/parse.ts";
import { limits } from "../support/limits.ts";
import { readExpression, type Expression } from "./expectation.ts";
import { BESIDE, CORE } from "./fields.ts";
import { judge, type Verdict, type Verdicts, worst } from "./judge.ts";

/**
 * Runs the feed parser over the test files of kurtmckee/feedparser, each of which holds its expectation in a comment:
 * `npm run conformance -- DIR`, where DIR is the folder `tests` of a copy of that project. Counted are the cases about
 * a field of the core, compared leniently (white space, references, spelling of HTML; summary and content may be
 * swapped, links are resolved). Fails when the core falls below its goal or the parser throws.
 */
const USAGE = "npm run conformance -- DIR [--failures]: DIR holds the test files of kurtmckee/feedparser";
const GOAL = 0.93;
/** Cases of what the product has other rules for: sanitising, entities in every place, base and language inheritance. */
const LEFT_OUT = new Set(["sanitize", "entities", "amp", "base", "lang"]);
/** A feed that stands for a document that is none: every expectation of it fails. */
const NO_FEED: ParsedFeed = {
  title: null,
  siteUrl: null,
  selfUrl: null,
  hubUrl: null,
  language: null,
  iconUrl: null,
  updateInterval: null,
  skipHours: [],
  skipDays: [],
  olderUrl: null,
  entries: [],
  truncated: false,
};

type Case = {
  readonly path: string;
  readonly body: Uint8Array;
  readonly contentType: string | null;
  readonly expected: string;
  readonly expression: Expression;
};

type Outcome = Case & { readonly verdicts: Verdicts; readonly threw: boolean };

function expressionOf(expected: string): Expression | null {
  try {
    return readExpression(expected);
  } catch {
    return null;
  }
}

function caseOf(folder: string, path: string): Case | null {
  const body = readFileSync(join(folder, path));
  const text = decodeBody(body, null);
  const expected = /Description:[^]*?Expect:\s*([^]*?)\s*-->/u.exec(text)?.[1];
  const expression = expected === undefined ? null : expressionOf(expected);
  if (expected === undefined || expression === null) return null;
  const contentType = /^Header:\s+Content-Type:(.*)$/imu.exec(text)?.[1]?.trim() ?? null;
  return { path, body, contentType, expected, expression };
}

function casesIn(folder: string): readonly Case[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(?:xml|json)$/u.test(path) && !path.split("/").some((part) => LEFT_OUT.has(part)))
    .sort()
    .map((path) => caseOf(folder, path))
    .filter((found) => found !== null);
}

function run(one: Case): Outcome {
  const base = `http://127.0.0.1:8097/tests/${one.path}`;
  try {
    const result = parseFeed(one.body, one.contentType, base, limits);
    const feed = result.kind === "feed" ? result.feed : NO_FEED;
    return { ...one, verdicts: judge(feed, one.expression, base), threw: false };
  } catch {
    return { ...one, verdicts: judge(NO_FEED, one.expression, base), threw: true };
  }
}

/** How often the parser throws on the same documents cut off at each tenth of their length. */
function throwsWhenCut(cases: readonly Case[]): number {
  const cuts = cases.flatMap((one) =>
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tenth) => ({
      ...one,
      body: one.body.subarray(0, Math.floor((one.body.length * tenth) / 10)),
    })),
  );
  return cuts.filter((cut) => run(cut).threw).length;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;

function lineOf(name: string, verdicts: readonly (Verdict | null | undefined)[]): string {
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const asked = verdicts.filter((verdict) => verdict !== null && verdict !== undefined).length;
  const cells = [asked, count("passed"), count("failed"), count("not kept")];
  const numbers = cells.map((cell) => String(cell).padStart(10)).join("");
  return `${name.padEnd(26)}${numbers}${percent(count("passed"), asked).padStart(10)}`;
}

function table(core: readonly Outcome[], beside: readonly Outcome[]): string {
  const ofField = (outcomes: readonly Outcome[], field: (typeof CORE)[number] | typeof BESIDE) =>
    lineOf(
      field,
      outcomes.map(({ verdicts }) => verdicts.get(field)),
    );
  return [
    `${"field".padEnd(26)}${["cases", "passed", "failed", "not kept", "rate"].map((name) => name.padStart(10)).join("")}`,
    ...CORE.map((field) => ofField(core, field)),
    lineOf("the core", core.map(wholeVerdict)),
    ofField(beside, BESIDE),
    lineOf("core and beside", [...core, ...beside].map(wholeVerdict)),
  ].join("\n");
}

const wholeVerdict = (outcome: Outcome): Verdict | null => worst(outcome.verdicts.values());

function listOf(outcomes: readonly Outcome[], verdict: Verdict): readonly string[] {
  return outcomes
    .filter((one) => wholeVerdict(one) === verdict)
    .map((one) => `${verdict}${one.threw ? " (threw)" : ""}: ${one.path}: ${one.expected}`);
}

function report(folder: string, withFailures: boolean): void {
  const cases = casesIn(folder);
  const outcomes = cases.map(run);
  const beside = outcomes.filter(({ verdicts }) => verdicts.has(BESIDE));
  const core = outcomes.filter(({ verdicts }) => verdicts.size > 0 && !verdicts.has(BESIDE));
  const threw = outcomes.filter((one) => one.threw).length;
  const cut = throwsWhenCut(cases);
  say(table(core, beside));
  say(`The parser threw on ${threw} of ${cases.length} files, and on ${cut} of them cut at each tenth.`);
  if (withFailures) say([...listOf(outcomes, "failed"), ...listOf(outcomes, "not kept")].join("\n"));
  const passed = core.filter((one) => wholeVerdict(one) === "passed").length;
  if (passed < GOAL * core.length || threw + cut > 0) process.exitCode = 1;
}

const { values, positionals } = parseArgs({
  options: { failures: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder !== undefined && existsSync(folder)) report(folder, values.failures);
else {
  say(`conformance: skipped, ${folder === undefined ? "no folder was given" : `there is no ${folder}`}`);
  say(USAGE);
}
