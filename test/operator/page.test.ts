import { expect, test } from "vitest";
import { pageData } from "../../src/operator/page.ts";
import { pause } from "../../src/operator/posting.ts";
import { openFolder, openTestApp } from "../support/app.ts";
import { openTestClock } from "../support/clock.ts";

test("the page lists a hundred feeds, those that stand still first, and says how many more there are", async () => {
  await using folder = await openFolder();
  const feeds = Array.from(
    { length: 120 },
    (_, i) => `  - { url: "http://127.0.0.1:9/${i}", name: "Feed ${i}", post_to: [{ preview: discord }] }`,
  );
  const yaml = `feeds:\n${feeds.join("\n")}\n`;
  await using line = await openTestApp({ folder: folder.path, clock: openTestClock(), yaml });
  await pause(line.operator, "Feed 117");
  const page = await pageData(line.operator, "Test");
  expect(page.feeds.slice(0, 2).map(({ name, state }) => [name, state])).toEqual([
    ["Feed 117", "paused"],
    ["Feed 0", "active"],
  ]);
  expect(page.feeds).toHaveLength(100);
  expect(page.moreFeeds).toBe(20);
});
