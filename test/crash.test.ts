import { afterAll, beforeAll, expect, test } from "vitest";
import { hitsOf } from "./crash/figures.ts";
import { crashSession } from "./crash/lives.ts";
import { crashRounds } from "./crash/rounds.ts";
import { openPds, type TestPds } from "./support/pds.ts";

/**
 * The short form of `npm run crash`: CRASH_SEED repeats the choices of a run (not its timing), CRASH_ROUNDS sets how
 * often the bot is killed.
 */
const ROUNDS = Number(process.env["CRASH_ROUNDS"] ?? 30);
const SEED = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);

let pds: TestPds;

beforeAll(async () => {
  pds = await openPds();
});
afterAll(() => pds[Symbol.asyncDispose]());

test(
  `killed ${ROUNDS} times between platforms that lose answers (seed ${SEED}), the bot loses nothing, doubles nothing, and keeps the order`,
  { timeout: 900_000 },
  async () => {
    const figures = await crashRounds({
      session: (seed, rounds) => crashSession(pds, seed, rounds),
      rounds: ROUNDS,
      seed: SEED,
      perSession: 15,
      atOnce: 2,
      onSession: (session, seed) =>
        void process.stdout.write(`crash: seed ${seed}: ${JSON.stringify(session)}\n`),
    });
    const { lost, doubled, outOfOrder, resurrected, polledTwice, held, faults } = figures;
    expect({ lost, doubled, outOfOrder, resurrected, polledTwice }).toEqual({
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      resurrected: 0,
      polledTwice: 0,
    });
    // Where Discord refuses the token, a post in doubt cannot be looked for.
    expect(held).toBeLessThanOrEqual(faults["discord 401"] ?? 0);
    expect([figures.rounds, figures.posts > figures.rounds, hitsOf(figures) > 0]).toEqual([
      ROUNDS,
      true,
      true,
    ]);
  },
);
