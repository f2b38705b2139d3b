import { afterAll, expect, test } from "vitest";
import { type Lab, openLab } from "./simulation/lab.ts";
import { type Faults, isSound } from "./simulation/oracle.ts";
import { BLUESKY, DISCORD } from "./simulation/platforms.ts";
import { simulate } from "./simulation/run-once.ts";
import type { Plant } from "./simulation/world.ts";

const SEED = 20_260_601;
const HISTORIES = 150;
/** A planted fault shows within so many, or it is not seen. */
const PLANTED = 60;

const lab = await openLab();
afterAll(() => lab[Symbol.asyncDispose]());

test(`in ${HISTORIES} seeded histories of deaths and faults nothing is lost, doubled, out of order or untold`, async () => {
  const bad: string[] = [];
  for (let seed = SEED; seed < SEED + HISTORIES; seed += 1) {
    const outcome = await simulate(lab, seed);
    if (!isSound(outcome))
      bad.push(`${JSON.stringify(outcome.faults)}: npm run simulate -- --histories 1 --seed ${seed} --trace`);
  }
  expect(bad).toEqual([]);
});

test("a seed decides everything: the same history word for word, whatever came before it in that store", async () => {
  await using another = await openLab();
  const told = async (place: Lab): Promise<readonly string[]> => {
    const lines: string[] = [];
    await simulate(place, SEED, { note: (line) => lines.push(line) });
    return lines;
  };
  const first = await told(lab);
  await simulate(lab, SEED + 1);
  expect([await told(lab), await told(another)]).toEqual([first, first]);
});

/** What is wrong at each of the planted destinations, and what it leads to. */
const PLANTS: readonly (readonly [what: string, fault: keyof Faults, plant: Plant])[] = [
  [
    "a post in doubt is sent again where no key protects it",
    "doubled",
    (one) => (one.id === DISCORD ? { ...one, resend: "always" } : one),
  ],
  [
    "a look at the channel misses what stands there",
    "doubled",
    (one) => ({ ...one, find: () => Promise.resolve({ kind: "absent" }) }),
  ],
  [
    "an answer that never came is taken for yes",
    "lost",
    (one) => ({
      ...one,
      send: async (delivery, signal) => {
        const result = await one.send(delivery, signal);
        return result.kind === "unknown"
          ? { kind: "sent", ref: { id: delivery.key, url: null, cid: null } }
          : result;
      },
    }),
  ],
  [
    "an attempt brings another post than the one before it",
    "altered",
    (one) => {
      let attempt = 0;
      return {
        ...one,
        send: (delivery, signal) =>
          one.send({ ...delivery, post: { ...delivery.post, payload: (attempt += 1) } }, signal),
      };
    },
  ],
  [
    "what is to be taken back stays",
    "resurrected",
    (one) => ({
      ...one,
      remove: () => Promise.resolve({ kind: "sent", ref: { id: "", url: null, cid: null } }),
    }),
  ],
  [
    "a post keeps failing without end",
    "stuck",
    (one) =>
      one.id === BLUESKY
        ? { ...one, send: () => Promise.resolve({ kind: "retry", afterMs: 1000, reason: "503" }) }
        : one,
  ],
];

test.each(PLANTS)("it is seen when %s (%s)", async (_, fault, plant) => {
  let seen = 0;
  for (let seed = SEED; seed < SEED + PLANTED && seen === 0; seed += 1)
    seen = (await simulate(lab, seed, { plant })).faults[fault];
  expect(seen).toBeGreaterThan(0);
});
