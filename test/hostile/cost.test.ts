import { expect, test } from "vitest";
import { cases } from "./cases.ts";
import { type Cost, measure } from "./measure.ts";

/** The dearest of all; `npm run hostile` measures every one against the real bounds. */
const DEAR = [
  "page: 100,000 table cells",
  "page: 5 MB of character references",
  "page: 300,000 items",
  "page: 1,000 entries in 5 MB",
  "feed: 1,000 entries in 5 MB",
  "feed: 5 MB of character references",
  "picture: a progressive JPEG of 25 megapixels",
];
/** Far below what they would cost unbounded; above the real bounds, for a machine that does much else meanwhile. */
const HELD_MS = 200;
const GROWTH_MB = 96;

test("the dearest hostile input neither holds the event loop nor fills the memory", async () => {
  const costs = new Map<string, Cost>();
  const chosen = cases.filter(({ name }) => DEAR.includes(name));
  await measure(chosen, ({ name }, cost) => void costs.set(name, cost));
  expect([...costs.keys()].toSorted()).toEqual(DEAR.toSorted());
  const over = [...costs].filter(([, { heldMs, growthMb }]) => heldMs > HELD_MS || growthMb > GROWTH_MB);
  expect(over).toEqual([]);
}, 300_000);
