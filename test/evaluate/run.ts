import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "parse5";
import { extractKeyPoints } from "../../src/articles/key-points.ts";
import { scoreHeadlines, type HeadlineScore } from "./headlines.ts";
import { scorePage, total, type Gold, type PageScore } from "./score.ts";

const PAGES = new URL("../../../shared/evaluation/key-points/", import.meta.url);

type Row = PageScore & {
  readonly gold: Gold;
  readonly predicted: readonly string[];
  readonly parseMs: number;
  readonly allMs: number;
};

/** The half a site belongs to, once and for all: the lowest bit of its name's SHA-256. */
const halfOf = (site: string): 1 | 2 =>
  ((createHash("sha256").update(site).digest()[0] ?? 0) & 1) === 0 ? 1 : 2;

function evaluate(gold: Gold): Row {
  const html = readFileSync(new URL(`html/${gold.id}.html`, PAGES), "utf8");
  const began = performance.now();
  parse(html);
  const parsed = performance.now();
  const { keyPoints } = extractKeyPoints(html, {
    url: gold.url_if_known ?? null,
    language: gold.lang,
    fragment: gold.page_type === "feed-item",
  });
  const done = performance.now();
  return {
    ...scorePage(keyPoints.points, gold),
    gold,
    predicted: keyPoints.points,
    parseMs: parsed - began,
    allMs: done - parsed,
  };
}

const three = (value: number): string => value.toFixed(3);

function lineOf(name: string, rows: readonly Row[]): string {
  const positive = rows.filter((row) => row.gold.kind !== "none");
  const none = rows.filter((row) => row.gold.kind === "none");
  const points = total(positive);
  const falsePages = none.filter((row) => row.predicted.length > 0).length;
  return [
    name.padEnd(10),
    `${positive.length} pages`.padStart(10),
    three(points.precision).padStart(10),
    three(points.recall).padStart(8),
    three(points.f1).padStart(8),
    three(points.exact).padStart(8),
    `${falsePages} of ${none.length}`.padStart(14),
  ].join("");
}

const HEADER = `${"".padEnd(10)}${"positive".padStart(10)}${"precision".padStart(10)}${"recall".padStart(8)}${"F1".padStart(8)}${"exact".padStart(8)}${"false pages".padStart(14)}`;

function errorOf(row: Row): string {
  const { gold } = row;
  const counts = `hits ${row.hits} wrong ${row.wrong} missed ${row.missed}`;
  return `${gold.id} half ${halfOf(gold.site)} ${gold.kind} ${gold.lang} ${gold.site}: ${counts}`;
}

function headlineLines({ pages, judged, held, named, swaps, missed }: HeadlineScore): readonly string[] {
  const caught = swaps - missed.length;
  return [
    `\nHeadline check: ${judged} of ${pages} pages judged, ${held.length} clean ones held.`,
    `Planted: ${named} headlines with ten other countries each, ${caught} of ${swaps} caught (${((100 * caught) / swaps).toFixed(1)} %).\n`,
  ];
}

function main(): void {
  const { values } = parseArgs({
    options: {
      errors: { type: "string", default: "0" },
      predictions: { type: "boolean", default: false },
      half: { type: "string", default: "" },
    },
  });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (!existsSync(new URL("pages.jsonl", PAGES))) {
    say("No labelled pages at ../shared/evaluation/key-points: nothing to evaluate.");
    return;
  }
  const golds = readFileSync(new URL("pages.jsonl", PAGES), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Gold);
  const rows = golds.map(evaluate);
  if (values.predictions) {
    for (const row of rows) say(JSON.stringify({ id: row.gold.id, key_points: row.predicted }));
    return;
  }
  say(HEADER);
  say(
    lineOf(
      "half one",
      rows.filter((row) => halfOf(row.gold.site) === 1),
    ),
  );
  say(
    lineOf(
      "half two",
      rows.filter((row) => halfOf(row.gold.site) === 2),
    ),
  );
  say(lineOf("all", rows));
  const parseMs = rows.reduce((sum, row) => sum + row.parseMs, 0);
  const allMs = rows.reduce((sum, row) => sum + row.allMs, 0);
  say(`\nTime: ${Math.round(allMs)} ms with parsing, ${(allMs / parseMs).toFixed(1)} times parse5 alone.`);
  const headlines = scoreHeadlines(golds, PAGES);
  for (const line of headlineLines(headlines)) say(line);
  for (const line of [...headlines.held, ...headlines.missed].slice(0, Number(values.errors)))
    say(`headline ${line}`);
  const wanted = rows.filter(
    (row) => !row.exact && (values.half === "" || String(halfOf(row.gold.site)) === values.half),
  );
  for (const row of wanted.slice(0, Number(values.errors))) say(errorOf(row));
}

main();
