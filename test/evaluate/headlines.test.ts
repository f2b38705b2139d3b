import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scoreHeadlines } from "./headlines.ts";
import type { Gold } from "./score.ts";

const PAGES = new URL("../../../shared/evaluation/key-points/", import.meta.url);
const LABELS = new URL("pages.jsonl", PAGES);

test.skipIf(!existsSync(LABELS))(
  "on the labelled pages the headline check holds no clean page and catches nine of ten planted countries",
  { timeout: 120_000 },
  () => {
    const golds = readFileSync(LABELS, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as Gold);
    const { judged, held, swaps, missed } = scoreHeadlines(golds, PAGES);
    expect(judged).toBeGreaterThan(80);
    expect(held).toEqual([]);
    expect(missed.length).toBeLessThanOrEqual(swaps / 10);
  },
);
