import { expect, test } from "vitest";
import { held, settle } from "../../src/operator/holds.ts";
import { pause, poll, post, resume, retry, undo } from "../../src/operator/posting.ts";
import { status } from "../../src/operator/status.ts";
import { ALIVE, beat } from "../../src/store/processes.ts";
import { DAY, MINUTE } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { page } from "../support/newsroom.ts";
import { deliveryOf, knownOf, noticesOf, publish, to } from "../support/publish.ts";
import { type Scripted, scripted, sent, titles } from "../support/scripted.ts";

const NONCE = { resend: { withinMs: 60_000 } } as const;
const quietTo = (url: string) => to(`discord: 1, wait: 2 hours`)(url);

test("undo deletes the posts everywhere, and nothing posts them again", async () => {
  const [first, second] = [scripted("discord:1"), scripted("discord:2")];
  await using line = await openLine({ yaml: to("discord: 1", "discord: 2"), destinations: [first, second] });
  const { operator } = line.app();
  await publish(line, "one");
  const url = `${line.site.url}/one`;
  await undo(operator, url);
  expect([first.removed, second.removed]).toMatchObject([
    [{ id: `message-${first.sends[0]?.key}` }],
    [{ id: `message-${second.sends[0]?.key}` }],
  ]);
  expect((await knownOf(line, "one")).deliveries.map(({ state }) => state)).toEqual(["undone", "undone"]);
  await expect(post(operator, url, null)).rejects.toThrow("“one” was undone: it is never posted again.");
  expect((await retry(operator, url)).lines.at(-1)).toMatch(/^Nothing of it failed or expired/u);
  await line.later();
  expect([titles(first), titles(second)]).toEqual([["one"], ["one"]]);
});

test("a command does itself what a killed process will not do any more", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { operator, store } = line.app();
  await publish(line, "one");
  // Its last sign of life is nearly too old to count.
  await beat(store, "killed", line.clock.now() - ALIVE + 400);
  await undo(operator, `${line.site.url}/one`);
  expect(channel.removed).toHaveLength(1);
  // One from the future was written before the clock was set back.
  await beat(store, "ahead", line.clock.now() + DAY);
  expect((await status(operator)).running).toBe(false);
});

test("undo of what still waits, is held or is not read yet gives it up", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: quietTo, destinations: [channel] });
  const { operator } = line.app();
  await publish(line, "one", "two");
  await undo(operator, `${line.site.url}/two`);
  expect(await deliveryOf(line, "two")).toMatchObject({
    state: "skipped",
    reason: "undone before it was sent",
  });
  line.clock.advance(3 * 60 * MINUTE);
  await line.pass();
  expect(titles(channel)).toEqual(["one"]);
  expect(channel.removed).toEqual([]);
});

test("undo of a post in doubt looks for it first, and removes what it finds", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one");
  await undo(line.app().operator, `${line.site.url}/one`);
  expect(channel.finds).toHaveLength(0);
  channel.script.find = () => ({ kind: "found", ref: { id: "m7", url: null, cid: null } });
  line.clock.advance(MINUTE);
  await line.pass();
  expect(channel.removed).toMatchObject([{ id: "m7" }]);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone" });
});

test("undo of a post in doubt that is not there sends nothing", async () => {
  const account = scripted("bluesky:a.example", { resend: "always" });
  await using line = await openLine({ yaml: to("bluesky: a.example, wait: 0"), destinations: [account] });
  account.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one");
  await undo(line.app().operator, `${line.site.url}/one`);
  account.script.send = sent;
  line.clock.advance(MINUTE);
  await line.pass();
  expect([account.sends.length, account.finds.length, account.removed.length]).toEqual([1, 1, 0]);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "skipped" });
});

async function heldInDoubt(channel: Scripted): Promise<Line> {
  const line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  channel.script.find = () => ({ kind: "unreadable", reason: "too many messages" });
  await publish(line, "one");
  line.clock.advance(2 * MINUTE);
  await line.pass();
  return line;
}

test("undo of a post that is held in doubt ends by the admin's word, and is never sent", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await heldInDoubt(channel);
  const { operator } = line.app();
  await undo(operator, `${line.site.url}/one`);
  expect(await held(operator)).toHaveLength(1);
  const key = channel.sends[0]?.key ?? "";
  expect((await settle(operator, key, { send: true })).lines).toEqual([
    "discord:1: it was undone, so it is not sent",
  ]);
  await line.later();
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "skipped" });
});

test("a post that cannot be deleted is told to the admin, and its dead account stops", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { operator } = line.app();
  await publish(line, "one", "two");
  channel.script.remove = () => ({ kind: "rejected", reason: "this cannot be deleted" });
  await undo(operator, `${line.site.url}/one`);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent" });
  expect(await noticesOf(line)).toEqual([
    expect.stringMatching(/^“one” still stands in discord:1 \(.*\): it could not be undone/u),
  ]);
  channel.script.remove = () => ({ kind: "refused", scope: "account", reason: "the token is dead" });
  await undo(operator, `${line.site.url}/two`);
  expect((await status(operator)).destinations[0]).toMatchObject({ state: "stopped" });
  channel.script.remove = () => ({ kind: "sent", ref: { id: "", url: null, cid: null } });
  await resume(operator, "discord:1");
  line.clock.advance(MINUTE);
  await line.pass();
  expect(await deliveryOf(line, "two")).toMatchObject({ state: "undone" });
});

test("post sends what was skipped, whatever its age, to all that are subscribed", async () => {
  const [first, second] = [scripted("discord:1"), scripted("discord:2")];
  await using line = await openLine({ yaml: to("discord: 1", "discord: 2"), destinations: [first, second] });
  line.clock.advance(3 * DAY);
  await post(line.app().operator, `${line.site.url}/old`, null);
  await line.later();
  expect([titles(first), titles(second)]).toEqual([["An old story"], ["An old story"]]);
});

test("post --to sends to that one destination only, and later to another", async () => {
  const [first, second] = [scripted("discord:1"), scripted("discord:2")];
  await using line = await openLine({ yaml: to("discord: 1", "discord: 2"), destinations: [first, second] });
  const url = `${line.site.url}/old`;
  await post(line.app().operator, url, "2");
  expect([titles(first), titles(second)]).toEqual([[], ["An old story"]]);
  await post(line.app().operator, url, "discord:1");
  await post(line.app().operator, url, "discord:1");
  expect([titles(first), titles(second)]).toEqual([["An old story"], ["An old story"]]);
});

test("post sends what waits for its date, and an article that no feed lists", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { site, clock } = line;
  const { operator } = line.app();
  site.list([{ slug: "soon", title: "Tomorrow's story", published: clock.now() + DAY }]);
  await line.later();
  await post(operator, `${site.url}/soon`, null);
  expect(titles(channel)).toEqual(["Tomorrow's story"]);
  site.answer(
    "/unlisted",
    (_, response) => void response.setHeader("content-type", "text/html").end(page("Never listed")),
  );
  await post(operator, `${site.url}/unlisted`, null);
  expect(titles(channel)).toEqual(["Tomorrow's story", "Never listed"]);
});

test("post --latest sends the newest article", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel], begun: false });
  const published = line.clock.now();
  line.site.list([
    { slug: "new", title: "The newest", published },
    { slug: "old", title: "An older one", published: published - DAY },
  ]);
  const { lines } = await post(line.app().operator, null, null);
  expect(titles(channel)).toEqual(["The newest"]);
  expect(lines).toEqual(["The newest", expect.stringMatching(/^ {2}discord:1: sent https:/u)]);
});

test("post says what is wrong: an unknown address, a feed as destination", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { operator } = line.app();
  await expect(post(operator, "https://elsewhere.example/x", null)).rejects.toThrow(
    "No entry is known under https://elsewhere.example/x",
  );
  await expect(post(operator, `${line.site.url}/old`, line.site.feedUrl)).rejects.toThrow(
    "is a feed, not a destination",
  );
});

test("a command leaves the work to the process that runs, and waits for it", async () => {
  const [running, own] = [scripted("discord:1"), scripted("discord:1")];
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [running] });
  await using command = await line.second([own]);
  await using _ = await line.app().app.start("Test");
  while (!(await status(command.operator)).running) await line.clock.sleep(20);
  const { lines } = await post(command.operator, `${line.site.url}/old`, null);
  expect([titles(running), titles(own)]).toEqual([["An old story"], []]);
  expect(lines[1]).toMatch(/^ {2}discord:1: sent https:/u);
});

test("poll asks a feed now, and does not ask one that its server told to wait", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { site, clock } = line;
  const { operator } = line.app();
  site.list([{ slug: "one", title: "one", published: clock.now() }]);
  await poll(operator, site.feedUrl);
  expect(titles(channel)).toEqual(["one"]);
  site.answer("/feed", (_, response) => void response.writeHead(429, { "retry-after": "3600" }).end());
  await poll(operator, null);
  await poll(operator, null);
  expect(site.asked("/feed")).toHaveLength(3);
});

test("a paused feed is not asked, a paused destination is sent nothing; resume goes on with what waited", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1, name: news"), destinations: [channel] });
  const { site } = line;
  const { operator } = line.app();
  await pause(operator, site.feedUrl);
  await publish(line, "one");
  expect(site.asked("/feed")).toHaveLength(1);
  await pause(operator, "News");
  await resume(operator, site.feedUrl);
  await line.pass();
  expect(titles(channel)).toEqual([]);
  await resume(operator, "news");
  await line.pass();
  expect(titles(channel)).toEqual(["one"]);
  await expect(pause(operator, "nothing")).rejects.toThrow("No feed or destination is called nothing");
});

test("a post to where nothing goes now is not waited for, and says why it waits and what helps", async () => {
  const [still, asleep] = [scripted("discord:1"), scripted("discord:2")];
  await using line = await openLine({
    yaml: to("discord: 1, name: the news", "discord: 2, quiet: 00:00-23:59"),
    destinations: [still, asleep],
  });
  const { operator } = line.app();
  await pause(operator, "the news");
  await using _ = await line.app().app.start("Test");
  while (!(await status(operator)).running) await line.clock.sleep(20);
  const began = line.clock.monotonic();
  expect(await post(operator, `${line.site.url}/old`, null)).toEqual({
    lines: [
      "An old story",
      "  the news: pending, but it is paused (paused by an admin). Go on: bulletin resume 'the news'",
      "  discord:2: pending, not before 2026-06-01 23:59:00",
    ],
    failed: true,
  });
  expect(line.clock.monotonic() - began).toBeLessThan(MINUTE);
});

test("what failed is told as a failure, and retry says when there is nothing to retry", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { operator } = line.app();
  channel.script.send = () => ({ kind: "rejected", reason: "AutoMod took it away" });
  const url = `${line.site.url}/old`;
  expect(await retry(operator, url)).toEqual({
    lines: [
      "An old story: skipped (listed before the first poll)",
      `Nothing of it failed or expired: there is nothing to retry. Post it all the same: bulletin post ${url}`,
    ],
  });
  expect(await post(operator, url, null)).toMatchObject({
    lines: ["An old story", "  discord:1: failed (AutoMod took it away)"],
    failed: true,
  });
  channel.script.send = sent;
  expect(await retry(operator, url)).toMatchObject({ failed: false });
  line.site.answer("/feed", (_, response) => void response.writeHead(500).end());
  expect(await poll(operator, null)).toMatchObject({
    lines: [expect.stringContaining("HTTP 500")],
    failed: true,
  });
});
