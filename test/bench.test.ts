import { expect, test } from "vitest";
import { checks, reading, startPublisher } from "./bench/processes.ts";

test("npm run bench can measure a check of an unchanged feed", async () => {
  using publisher = await startPublisher();
  const { cpu, ratio } = checks(publisher.url, 1);
  expect(cpu.bare).toBeGreaterThan(0);
  expect(ratio.ours).toBeGreaterThan(1);
});

test("npm run bench can measure the reading of a feed, beside others who find the same entries", async () => {
  using publisher = await startPublisher();
  const { cpu, ratio } = reading(publisher.url, 1);
  expect(cpu.bare).toBeGreaterThan(0);
  expect(ratio.bare).toBe(1);
});
