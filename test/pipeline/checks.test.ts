import sharp from "sharp";
import { expect, test } from "vitest";
import { held, release } from "../../src/operator/holds.ts";
import { post } from "../../src/operator/posting.ts";
import { why } from "../../src/operator/why.ts";
import { HOUR } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { type Story, WHOLE } from "../support/newsroom.ts";
import { scripted, titles } from "../support/scripted.ts";

const feed =
  (checks = "", options = "") =>
  (url: string) =>
    `${checks}\nfeeds: [{ url: "${url}", every: 10 minutes, post_to: [{ discord: 1, spacing: 0, ${options} }] }]`;
const whyOf = (line: Line, slug: string) => why(line.app().operator, `${line.site.url}/${slug}`);

async function list(line: Line, ...stories: readonly Story[]): Promise<void> {
  line.site.list(stories.map((story) => ({ published: line.clock.now(), ...story })));
  await line.later();
}

const english = (html: string) => `<div lang="en">${html}</div>`;

test("a held article says all that holds it at once, and one word of the admin lets it go", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(), destinations: [channel] });
  line.site.answer("/quay", (_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<html lang="en"><body><article><h1>Quay</h1>${WHOLE}</article></body></html>`);
  });
  const title = "Norway tells @everyone of harbour repairs";
  await list(line, { slug: "quay", title, html: "<p>Short.</p>" });
  const reason =
    "the headline names Norway, the article does not mention it anywhere; “@everyone” reads as a mention";
  expect(titles(channel)).toEqual([]);
  expect(await held(line.app().operator)).toMatchObject([{ title, reason }]);
  await release(line.app().operator, `${line.site.url}/quay`);
  await line.pass();
  expect(titles(channel)).toEqual([title]);
  expect(await whyOf(line, "quay")).toMatchObject({
    state: "ready",
    checks: [
      { check: "headline", outcome: "released" },
      { check: "mention", outcome: "released" },
    ],
  });
});

test("what is noted is posted all the same, and why has the row", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(), destinations: [channel] });
  await list(line, {
    slug: "bags",
    title: "Bags for boats",
    categories: ["Advertorial"],
    html: english(WHOLE),
  });
  expect(titles(channel)).toEqual(["Bags for boats"]);
  expect(await whyOf(line, "bags")).toMatchObject({
    state: "ready",
    checks: expect.arrayContaining([
      { check: "sponsored", outcome: "noted", reason: "paid for by somebody: its category is “Advertorial”" },
    ]) as unknown,
  });
});

test("a check that is set to skip gives the article up, until an admin posts it by hand", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed("checks: { sponsored: skip }"), destinations: [channel] });
  await list(line, { slug: "bags", title: "Bags for boats", categories: ["Advertorial"] });
  expect(titles(channel)).toEqual([]);
  expect(await whyOf(line, "bags")).toMatchObject({
    state: "skipped",
    reason: "paid for by somebody: its category is “Advertorial”",
  });
  await post(line.app().operator, `${line.site.url}/bags`, null);
  expect(titles(channel)).toEqual(["Bags for boats"]);
});

test("a check that is off finds nothing, also at the dates", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: feed("checks: { age: off, future_date: off }"),
    destinations: [channel],
  });
  const now = line.clock.now();
  await list(
    line,
    { slug: "old-one", title: "Two days old", published: now - 48 * HOUR },
    { slug: "soon", title: "Dated tonight", published: now + 5 * HOUR },
  );
  expect(titles(channel)).toEqual(["Two days old", "Dated tonight"]);
});

test("a link on another domain is noted", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(), destinations: [channel] });
  await list(line, { slug: "away", title: "Bags for boats", link: "https://shop.example/bags" });
  expect(await why(line.app().operator, "https://shop.example/bags")).toMatchObject({
    state: "ready",
    checks: expect.arrayContaining([
      {
        check: "foreign_domain",
        outcome: "noted",
        reason: "its link leads to shop.example, which is not the site's own domain",
      },
    ]) as unknown,
  });
});

test("with missing_link set to hold, an admin may post an entry that leads nowhere", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: feed("checks: { missing_link: hold }"),
    destinations: [channel],
  });
  await list(line, { slug: "nowhere", title: "Storm warning", link: false });
  expect(titles(channel)).toEqual([]);
  await release(line.app().operator, "nowhere");
  await line.pass();
  expect(channel.sends[0]?.post).toMatchObject({ text: "Storm warning", payload: { url: "" } });
});

test("a picture that is a logo stays out of the post, and why says so", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(), destinations: [channel] });
  line.site.answer("/quay", (_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(
      `<html lang="en"><head><meta property="og:image" content="${line.site.url}/site-logo.png"></head><body><article><h1>Quay</h1>${WHOLE}</article></body></html>`,
    );
  });
  await list(line, { slug: "quay", title: "Harbour repairs go on", html: "<p>Short.</p>" });
  expect(channel.sends[0]?.post.payload).toMatchObject({ image: null });
  expect(line.site.asked("/site-logo.png")).toEqual([]);
  expect(await whyOf(line, "quay")).toMatchObject({
    checks: [
      {
        check: "image",
        outcome: "left out",
        reason: "its picture: by its address it is a logo, an emoji or the like",
      },
    ],
  });
});

test("where the picture that a page names is too small, the one in its text goes out", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: feed(), destinations: [channel] });
  const picture = async (width: number) =>
    await sharp({ create: { width, height: width, channels: 3, background: "#246" } })
      .png()
      .toBuffer();
  const [small, large] = [await picture(150), await picture(600)];
  line.site.answer("/small.png", (_, response) => void response.end(small));
  line.site.answer("/large.png", (_, response) => void response.end(large));
  line.site.answer("/quay", (_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(
      `<html lang="en"><head><meta property="og:image" content="/small.png"></head><body><article><h1>Quay</h1><img src="/large.png">${WHOLE}</article></body></html>`,
    );
  });
  await list(line, { slug: "quay", title: "Harbour repairs go on", html: "<p>Short.</p>" });
  expect(channel.sends[0]?.post.payload).toMatchObject({ image: `${line.site.url}/large.png` });
  expect(await whyOf(line, "quay")).toMatchObject({ checks: [] });
});

const OVERNIGHT = `wait: 14 hours`;
const TODAY = "The bridge reopens today";

test("a post that says today and waited over midnight is noted on its delivery", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: feed("", OVERNIGHT),
    destinations: [channel],
    start: "2026-11-05T12:00:00Z",
  });
  line.site.answer("/feed", null);
  await list(line, { slug: "bridge", title: TODAY, html: WHOLE });
  line.clock.advance(15 * HOUR);
  await line.pass();
  expect(titles(channel)).toEqual([TODAY]);
  expect(await whyOf(line, "bridge")).toMatchObject({
    deliveries: [{ state: "sent", checks: [{ check: "relative_time" }] }],
  });
});

test("with relative_time set to hold it waits for an admin, is told once, and goes out when released", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: feed("checks: { relative_time: hold }", OVERNIGHT),
    destinations: [channel],
    start: "2026-11-05T12:00:00Z",
  });
  line.site.answer("/bridge", (_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<html lang="en"><body><article><h1>Bridge</h1>${WHOLE}</article></body></html>`);
  });
  await list(line, { slug: "bridge", title: TODAY, html: "<p>Short.</p>" });
  line.clock.advance(15 * HOUR);
  await line.pass();
  const reason = "it says “today”, written on 2026-11-05, and goes out on 2026-11-06";
  expect(titles(channel)).toEqual([]);
  expect(await held(line.app().operator)).toMatchObject([{ title: TODAY, reason }]);
  await release(line.app().operator, `${line.site.url}/bridge`);
  await line.pass();
  expect(titles(channel)).toEqual([TODAY]);
  expect(await whyOf(line, "bridge")).toMatchObject({
    deliveries: [{ state: "sent", checks: [{ check: "relative_time", outcome: "held", reason }] }],
  });
});
