import { expect, test } from "vitest";
import { checks, startPublisher } from "./bench/processes.ts";

test.each(["bare", "ours"] as const)(
  "npm run bench can measure a check of an unchanged feed: %s",
  async (kind) => {
    using publisher = await startPublisher();
    const { cpu, wall } = checks(kind, publisher.url);
    expect(cpu).toBeGreaterThan(0);
    expect(wall).toBeGreaterThan(0);
  },
);
