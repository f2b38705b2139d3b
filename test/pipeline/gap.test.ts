import { expect, test } from "vitest";
import { listFeeds } from "../../src/store/feeds.ts";
import { listPolls } from "../../src/store/history.ts";
import { listNotices } from "../../src/store/notices.ts";
import { DAY, HOUR, MINUTE } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import type { Story } from "../support/newsroom.ts";
import { scripted, titles } from "../support/scripted.ts";

const config = (feedUrl: string) =>
  `feeds: [{ url: "${feedUrl}", every: 10 minutes, max_age: 30 days, post_to: [{ discord: 1, spacing: 0 }] }]`;

const GENERATOR = "<generator>https://wordpress.org/?v=6.9</generator>";
const SIZE = 3;

/** Stories one hour apart, the newest first. */
const stories = (from: number, to: number, now: number): readonly Story[] =>
  Array.from({ length: to - from + 1 }, (_, i) => to - i).map((n) => ({
    slug: `s${n}`,
    title: `Story number ${n}`,
    published: now - (100 - n) * HOUR,
  }));

/** A feed of three entries with pages of older ones, from the newest story down to the first. */
function listPaged(line: Line, newest: number, now: number, mark: string): void {
  const { site } = line;
  for (let page = 1; newest - (page - 1) * SIZE > 0; page++) {
    const to = newest - (page - 1) * SIZE;
    const path = page === 1 ? "/feed" : `/feed?paged=${page}`;
    site.list(stories(Math.max(1, to - SIZE + 1), to, now), path);
    site.answer(path, (_, response) => {
      response.setHeader("content-type", "application/rss+xml");
      response.end(site.document(path).replace("</title>", `</title>${mark}`));
    });
  }
}

const noticesOf = async (line: Line): Promise<readonly string[]> =>
  (await listNotices(line.app().store, 9)).map(({ message }) => message);

test("after a pause WordPress is asked for older pages, back to a known entry, and nothing is missing", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: config, destinations: [channel], begun: false });
  const now = line.clock.now();
  listPaged(line, 4, now, GENERATOR);
  await line.pass();
  line.clock.advance(3 * DAY);
  listPaged(line, 11, now, GENERATOR);
  await line.pass();
  await line.later();
  expect(titles(channel)).toEqual([5, 6, 7, 8, 9, 10, 11].map((n) => `Story number ${n}`));
  expect(line.site.asked("/feed?paged=2")).toHaveLength(1);
  expect(line.site.asked("/feed?paged=3")).toHaveLength(1);
  expect(line.site.asked("/feed?paged=4")).toEqual([]);
  expect(await noticesOf(line)).toEqual([]);
});

test("a feed that names no older pages leaves a gap, of which the admin is told once", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: config, destinations: [channel], begun: false });
  const now = line.clock.now();
  listPaged(line, 4, now, "");
  await line.pass();
  line.clock.advance(3 * DAY);
  listPaged(line, 11, now, "");
  await line.pass();
  await line.later();
  expect(titles(channel)).toEqual([9, 10, 11].map((n) => `Story number ${n}`));
  expect(line.site.asked("/feed?paged=2")).toEqual([]);
  expect(await noticesOf(line)).toEqual([expect.stringContaining("entries may be missing")]);
});

test("a feed that overflows between two polls says so in its history, without a message", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: config, destinations: [channel], begun: false });
  const now = line.clock.now();
  listPaged(line, 4, now, "");
  await line.pass();
  listPaged(line, 11, now, "");
  line.clock.advance(20 * MINUTE);
  await line.pass();
  const [feed] = await listFeeds(line.app().store);
  const [last] = await listPolls(line.app().store, feed ?? { id: "", lastGoodAt: null }, 1);
  expect(last?.reason).toContain("entries may be missing");
  expect(await noticesOf(line)).toEqual([]);
});

test("a pause without a gap asks for no older page", async () => {
  await using line = await openLine({ yaml: config, destinations: [scripted("discord:1")], begun: false });
  const now = line.clock.now();
  listPaged(line, 4, now, GENERATOR);
  await line.pass();
  line.clock.advance(3 * DAY);
  listPaged(line, 6, now, GENERATOR);
  await line.pass();
  expect(line.site.asked("/feed?paged=2")).toEqual([]);
});
