import { afterAll, expect, test } from "vitest";
import { cadence } from "./manners/cadence.ts";
import { findingsOf } from "./manners/check.ts";
import { crowd } from "./manners/crowd.ts";
import { requests } from "./manners/requests.ts";
import { trouble } from "./manners/trouble.ts";
import { validators } from "./manners/validators.ts";

/** The 30 checks of good manners towards publishers: what a server's log shows of the whole app, over virtual days. */
const checks = [...validators, ...cadence, ...trouble, ...requests, ...crowd].toSorted((a, b) =>
  a.id < b.id ? -1 : 1,
);
const points = (some: readonly { readonly points: number }[]): number =>
  some.reduce((sum, one) => sum + one.points, 0);

/** What thirty virtual days may take of real time, on a machine that is busy with other things. */
const MONTH = 300_000;

let reached = 0;
test.each(checks)("$id ($points): $name", { timeout: MONTH }, async (one) => {
  const findings = await findingsOf(one);
  if (findings.length === 0) reached += one.points;
  expect(findings).toEqual([]);
});

test("the thirty checks are all there and come to a hundred points", () => {
  const ids = new Set(checks.map(({ id }) => id));
  expect([ids.size, points(checks)]).toEqual([30, 100]);
});

afterAll(() => {
  process.stdout.write(`manners: ${reached} of ${points(checks)} points\n`);
});
