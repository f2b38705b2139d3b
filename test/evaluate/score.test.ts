import { spawnSync } from "node:child_process";
import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matchPoints, scorePage, tokens, total, type Gold } from "./score.ts";

const PAGES = new URL("../../../shared/evaluation/key-points/", import.meta.url);
const pythonIsThere = spawnSync("python3", ["--version"]).status === 0;
const pagesAreThere = existsSync(new URL("score.py", PAGES));

const gold = (points: readonly string[], optional: readonly string[] = []): Gold => ({
  id: "one",
  site: "a.test",
  lang: "en",
  kind: "box",
  page_type: "page",
  key_points: points,
  optional_points: optional,
});

test("words are compared without case, width and punctuation; characters where words have no spaces", () => {
  expect([...tokens("Größe, GRÖSSE!")]).toEqual([["grösse", 2]]);
  expect([...tokens("港湾 ABC")].map(([token]) => token)).toEqual(["港", "湾", "abc"]);
});

test("a point counts when at least four fifths of the words agree, one to one", () => {
  const points = ["the mayor opened the new bridge", "trams start in May"];
  expect(matchPoints(points.toReversed(), points)).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(matchPoints(["the mayor"], points)).toEqual([]);
});

test("optional points may be predicted and need not be", () => {
  const page = gold(["trams start in May"], ["tickets stay at two coins"]);
  expect(scorePage(["trams start in May", "tickets stay at two coins"], page).exact).toBe(true);
  expect(scorePage(["trams start in May"], page).exact).toBe(true);
  expect(scorePage(["trams start in May", "read our newsletter"], page)).toEqual({
    hits: 1,
    wrong: 1,
    missed: 0,
    exact: false,
  });
});

test("nothing predicted where nothing is to be found is right", () => {
  expect(total([scorePage([], gold([]))])).toMatchObject({ f1: 1, exact: 1 });
});

const spoil = (points: readonly string[], at: number): readonly string[] =>
  at % 3 === 0
    ? points
    : at % 3 === 1
      ? points.slice(1)
      : [...points.map((point) => `${point} and so on`), "Another line"];

test.skipIf(!pythonIsThere || !pagesAreThere)(
  "the scores are those of score.py beside the labelled pages",
  () => {
    const golds = readFileSync(new URL("pages.jsonl", PAGES), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Gold);
    const predicted = golds.map((page, at) => spoil(page.key_points, at));
    using folder = mkdtempDisposableSync(join(tmpdir(), "bulletin-scores-"));
    const file = join(folder.path, "predicted.jsonl");
    writeFileSync(
      file,
      golds.map((page, at) => JSON.stringify({ id: page.id, key_points: predicted[at] })).join("\n"),
    );
    const script = new URL("score.py", PAGES).pathname;
    const labels = new URL("pages.jsonl", PAGES).pathname;
    const { stdout } = spawnSync("python3", [script, file, "--gold", labels, "--json"], { encoding: "utf8" });
    const theirs = JSON.parse(stdout) as Record<"all" | "positive_pages", Record<string, number>>;
    const ours = golds.map((page, at) => scorePage(predicted[at] ?? [], page));
    expect(numbersOf(total(ours))).toEqual(theirs.all);
    expect(numbersOf(total(ours.filter((_, at) => golds[at]?.kind !== "none")))).toEqual(
      theirs.positive_pages,
    );
  },
);

const round = (value: number): number => Math.round(value * 1000) / 1000;

const numbersOf = (sum: ReturnType<typeof total>): Record<string, number> => ({
  pages: sum.pages,
  tp: sum.hits,
  fp: sum.wrong,
  fn: sum.missed,
  P: round(sum.precision),
  R: round(sum.recall),
  F1: round(sum.f1),
  exact: round(sum.exact),
});
