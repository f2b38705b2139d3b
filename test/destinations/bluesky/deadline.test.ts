import { expect, test } from "vitest";
import { withDeadline } from "../../../src/destinations/bluesky/deadline.ts";
import { systemClock } from "../../../src/lib/clock.ts";

const deaf = (): Promise<never> => new Promise(() => {});

test("work that does not heed its signal is left at the deadline", async () => {
  await expect(withDeadline(systemClock, 20, [], deaf)).rejects.toThrow("no answer within 0.02 s");
});

test("work is left when an outer signal aborts, before it began too", async () => {
  const ending = new AbortController();
  const left = withDeadline(systemClock, 60_000, [ending.signal], deaf);
  ending.abort(new Error("the program ends"));
  await expect(left).rejects.toThrow("the program ends");
  await expect(withDeadline(systemClock, 60_000, [ending.signal], deaf)).rejects.toThrow("the program ends");
});
