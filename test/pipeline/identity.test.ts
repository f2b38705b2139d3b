import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { SendResult } from "../../src/domain/types.ts";
import { held, release } from "../../src/operator/holds.ts";
import { DAY, HOUR, MINUTE } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { type Story, WHOLE } from "../support/newsroom.ts";
import { type Scripted, scripted, titles } from "../support/scripted.ts";

const config = (feedUrl: string) =>
  `admin_channel: 77
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [{ discord: 1, spacing: 5 minutes }] }]`;

type Stage = AsyncDisposable & {
  readonly line: Line;
  readonly channel: Scripted;
  /** What the admin was told. */
  readonly told: readonly string[];
  /** Lists stories and works through some polls, in each of which one post may go. */
  readonly polled: (stories: readonly Story[], polls?: number) => Promise<void>;
};

/** A text about what the headline says. */
const about = (title: string): string =>
  `${WHOLE}<p>Everybody in town talks of it: ${title.toLowerCase()}, and nobody knows for how long it will last.</p>`;

/** A feed of six stories, all of which were posted in their time. */
async function openStage(): Promise<Stage & { readonly stories: readonly Story[] }> {
  const channel = scripted("discord:1");
  const told: string[] = [];
  const tell = async (text: string): Promise<SendResult> => {
    told.push(text);
    return { kind: "sent", ref: { id: "1", url: null, cid: null } };
  };
  const line = await openLine({ yaml: config, destinations: [channel], tell });
  const polled = async (stories: readonly Story[], polls = 3): Promise<void> => {
    line.site.list(stories);
    for (let i = 0; i < polls; i++) await line.later();
  };
  const stories: readonly Story[] = ["Ferry", "Sluice", "Market", "Library", "Lantern", "Bakery"].map(
    (name, i) => ({
      slug: name.toLowerCase(),
      title: `${name} opens again after the storm`,
      published: line.clock.now() + i * MINUTE,
    }),
  );
  await polled(stories.toReversed(), stories.length + 1);
  expect(titles(channel)).toEqual(stories.map(({ title }) => title));
  return { line, channel, told, polled, stories, [Symbol.asyncDispose]: () => line[Symbol.asyncDispose]() };
}

test.each<[string, (story: Story, site: string) => Story]>([
  ["rewrites its guids", (story) => ({ ...story, guid: `urn:new:${story.slug}` })],
  [
    "moves to other addresses under other guids",
    (story, site) => ({ ...story, guid: `n-${story.slug}`, link: `${site}/2026/${story.slug}/` }),
  ],
  [
    "adds utm parameters to links that are its guids",
    (story, site) => {
      const link = `${site}/${story.slug}?utm_source=rss&utm_medium=feed`;
      return { ...story, guid: link, link };
    },
  ],
  [
    "adds xtor to links that are its guids",
    (story, site) => {
      const link = `${site}/${story.slug}#xtor=RSS-3`;
      return { ...story, guid: link, link };
    },
  ],
  ["stamps its dates anew", (story) => ({ ...story, published: Date.parse("2026-06-02T08:00:00Z") })],
  ["forgets its dates", (story) => ({ ...story, published: null })],
  ["changes every headline a little", (story) => ({ ...story, title: `${story.title}, council says` })],
])("a feed that %s repeats no post", async (_, changed) => {
  await using stage = await openStage();
  const { line, channel, told, stories, polled } = stage;
  const again = stories.map((story) => changed(story, line.site.url)).toReversed();
  await polled(again);
  await line.restart();
  await polled(again);
  expect(channel.sends).toHaveLength(stories.length);
  expect(told).toEqual([]);
});

test("a feed without guids is known by its links, and repeats no post", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: config, destinations: [channel] });
  const { site, clock } = line;
  site.answer("/feed", (_, response) => {
    response.setHeader("content-type", "application/rss+xml");
    response.end(site.document("/feed").replaceAll(/<guid[^]*?<\/guid>/gu, ""));
  });
  const story = (n: number): Story => ({ slug: `s${n}`, title: `Story ${n}`, published: clock.now() });
  for (let n = 1; n <= 3; n++) {
    site.list([3, 2, 1].filter((i) => i <= n).map(story));
    await line.later();
    await line.later();
  }
  expect(titles(channel)).toEqual(["Story 1", "Story 2", "Story 3"]);
});

test("two entries with one guid are both posted, each once", async () => {
  await using stage = await openStage();
  const { line, channel, stories, polled } = stage;
  const published = line.clock.now();
  const shared = [
    ["tide", "Tide tables for the week"] as const,
    ["chess", "Chess club meets in the hall"] as const,
  ].map(([slug, title]) => ({ slug, title, html: about(title), guid: "weekly", published }));
  await polled([...shared, ...stories.toReversed()]);
  await polled([...shared.toReversed(), ...stories.toReversed()]);
  expect(titles(channel).slice(stories.length).toSorted()).toEqual([
    "Chess club meets in the hall",
    "Tide tables for the week",
  ]);
});

test("an entry that a document lists twice is posted once", async () => {
  await using stage = await openStage();
  const { line, channel, stories, polled } = stage;
  const tide = { slug: "tide", title: "Tide tables for the week", published: line.clock.now() };
  await polled([tide, tide, ...stories.toReversed(), tide]);
  await polled([tide, ...stories.toReversed(), { ...tide, guid: "pinned" }]);
  expect(titles(channel).slice(stories.length)).toEqual([tide.title]);
});

test("a rebuilt feed whose stories nothing recognises is one hold and one message, released in order and spaced", async () => {
  await using stage = await openStage();
  const { line, channel, told, stories, polled } = stage;
  const rebuilt = stories.map((story, i) => ({
    slug: `archive-${i}`,
    title: `From the archive: ${story.title}`,
    html: about(`From the archive: ${story.title}`),
    published: line.clock.now() - 30 * DAY + i * MINUTE,
  }));
  await polled(rebuilt.toReversed());
  await line.restart();
  await polled(rebuilt.toReversed());
  expect(channel.sends).toHaveLength(stories.length);
  expect(await held(line.app().operator)).toHaveLength(rebuilt.length);
  expect(told).toEqual([expect.stringMatching(/^6 entries of The Quay are held: /u)]);

  await release(line.app().operator, line.site.feedUrl);
  const times: number[] = [];
  const { send } = channel.script;
  channel.script.send = (delivery, isOver) => {
    times.push(line.clock.now());
    return send(delivery, isOver);
  };
  for (let minute = 0; minute < 40; minute++) {
    line.clock.advance(MINUTE);
    await line.pass();
  }
  expect(titles(channel).slice(stories.length)).toEqual(rebuilt.map(({ title }) => title));
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5 * MINUTE);
  expect(Math.max(...gaps)).toBeLessThan(HOUR);
  await polled(rebuilt.toReversed());
  expect(channel.sends).toHaveLength(2 * stories.length);
  expect(told).toHaveLength(1);
});

test("a newsroom that releases six stories at once is no flood: all are posted, in order and spaced", async () => {
  await using stage = await openStage();
  const { line, channel, told, stories, polled } = stage;
  line.clock.advance(HOUR);
  const morning = Array.from({ length: 6 }, (_, i) => ({
    slug: `morning-${i}`,
    title: `Morning story number ${i}`,
    html: about(`Morning story number ${i}`),
    published: line.clock.now() + i,
  }));
  await polled(morning.toReversed(), 8);
  expect(titles(channel).slice(stories.length)).toEqual(morning.map(({ title }) => title));
  expect(told).toEqual([]);
});

test("a feed that loses its guids, and one that gets some, repeats no post", async () => {
  await using stage = await openStage();
  const { line, channel, told, stories, polled } = stage;
  const { site } = line;
  const withoutGuids = (_: unknown, response: ServerResponse): void => {
    response.setHeader("content-type", "application/rss+xml");
    response.end(site.document("/feed").replaceAll(/<guid[^]*?<\/guid>/gu, ""));
  };
  site.answer("/feed", withoutGuids);
  await polled(stories.toReversed());
  site.answer("/feed", null);
  await polled(stories.map((story) => ({ ...story, guid: `again-${story.slug}` })).toReversed());
  expect(channel.sends).toHaveLength(stories.length);
  expect(told).toEqual([]);
});

/** Ten stories, as WordPress lists them, moved to another address, with guids, dates and wording of their own. */
const migrated = (line: Line, from: readonly Story[]): readonly Story[] =>
  Array.from({ length: 10 }, (_, i) => {
    const title = from[i % from.length]?.title ?? "";
    return {
      slug: `new-system-${i}`,
      guid: `urn:uuid:${i}`,
      title: i < from.length ? title : `${title}, part ${i}`,
      html: about(`Reworded for the new system: ${title} ${i}`),
      published: line.clock.now() + i,
    };
  });

test("a migration that stamps all ten stories anew and rewords them is one hold and one message", async () => {
  await using stage = await openStage();
  const { line, channel, told, stories, polled } = stage;
  line.clock.advance(HOUR);
  const list = migrated(line, stories).toReversed();
  await polled(list);
  await line.restart();
  await polled(list);
  expect(channel.sends).toHaveLength(stories.length);
  expect(await held(line.app().operator)).toHaveLength(10);
  expect(told).toEqual([expect.stringMatching(/repeat known texts/u)]);
  // A story that comes after it is posted as ever.
  const next = {
    slug: "next",
    title: "A story of the new system",
    html: about("next"),
    published: line.clock.now(),
  };
  await polled([next, ...list]);
  expect(titles(channel).slice(stories.length)).toEqual([next.title]);
});

test("a flood that was released counts as history: the next like it is usual", async () => {
  await using stage = await openStage();
  const { line, channel, told, stories, polled } = stage;
  const many = (round: number): readonly Story[] =>
    Array.from({ length: 12 }, (_, i) => ({
      slug: `r${round}-${i}`,
      title: `Round ${round}, story ${i}`,
      html: about(`Round ${round}, story ${i}`),
      published: null,
    }));
  await polled([...many(1), ...stories]);
  expect(told).toHaveLength(1);
  await release(line.app().operator, line.site.feedUrl);
  for (let round = 2; round <= 5; round++) {
    await polled([...many(round), ...many(round - 1)], 1);
    if ((await held(line.app().operator)).length > 0) await release(line.app().operator, line.site.feedUrl);
  }
  const before = told.length;
  await polled([...many(6), ...many(5)], 1);
  expect(told).toHaveLength(before);
  expect(await held(line.app().operator)).toEqual([]);
  expect(channel.sends.length).toBeGreaterThan(stories.length);
});
