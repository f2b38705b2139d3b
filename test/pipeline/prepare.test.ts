import type { ServerResponse } from "node:http";
import { sql } from "kysely";
import { expect, inject, test } from "vitest";
import { why } from "../../src/operator/why.ts";
import { edit, held, release } from "../../src/operator/holds.ts";
import { listNotices } from "../../src/store/notices.ts";
import { DAY, HOUR, MINUTE } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { page, type Story, WHOLE } from "../support/newsroom.ts";
import { scripted, titles } from "../support/scripted.ts";

const feed =
  (options: string, post = "discord: 1, spacing: 0") =>
  (url: string) =>
    `feeds: [{ url: "${url}", every: 10 minutes, ${options} post_to: [{ ${post} }] }]`;
const whyOf = (line: Line, slug: string) => why(line.app().operator, `${line.site.url}/${slug}`);
const SHORT = "<p>The quay stays open, the office says.</p>";

async function list(line: Line, ...stories: readonly Story[]): Promise<void> {
  line.site.list(stories);
  await line.later();
}

const html = (text: string) => (_: unknown, response: ServerResponse) =>
  void response.setHeader("content-type", "text/html; charset=utf-8").end(text);

test("a feed's only and skip leave a reason on the entry, a subscription's on its delivery", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: feed(
      "skip: { category: [Opinion] },",
      "discord: 1, spacing: 0, only: { category: [sport] }, skip: { title: [rumour] }",
    ),
    destinations: [channel],
  });
  const published = line.clock.now();
  await list(
    line,
    { slug: "a", title: "Match is won", published, categories: ["SPORT"] },
    { slug: "b", title: "A view on sport", published, categories: ["Sport", "opinion"] },
    { slug: "c", title: "Rumour of a transfer", published, categories: ["Sport"] },
    { slug: "d", title: "Council meets", published, categories: ["Politics"] },
  );
  expect(titles(channel)).toEqual(["Match is won"]);
  expect(await whyOf(line, "b")).toMatchObject({ state: "skipped", reason: "filter: skip names “Opinion”" });
  expect(await whyOf(line, "c")).toMatchObject({
    state: "ready",
    deliveries: [{ state: "skipped", reason: "filter: skip names “rumour”" }],
  });
  expect(await whyOf(line, "d")).toMatchObject({
    deliveries: [{ state: "skipped", reason: "filter: matches nothing that only names" }],
  });
});

test("an article that is too old when it is first seen is skipped, with the reason", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed("max_age: 6 hours,"), destinations: [channel] });
  await list(
    line,
    { slug: "old-one", title: "Seven hours old", published: line.clock.now() - 7 * HOUR },
    { slug: "new-one", title: "Five hours old", published: line.clock.now() - 5 * HOUR },
    { slug: "undated", title: "Without a date", published: null },
  );
  expect(titles(channel).toSorted()).toEqual(["Five hours old", "Without a date"]);
  expect(await whyOf(line, "old-one")).toMatchObject({
    state: "skipped",
    reason: "older than 6 hours when it was first read",
  });
});

test("a date in the future is waited for, one more than a week ahead is not believed", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  const { clock } = line;
  await list(
    line,
    { slug: "soon", title: "Embargoed until tonight", published: clock.now() + 5 * HOUR },
    { slug: "typo", title: "Dated next year", published: clock.now() + 300 * DAY },
  );
  expect(titles(channel)).toEqual(["Dated next year"]);
  expect(await whyOf(line, "soon")).toMatchObject({
    state: "new",
    reason: "dated in the future: it waits until then",
  });
  clock.advance(5 * HOUR);
  await line.pass();
  expect(titles(channel)).toEqual(["Dated next year", "Embargoed until tonight"]);
});

test("an entry without a link is skipped", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  await list(line, { slug: "nowhere", title: "No link", published: line.clock.now(), link: false });
  expect(titles(channel)).toEqual([]);
  expect(await why(line.app().operator, "nowhere")).toMatchObject({
    state: "skipped",
    reason: "the feed gives no link for it",
  });
});

test("a short feed text makes the page be fetched: once, for its key points", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  line.site.answer("/quay", html(page("Quay repairs begin")));
  const story = { slug: "quay", title: "Quay repairs begin", published: line.clock.now(), html: SHORT };
  await list(line, story);
  await list(line, { ...story, title: "Quay repairs begin today" });
  expect(line.site.asked("/quay")).toHaveLength(1);
  expect(channel.sends[0]?.post.payload).toMatchObject({
    keyPoints: ["The northern quay stays open all week.", "Repairs are to end on Friday evening."],
  });
});

test("a page that fails is asked five times, then the feed's own text must do", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  line.site.answer("/quay", (_, response) => void response.writeHead(503).end());
  await list(line, { slug: "quay", title: "Quay", published: line.clock.now(), html: SHORT });
  expect(await whyOf(line, "quay")).toMatchObject({ state: "new", reason: "page: the page answered 503" });
  for (let i = 0; i < 6; i++) await line.later();
  expect(line.site.asked("/quay")).toHaveLength(5);
  expect(titles(channel)).toEqual(["Quay"]);
  expect(await whyOf(line, "quay")).toMatchObject({
    state: "ready",
    reason: "the page answered 503: the feed's text was used",
    source: "feed only",
  });
});

test("a page that is back on the next try is used", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  line.site.answer("/quay", (_, response) => void response.writeHead(503).end());
  await list(line, { slug: "quay", title: "Quay", published: line.clock.now(), html: SHORT });
  line.site.answer("/quay", html(page("Quay")));
  await line.later();
  expect(titles(channel)).toEqual(["Quay"]);
  expect(await whyOf(line, "quay")).toMatchObject({ state: "ready", source: "page" });
});

test("a page that is gone fails the entry, with the reason", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  await list(line, { slug: "lost", title: "Lost", published: line.clock.now(), html: SHORT });
  expect(titles(channel)).toEqual([]);
  expect(await whyOf(line, "lost")).toMatchObject({
    state: "failed",
    reason: "its page is gone (404 or 410)",
  });
});

test("robots.txt is heeded: the feed's text is used and the page is never asked", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  line.site.answer(
    "/robots.txt",
    (_, response) =>
      void response.setHeader("content-type", "text/plain").end("User-agent: *\nDisallow: /quay\n"),
  );
  line.site.answer("/quay", html(page("Quay")));
  await list(line, { slug: "quay", title: "Quay", published: line.clock.now(), html: SHORT });
  expect(line.site.asked("/quay")).toHaveLength(0);
  expect(titles(channel)).toEqual(["Quay"]);
  expect(await whyOf(line, "quay")).toMatchObject({
    reason: "the site's robots.txt keeps readers off the page: the feed's text was used",
  });
});

test("the entries of one feed keep their order, however long each of their pages takes", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  const { site, clock } = line;
  const names = ["one", "two", "three", "four"];
  for (const [i, name] of names.entries())
    site.answer(`/${name}`, (request, response) => {
      void clock.sleep(60 - 20 * i).then(() => html(page(name))(request, response));
    });
  const from = clock.now();
  const stories = names.map((slug, i) => ({ slug, title: slug, published: from + i, html: SHORT }));
  await list(line, ...stories.toReversed());
  expect(titles(channel)).toEqual(names);
});

test("what waits is composed from the newest copy of its article", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: feed("", "discord: 1, spacing: 0, wait: 15 minutes"),
    destinations: [channel],
  });
  const story = { slug: "quay", title: "Quay repiars begin", published: line.clock.now() };
  await list(line, story);
  expect(titles(channel)).toEqual([]);
  await list(line, { ...story, title: "Quay repairs begin" });
  await line.later();
  expect(titles(channel)).toEqual(["Quay repairs begin"]);
  await list(line, { ...story, title: "Quay repairs end" });
  await line.later();
  expect(titles(channel)).toEqual(["Quay repairs begin"]);
});

test("a headline that its text does not bear out is held, with a notice; edited and released it is posted", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  const story = { slug: "quay", title: "Repairs begin at the quay in Norway", published: line.clock.now() };
  await list(line, { ...story, html: WHOLE.replaceAll("harbour office", "harbour office of Denmark") });
  const { operator, store } = line.app();
  expect(titles(channel)).toEqual([]);
  const [one] = await held(operator);
  expect(one).toMatchObject({ title: story.title, name: `${line.site.url}/quay` });
  expect(await listNotices(store, 9)).toHaveLength(1);
  await edit(operator, `${line.site.url}/quay`, "Repairs begin at the quay in Denmark");
  await release(operator, `${line.site.url}/quay`);
  await line.pass();
  expect(titles(channel)).toEqual(["Repairs begin at the quay in Denmark"]);
});

test("an entry whose feed is no longer configured is skipped as unsubscribed", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(""), destinations: [channel] });
  await list(line, { slug: "late", title: "Late", published: line.clock.now() + HOUR });
  await line.app().reload(feed("")("https://other.example/feed"));
  line.clock.advance(HOUR + MINUTE);
  await line.pass();
  expect(await whyOf(line, "late")).toMatchObject({
    state: "skipped",
    reason: "unsubscribed: its feed is no longer configured",
  });
});

test.skipIf(inject("postgres") !== undefined)(
  "an article whose settling finds the disk full again and again is not given up: it is posted when there is room",
  async () => {
    const channel = scripted("discord:1");
    await using line = await openLine({ yaml: feed(""), destinations: [channel] });
    const { db } = line.app().store;
    const pages = async (most: number): Promise<void> =>
      void (await sql.raw(`pragma max_page_count = ${most}`).execute(db));
    let isFull = true;
    line.site.answer("/much", (request, response) => {
      const text = page("Much to say").replace(WHOLE, WHOLE.repeat(40));
      void (isFull ? pages(1) : Promise.resolve()).then(() => html(text)(request, response));
    });
    await list(line, { slug: "much", title: "Much to say", published: line.clock.now(), html: SHORT });
    for (let tries = 1; tries < 8; tries++) {
      line.clock.advance(HOUR);
      await line.pass();
    }
    expect(line.site.asked("/much").length).toBeGreaterThan(5);
    expect(titles(channel)).toEqual([]);
    expect(line.app().warnings.join()).toContain("the store cannot be used");
    isFull = false;
    await pages(1_000_000);
    line.clock.advance(HOUR);
    await line.pass();
    expect(titles(channel)).toEqual(["Much to say"]);
  },
);
