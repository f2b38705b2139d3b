import { expect, test } from "vitest";
import { why } from "../../src/operator/why.ts";
import { held, release, drop } from "../../src/operator/holds.ts";
import { resume } from "../../src/operator/posting.ts";
import { status } from "../../src/operator/status.ts";
import { listFeeds } from "../../src/store/feeds.ts";
import { listNotices } from "../../src/store/notices.ts";
import { DAY, HOUR, MINUTE } from "../support/clock.ts";
import { openLine } from "../support/line.ts";
import type { Story } from "../support/newsroom.ts";
import { scripted, titles } from "../support/scripted.ts";

const plain = (feedUrl: string) =>
  `feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [{ discord: 1, spacing: 0 }] }]`;
const stories = (from: number, to: number, published: number): readonly Story[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    slug: `s${to - i}`,
    title: `Story number ${to - i}`,
    published: published + (to - i) * 1000,
  }));

test("the first poll posts nothing, and why says so", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  const { site, clock } = line;
  expect(titles(channel)).toEqual([]);
  expect(await why(line.app().operator, `${site.url}/old?utm_source=x`)).toMatchObject({
    kind: "known",
    state: "skipped",
    reason: "listed before the first poll",
  });
  site.list([
    { slug: "ferry", title: "Ferry sails again", published: clock.now() },
    { slug: "old", title: "An old story", published: clock.now() },
  ]);
  await line.later();
  await line.later();
  expect(titles(channel)).toEqual(["Ferry sails again"]);
});

test("backfill posts as many of the first poll's articles as it says, however old, oldest first", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: (url) => plain(url).replace("every", "backfill: 2, every"),
    destinations: [channel],
    begun: false,
  });
  line.site.list(stories(1, 4, line.clock.now() - 90 * DAY));
  await line.pass();
  await line.later();
  expect(titles(channel)).toEqual(["Story number 3", "Story number 4"]);
});

test("a subscription added later gets what is first seen after it", async () => {
  const [first, second] = [scripted("discord:1"), scripted("discord:2")];
  await using line = await openLine({ yaml: plain, destinations: [first, second] });
  const { site, clock } = line;
  site.list(stories(1, 1, clock.now()));
  await line.later();
  await line
    .app()
    .reload(
      `feeds: [{ url: "${site.feedUrl}", every: 10 minutes, post_to: [{ discord: 1, spacing: 0 }, { discord: 2, spacing: 0 }] }]`,
    );
  site.list(stories(1, 2, clock.now()));
  await line.later();
  expect(titles(first)).toEqual(["Story number 1", "Story number 2"]);
  expect(titles(second)).toEqual(["Story number 2"]);
});

test("an article that two feeds list is posted once to a destination that has both", async () => {
  const [both, one] = [scripted("discord:1"), scripted("discord:2")];
  await using line = await openLine({
    yaml: (url, site) => `feeds:
  - { url: "${url}", every: 10 minutes, post_to: [{ discord: 1, spacing: 0 }] }
  - { url: "${site}/sport", every: 10 minutes, post_to: [{ discord: 1 }, { discord: 2, spacing: 0 }] }`,
    destinations: [both, one],
    begun: false,
  });
  const { site, clock } = line;
  site.list([], "/feed");
  site.list([], "/sport");
  await line.pass();
  const story = { slug: "cup", title: "The cup goes to the harbour team", published: clock.now() };
  site.list([{ ...story, guid: "a" }], "/feed");
  site.list([{ ...story, guid: "b", link: `${site.url}/cup?utm_source=sport` }], "/sport");
  await line.later();
  expect(titles(both)).toEqual([story.title]);
  expect(titles(one)).toEqual([story.title]);
});

test("a flood is held with one notice, and released in the order of its dates", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  const { site, clock } = line;
  site.list(stories(1, 20, clock.now() - 20 * DAY));
  await line.later();
  await line.later();
  const { operator, store } = line.app();
  expect(titles(channel)).toEqual([]);
  expect(await held(operator)).toHaveLength(20);
  const notices = (await listNotices(store, 9)).map(({ message }) => message);
  expect(notices).toEqual([expect.stringMatching(/^20 entries of The Quay are held: 20 new entries/u)]);
  await release(operator, site.feedUrl);
  await line.pass();
  expect(titles(channel)).toEqual(
    stories(1, 20, 0)
      .map(({ title }) => title)
      .toReversed(),
  );
});

test("a flood that is dropped is never posted, and one of it can be released alone", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  line.site.list(stories(1, 20, line.clock.now() - 20 * DAY));
  await line.later();
  const { operator } = line.app();
  await release(operator, `${line.site.url}/s7`);
  await drop(operator, line.site.feedUrl);
  await line.later();
  expect(titles(channel)).toEqual(["Story number 7"]);
  expect(await why(operator, `${line.site.url}/s8`)).toMatchObject({ reason: "dropped by an admin" });
});

test("a held flood does not make the next one usual", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  const { site, clock } = line;
  for (let n = 1; n <= 4; n++) {
    site.list(stories(1, n, clock.now()));
    await line.later();
  }
  site.list(stories(100, 140, clock.now() - 20 * DAY));
  await line.later();
  site.list(stories(200, 240, clock.now() - 20 * DAY));
  await line.later();
  expect(await held(line.app().operator)).toHaveLength(82);
});

test("both validators go out byte for byte, and a 304 that names none keeps them", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel], begun: false });
  const { site } = line;
  const etag = 'W/"a,b;c"';
  const lastModified = "Tue, 02 Jun 2026 08:00:00 GMT";
  const xml = `<rss version="2.0"><channel><title>Quay</title></channel></rss>`;
  site.answer("/feed", (request, response) =>
    request.headers["if-none-match"] === etag
      ? void response.writeHead(304).end()
      : void response.setHeader("etag", etag).setHeader("last-modified", lastModified).end(xml),
  );
  await line.pass();
  await line.later();
  await line.later();
  const headers = site
    .asked("/feed")
    .map(({ headers }) => [headers["if-none-match"], headers["if-modified-since"]]);
  expect(headers).toEqual([
    [undefined, undefined],
    [etag, lastModified],
    [etag, lastModified],
  ]);
});

test("a permanent redirect is kept only after three polls over a day", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  const { site, clock } = line;
  site.list([{ slug: "old", title: "An old story" }], "/new-feed");
  site.answer("/feed", (_, response) => void response.writeHead(301, { location: "/new-feed" }).end());
  for (let i = 0; i < 4; i++) await line.later();
  expect(site.asked("/feed")).toHaveLength(5);
  clock.advance(DAY);
  await line.pass();
  expect(site.asked("/feed")).toHaveLength(6);
  await line.later();
  expect(site.asked("/feed")).toHaveLength(6);
  expect(site.asked("/new-feed")).toHaveLength(6);
});

test("a feed that is gone (410) stops with a notice, and is asked again when it is resumed", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  const { site } = line;
  const { operator, store } = line.app();
  site.answer("/feed", (_, response) => void response.writeHead(410).end());
  await line.later();
  await line.later();
  expect(site.asked("/feed")).toHaveLength(2);
  expect((await status(operator)).feeds[0]).toMatchObject({ state: "stopped" });
  expect((await listNotices(store, 9)).map(({ message }) => message)).toEqual([
    expect.stringContaining("was stopped: the server says that this feed is gone for good (410)"),
  ]);
  site.answer("/feed", null);
  await resume(operator, site.feedUrl);
  await line.pass();
  expect((await status(operator)).feeds[0]).toMatchObject({ state: "active", lastOutcome: "fetched" });
});

test("Retry-After keeps every feed of the host waiting, also over a restart", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: (url, site) => `feeds:
  - { url: "${url}", every: 10 minutes, post_to: [{ discord: 1 }] }
  - { url: "${site}/sport", every: 40 minutes, post_to: [{ discord: 1 }] }`,
    destinations: [channel],
  });
  const { site, clock } = line;
  site.answer("/feed", (_, response) => void response.writeHead(429, { "retry-after": "7200" }).end());
  await line.later();
  site.answer("/feed", null);
  await line.restart();
  clock.advance(HOUR);
  await line.pass();
  expect([site.asked("/feed").length, site.asked("/sport").length]).toEqual([2, 1]);
  clock.advance(HOUR + MINUTE);
  await line.pass();
  expect([site.asked("/feed").length, site.asked("/sport").length]).toEqual([3, 2]);
});

test("a poll that throws does not stop its neighbours", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: (url, site) => `feeds:
  - { url: "${site}/broken", every: 10 minutes, post_to: [{ discord: 1 }] }
  - { url: "${url}", every: 10 minutes, post_to: [{ discord: 1, spacing: 0 }] }`,
    destinations: [channel],
    begun: false,
  });
  const { site, clock } = line;
  const { store, operator } = line.app();
  site.list([{ slug: "x", title: "X" }], "/broken");
  await line.pass();
  // A row that no code of ours writes: reading it throws, once there is something new.
  site.list(
    [
      { slug: "y", title: "Y" },
      { slug: "x", title: "X" },
    ],
    "/broken",
  );
  await store.db.updateTable("feeds").set({ freshCounts: "{" }).where("url", "like", "%broken").execute();
  site.list(stories(1, 1, clock.now()));
  await line.later();
  expect(titles(channel)).toEqual(["Story number 1"]);
  const [broken] = (await status(operator)).feeds;
  expect(broken?.reason).toMatch(/^internal error: /u);
  expect(line.app().warnings).toContainEqual(expect.stringMatching(/^poll broke/u));
});

test("a site's address is enough: its feed is found once and kept", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: (_, site) => plain(site),
    destinations: [channel],
    begun: false,
  });
  const { site, clock } = line;
  const html = `<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body></body></html>`;
  site.answer("/", (_, response) => void response.setHeader("content-type", "text/html").end(html));
  await line.pass();
  const before = site.asked("/").length;
  site.list(stories(1, 1, clock.now()));
  await line.later();
  expect(titles(channel)).toEqual(["Story number 1"]);
  expect(site.asked("/")).toHaveLength(before);
});

test("the admin is told when a feed failed three times in a row, and it is asked ever more rarely", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  const { site, clock } = line;
  site.answer("/feed", (_, response) => void response.writeHead(500).end());
  for (let i = 0; i < 10; i++) {
    clock.advance(HOUR);
    await line.pass();
  }
  expect(site.asked("/feed").length).toBeLessThan(7);
  expect(await listNotices(line.app().store, 9)).toHaveLength(1);
});

test("without a schedule a feed is asked in its own rhythm, and more rarely while nothing comes", async () => {
  await using line = await openLine({
    yaml: (url) => `feeds: [{ url: "${url}", post_to: [{ discord: 1 }] }]`,
    destinations: [scripted("discord:1")],
    begun: false,
  });
  const { site, clock } = line;
  const hourly = Array.from({ length: 10 }, (_, i) => ({
    slug: `h${i}`,
    title: `Story ${i}`,
    published: clock.now() - (i + 1) * HOUR,
  }));
  site.list(hourly);
  const gaps: number[] = [];
  for (let i = 0; i < 4; i++) {
    await line.pass();
    const [feed] = await listFeeds(line.app().store);
    gaps.push((feed?.dueAt ?? 0) - clock.now());
    clock.advance((gaps.at(-1) ?? 0) + MINUTE);
  }
  expect(gaps[0]).toBeGreaterThan(20 * MINUTE);
  expect(gaps[0]).toBeLessThan(30 * MINUTE);
  expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
});

test("a feed that was asked by a clock a year ahead is asked in its schedule again from the next start on", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  const { site, clock } = line;
  clock.advance(365 * DAY);
  await line.pass();
  clock.setBack(365 * DAY);
  const before = site.asked("/feed").length;
  await line.restart();
  await line.later();
  await line.later();
  expect(site.asked("/feed").length).toBeGreaterThanOrEqual(before + 1);
});

test("a story that is dated back appears under an unchanged ETag: it is read, and why says what became of it", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: plain, destinations: [channel] });
  const { site, clock } = line;
  // WordPress makes its ETag of the site's last change, and sends the whole list to whoever has another one.
  site.answer("/feed", (_, response) => {
    response.writeHead(200, { etag: '"a1"', "last-modified": "Mon, 01 Jun 2026 08:00:00 GMT" });
    response.end(site.document("/feed"));
  });
  const old = { slug: "old", title: "An old story", published: clock.now() };
  site.list([old]);
  await line.later();
  const [recent, ancient] = [
    { slug: "dated-back", title: "A story of this morning", published: clock.now() - 3 * HOUR },
    { slug: "archive", title: "A story of last week", published: clock.now() - 7 * DAY },
  ];
  site.list([old, recent, ancient]);
  await line.later();
  expect(titles(channel)).toEqual([recent.title]);
  expect(await why(line.app().operator, `${site.url}/archive`)).toMatchObject({
    kind: "known",
    state: "skipped",
    reason: expect.stringContaining("older than"),
  });
});
