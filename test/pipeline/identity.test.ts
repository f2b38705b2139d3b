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
  channel.script.send = (delivery) => {
    times.push(line.clock.now());
    return send(delivery);
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
