import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { SendResult } from "../../src/domain/types.ts";
import { held, settle } from "../../src/operator/holds.ts";
import { pause, resume, retry, undo } from "../../src/operator/posting.ts";
import { preview } from "../../src/operator/preview.ts";
import { status } from "../../src/operator/status.ts";
import { why } from "../../src/operator/why.ts";
import { listNotices } from "../../src/store/notices.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { page } from "../support/newsroom.ts";
import { type Scripted, scripted, sent, titles } from "../support/scripted.ts";

const to =
  (...targets: readonly string[]) =>
  (feedUrl: string) =>
    `feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [${targets.map((target) => `{ ${target}, spacing: 0, overflow: off }`).join(", ")}] }]`;

/** Lists these stories, newest last, besides the old one, and works. */
async function publish({ site, clock, later }: Line, ...names: readonly string[]): Promise<void> {
  const old = { slug: "old", title: "An old story", published: clock.now() };
  const published = clock.now();
  site.list([...names.map((title) => ({ slug: title, title, published })).toReversed(), old]);
  await later();
}

async function deliveryOf(line: Line, story: string, destination = 0) {
  const found = await why(line.app().operator, `${line.site.url}/${story}`);
  if (found.kind === "unknown") throw new Error(`${story} is unknown`);
  return found.deliveries[destination];
}

const notices = async (line: Line): Promise<readonly string[]> =>
  (await listNotices(line.app().store, 20)).map(({ message }) => message).toReversed();

test("a retry waits for the server's time and a little more, then sends the very same bytes", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "retry", afterMs: 5 * MINUTE, reason: "a limit" });
  await publish(line, "one");
  channel.script.send = sent;
  line.clock.advance(5 * MINUTE);
  await line.pass();
  expect(channel.sends).toHaveLength(1);
  line.clock.advance(30 * SECOND);
  await line.pass();
  expect(channel.sends).toHaveLength(2);
  expect(channel.sends[1]?.post).toEqual(channel.sends[0]?.post);
  expect(channel.sends[1]?.key).toBe(channel.sends[0]?.key);
});

test("after an outage, where no server said how long, a retry waits no longer than max_retry", async () => {
  const channel = scripted("discord:1");
  const yaml = (url: string): string => `timing: { max_retry: 2 seconds }\n${to("discord: 1")(url)}`;
  await using line = await openLine({ yaml, destinations: [channel] });
  channel.script.send = () => ({ kind: "retry", afterMs: 5 * MINUTE, reason: "unreachable", outage: true });
  await publish(line, "one");
  channel.script.send = sent;
  line.clock.advance(3 * SECOND);
  await line.pass();
  expect(channel.sends).toHaveLength(2);
});

test("a post takes the shape that its subscription gives it, and the preview shows the same", async () => {
  const yaml = to(
    "preview: bluesky, template: '{title} +++ {link}'",
    "preview: discord, template: '+++ {tags|title}'",
  );
  await using line = await openLine({ yaml, destinations: [] });
  await publish(line, "one");
  const { db } = line.app().store;
  const rows = await db.selectFrom("deliveries").select("payload").where("state", "=", "sent").execute();
  const frozen = rows.map(
    ({ payload }) => JSON.parse(payload ?? "{}") as { text?: string; embeds?: [{ description: string }] },
  );
  expect(frozen.map(({ text, embeds }) => text ?? embeds?.[0].description)).toEqual(
    expect.arrayContaining(["+++ one", expect.stringMatching(/^one \+\+\+ 127\.0\.0\.1:\d+\/one$/u)]),
  );
  const shown = await preview(line.app().operator, line.site.feedUrl);
  expect(shown.posts.map(({ text }) => text)).toEqual([
    expect.stringContaining("+++ one"),
    expect.stringContaining("one +++ 127.0.0.1"),
  ]);
});

test("what the platform has of a page is looked up once, before its post is frozen", async () => {
  const uri = "at://did:plc:x/site.standard.document/a";
  const looked: (readonly string[])[] = [];
  const channel: Scripted = {
    ...scripted("discord:1"),
    lookUp: async ({ documents }) => {
      looked.push(documents);
      const refs = documents.map((document) => ({ uri: document, cid: "c" }));
      return { kind: "found", found: { documents: refs }, notes: [] };
    },
    compose: ({ title }, { documents }) => [
      { platform: "preview", payload: (documents ?? []).map((one) => one.uri), image: null, text: title },
    ],
  };
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const answer = (head: string) => (_: unknown, response: ServerResponse) =>
    void response
      .setHeader("content-type", "text/html")
      .end(page("A story").replace("<head>", `<head>${head}`));
  line.site.answer("/one", answer(`<link rel="site.standard.document" href="${uri}">`));
  line.site.answer("/two", answer(""));
  channel.script.send = () => ({ kind: "retry", afterMs: 1, reason: "a limit" });
  const published = line.clock.now();
  line.site.list(["two", "one"].map((slug) => ({ slug, title: slug, published, html: "<p>Short.</p>" })));
  await line.later();
  channel.script.send = sent;
  await line.later();
  expect(looked.toSorted((one, other) => other.length - one.length)).toEqual([[uri], []]);
  expect(new Map(channel.sends.map(({ post }) => [post.text, post.payload]))).toEqual(
    new Map([
      ["one", [uri]],
      ["two", []],
    ]),
  );
});

test("what waits behind a retry keeps its order", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "retry", afterMs: MINUTE, reason: "a limit" });
  await publish(line, "one", "two", "three");
  channel.script.send = sent;
  line.clock.advance(MINUTE + 6 * SECOND);
  await line.pass();
  expect(titles(channel)).toEqual(["one", "one", "two", "three"]);
  const keys = channel.sends.map(({ key }) => key);
  expect(keys).toEqual(keys.toSorted());
});

test("a rejected post fails with a notice, and the next one goes", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = (delivery) =>
    delivery.post.text === "one" ? { kind: "rejected", reason: "it is not valid" } : sent(delivery);
  await publish(line, "one", "two");
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "failed", reason: "it is not valid" });
  expect(await deliveryOf(line, "two")).toMatchObject({ state: "sent" });
  expect(await notices(line)).toEqual([
    `“one” could not be posted to discord:1: it is not valid. What was sent: “one”. When that is mended: bulletin retry ${line.site.url}/one`,
  ]);
  channel.script.send = sent;
  await retry(line.app().operator, `${line.site.url}/one`);
  expect(titles(channel)).toEqual(["one", "two", "one"]);
});

test("a post refused for its image is sent without one, and fails when that is refused too", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "degrade", reason: "the image is too large" });
  await publish(line, "one");
  expect(channel.sends).toHaveLength(2);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "failed", reason: "the image is too large" });
});

test("a refused destination stops alone with one notice, keeps what waits, and goes on when it is resumed", async () => {
  const [broken, fine] = [scripted("discord:1"), scripted("discord:2")];
  await using line = await openLine({ yaml: to("discord: 1", "discord: 2"), destinations: [broken, fine] });
  broken.script.send = () => ({ kind: "refused", scope: "destination", reason: "no permission" });
  await publish(line, "one", "two");
  expect(titles(broken)).toEqual(["one"]);
  expect(titles(fine)).toEqual(["one", "two"]);
  expect((await status(line.app().operator)).destinations[0]).toMatchObject({
    state: "stopped",
    reason: "no permission",
    counts: { pending: 2 },
  });
  expect(await notices(line)).toEqual([expect.stringMatching(/^discord:1 was stopped: no permission/u)]);
  broken.script.send = sent;
  await resume(line.app().operator, "discord:1");
  await line.pass();
  expect(titles(broken)).toEqual(["one", "one", "two"]);
});

test("a refused account stops all its destinations with one notice; one resume sets all of them going", async () => {
  const [first, second] = [scripted("discord:1"), scripted("discord:2")];
  const other = scripted("bluesky:a.example");
  await using line = await openLine({
    yaml: to("discord: 1", "discord: 2", "bluesky: a.example, wait: 0"),
    destinations: [first, second, other],
  });
  const refused: SendResult = { kind: "refused", scope: "account", reason: "the token is dead" };
  first.script.send = second.script.send = () => refused;
  await publish(line, "one");
  const states = (await status(line.app().operator)).destinations.map(({ id, state }) => [id, state]);
  expect(states).toEqual([
    ["bluesky:a.example", "active"],
    ["discord:1", "stopped"],
    ["discord:2", "stopped"],
  ]);
  expect(await notices(line)).toHaveLength(1);
  first.script.send = second.script.send = sent;
  await resume(line.app().operator, "discord:1");
  await line.pass();
  expect([titles(first).at(-1), titles(second).at(-1), titles(other)]).toEqual(["one", "one", ["one"]]);
  expect(await deliveryOf(line, "one", 2)).toMatchObject({ state: "sent" });
});

test("a refused account stops, however its name is written, and is not asked again", async () => {
  const account = scripted("bluesky:did:web:Desk.example");
  await using line = await openLine({
    yaml: to("bluesky: did:web:Desk.example, wait: 0"),
    destinations: [account],
  });
  account.script.send = () => ({ kind: "refused", scope: "account", reason: "the password is wrong" });
  await publish(line, "one");
  expect(account.sends).toHaveLength(1);
  expect((await status(line.app().operator)).destinations).toMatchObject([
    { state: "stopped", reason: "the password is wrong" },
  ]);
});

test("a destination that throws, or never answers, does not hold up another", async () => {
  const [thrower, silent, fine] = [scripted("discord:1"), scripted("discord:2"), scripted("discord:3")];
  await using line = await openLine({
    yaml: to("discord: 1", "discord: 2", "discord: 3"),
    destinations: [thrower, silent, fine],
  });
  thrower.script.send = () => {
    throw new Error("a bug");
  };
  let answer: (result: SendResult) => void = () => {};
  silent.script.send = () => new Promise((resolve) => (answer = resolve));
  const { site, clock } = line;
  site.list(["two", "one"].map((title) => ({ slug: title, title, published: clock.now() })));
  clock.advance(11 * MINUTE);
  while (fine.sends.length < 2 || silent.sends.length < 1) {
    await line.app().tick();
    await clock.sleep(5);
  }
  silent.script.send = sent;
  answer({ kind: "rejected", reason: "at last" });
  await line.app().drain();
  expect([titles(fine), titles(silent)]).toEqual([
    ["one", "two"],
    ["one", "two"],
  ]);
  expect(await deliveryOf(line, "one", 0)).toMatchObject({ state: "pending", inDoubt: true });
});

test("without an answer, a platform whose key makes it harmless is sent the same again", async () => {
  const account = scripted("bluesky:a.example", { resend: "always" });
  await using line = await openLine({
    yaml: to("bluesky: a.example, wait: 0"),
    destinations: [account],
  });
  account.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one");
  await line.restart();
  account.script.send = sent;
  line.clock.advance(MINUTE);
  await line.pass();
  expect(account.finds).toHaveLength(0);
  expect(account.sends).toHaveLength(2);
  expect(account.sends[1]).toEqual(account.sends[0]);
});

test("not now, after an attempt without an answer, leaves it in doubt: what is undone then is found and removed", async () => {
  const account = scripted("bluesky:a.example", { resend: "always" });
  await using line = await openLine({ yaml: to("bluesky: a.example, wait: 0"), destinations: [account] });
  account.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one");
  account.script.send = () => ({ kind: "retry", afterMs: 10 * MINUTE, reason: "slow down" });
  line.clock.advance(5 * MINUTE);
  await line.pass();
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "pending", inDoubt: true });
  expect(account.sends).toHaveLength(2);
  account.script.send = sent;
  account.script.find = () => ({ kind: "found", ref: { id: "m1", url: null, cid: null } });
  await undo(line.app().operator, `${line.site.url}/one`);
  line.clock.advance(10 * MINUTE);
  await line.pass();
  expect(account.removed).toHaveLength(1);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone", inDoubt: false });
});

const NONCE = { resend: { withinMs: 60 * SECOND } } as const;

test("without an answer, a nonce is trusted within its window by the process that made it", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await openLine({
    yaml: (url) => `timing: { first_retry: 10 seconds }\n${to("discord: 1")(url)}`,
    destinations: [channel],
  });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one");
  channel.script.send = sent;
  line.clock.advance(15 * SECOND);
  await line.pass();
  expect([channel.sends.length, channel.finds.length]).toEqual([2, 0]);
});

test("a refusal after an attempt without an answer says nothing of that one: it is looked for, and not sent twice", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await openLine({
    yaml: (url) => `timing: { first_retry: 10 seconds }\n${to("discord: 1")(url)}`,
    destinations: [channel],
  });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one");
  channel.script.send = () => ({ kind: "retry", afterMs: 1, reason: "slow down" });
  line.clock.advance(15 * SECOND);
  await line.pass();
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "pending", inDoubt: true });
  channel.script.find = () => ({ kind: "found", ref: { id: "m1", url: null, cid: null } });
  line.clock.advance(2 * MINUTE);
  await line.pass();
  expect([channel.sends.length, channel.finds.length]).toEqual([2, 1]);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", inDoubt: false });
});

test("another process looks first, after the grace: what is found is sent already", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one");
  await line.restart();
  await line.pass();
  expect(channel.finds).toHaveLength(0);
  channel.script.find = () => ({
    kind: "found",
    ref: { id: "m7", url: "https://chat.example/m7", cid: null },
  });
  line.clock.advance(MINUTE);
  await line.pass();
  expect([channel.sends.length, channel.finds.length]).toEqual([1, 1]);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", url: "https://chat.example/m7" });
  expect(await why(line.app().operator, "https://chat.example/m7")).toMatchObject({ title: "one" });
});

test.each(["by another process", "by the same one"])(
  "what got no answer is not looked for sooner because the clock was set ahead: %s",
  async (who) => {
    const channel = scripted("discord:1", { resend: { withinMs: 0 } });
    await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
    channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
    await publish(line, "one");
    if (who === "by another process") await line.restart();
    line.clock.setBack(-5 * MINUTE);
    await line.pass();
    expect(channel.finds).toHaveLength(0);
    line.clock.advance(MINUTE);
    await line.pass();
    expect(channel.finds).toHaveLength(1);
  },
);

test("a process that has just begun looks for what is old at once, as a command does that cron runs", async () => {
  const channel = scripted("discord:1", { resend: { withinMs: 0 } });
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one");
  line.clock.advance(10 * MINUTE);
  await line.restart();
  await line.pass();
  expect(channel.finds).toHaveLength(1);
});

test("what is looked for and absent is sent again, with the same bytes and key", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one", "two");
  await line.restart();
  channel.script.send = sent;
  line.clock.advance(MINUTE);
  await line.pass();
  expect(titles(channel)).toEqual(["one", "one", "two"]);
  expect(channel.sends[1]?.key).toBe(channel.sends[0]?.key);
});

test("what cannot be read for now is looked for again; what cannot be read at all is held in doubt", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await publish(line, "one", "two");
  await line.restart();
  channel.script.send = sent;
  channel.script.find = () => ({ kind: "unreadable", reason: "no network", retryAfterMs: MINUTE });
  line.clock.advance(MINUTE);
  await line.pass();
  channel.script.find = () => ({ kind: "unreadable", reason: "too many messages" });
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "pending", inDoubt: true });
  line.clock.advance(2 * MINUTE);
  await line.pass();
  expect(channel.finds).toHaveLength(2);
  expect(titles(channel)).toEqual(["one", "two"]);
  const [doubt] = await held(line.app().operator);
  expect(doubt?.reason).toBe("in doubt: no answer, and it could not be looked for (too many messages)");
  expect(await notices(line)).toEqual([expect.stringMatching(/^“one” may or may not stand in discord:1/u)]);
});

async function heldInDoubt(channel: Scripted): Promise<Line> {
  const line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  channel.script.find = () => ({ kind: "unreadable", reason: "too many messages" });
  await publish(line, "one");
  await line.restart();
  line.clock.advance(MINUTE);
  await line.pass();
  channel.script.send = sent;
  return line;
}

test("settle --sent takes the admin's word that a post stands there", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await heldInDoubt(channel);
  const { operator } = line.app();
  await settle(operator, channel.sends[0]?.key ?? "", { sent: "https://chat.example/1/2/33" });
  await line.pass();
  expect(channel.sends).toHaveLength(1);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", url: "https://chat.example/1/2/33" });
  await undo(operator, `${line.site.url}/one`);
  expect(channel.removed).toMatchObject([{ id: "33" }]);
});

test("settle --send sends a post that does not stand there", async () => {
  const channel = scripted("discord:1", NONCE);
  await using line = await heldInDoubt(channel);
  await settle(line.app().operator, channel.sends[0]?.key ?? "", { send: true });
  await line.pass();
  expect(channel.sends[1]).toMatchObject({ key: channel.sends[0]?.key, post: channel.sends[0]?.post });
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent" });
});

test("what was not sent within 72 hours expires with a notice, and retry sends it all the same", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => ({ kind: "retry", afterMs: 10 * HOUR, reason: "the server is down" });
  await publish(line, "one");
  for (let hour = 0; hour < 80; hour += 8) {
    line.clock.advance(8 * HOUR);
    await line.pass();
  }
  expect(await deliveryOf(line, "one")).toMatchObject({
    state: "expired",
    reason: "waited too long: it expired unsent (the server is down)",
  });
  expect((await notices(line)).at(-1)).toContain(`bulletin retry ${line.site.url}/one`);
  const before = channel.sends.length;
  channel.script.send = sent;
  await retry(line.app().operator, `${line.site.url}/one`);
  expect(channel.sends).toHaveLength(before + 1);
});

test("the time to expire stands still while a destination is paused or stopped", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { operator } = line.app();
  await pause(operator, "discord:1");
  await publish(line, "one");
  line.clock.advance(5 * DAY);
  await line.pass();
  channel.script.send = () => ({ kind: "refused", scope: "destination", reason: "no permission" });
  await resume(operator, "discord:1");
  await line.pass();
  line.clock.advance(5 * DAY);
  channel.script.send = sent;
  await resume(operator, "discord:1");
  await line.pass();
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent" });
});

test("a process that was slower than its lease writes nothing, and nothing is sent twice in order", async () => {
  const [slow, quick] = [scripted("bluesky:a.example"), scripted("bluesky:a.example")];
  await using line = await openLine({ yaml: to("bluesky: a.example, wait: 0"), destinations: [slow] });
  await using other = await line.second([quick]);
  let answer: (result: SendResult) => void = () => {};
  slow.script.send = () => new Promise((resolve) => (answer = resolve));
  const { site, clock } = line;
  site.list([{ slug: "one", title: "one", published: clock.now() }]);
  clock.advance(11 * MINUTE);
  while (slow.sends.length === 0) {
    await line.app().tick();
    await clock.sleep(5);
  }
  await other.pass();
  expect(quick.sends).toHaveLength(0);
  clock.advance(3 * MINUTE);
  await other.pass();
  expect(quick.sends).toEqual(slow.sends);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", attempt: 2 });
  answer({ kind: "rejected", reason: "too late to say so" });
  await line.app().drain();
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", attempt: 2 });
});

test("whoever sends can see that his lease is over, by either clock, right before he writes", async () => {
  const news = scripted("bluesky:a.example");
  await using line = await openLine({ yaml: to("bluesky: a.example, wait: 0"), destinations: [news] });
  const seen: boolean[] = [];
  news.script.send = (delivery, isOver) => {
    seen.push(isOver());
    line.clock.advance(3 * MINUTE);
    seen.push(isOver());
    line.clock.setBack(HOUR);
    seen.push(isOver());
    return sent(delivery);
  };
  await publish(line, "one");
  expect(seen).toEqual([false, true, true]);
});

test("a post is published after it was sent, once more when that failed for now, and a failure is told", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1, publish: true"), destinations: [channel] });
  channel.script.publish = () => ({ kind: "retry", afterMs: MINUTE, reason: "a limit" });
  await publish(line, "one", "two");
  expect(titles(channel)).toEqual(["one", "two"]);
  channel.script.publish = () => ({ kind: "rejected", reason: "this is no announcement channel" });
  line.clock.advance(MINUTE + 6 * SECOND);
  await line.pass();
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", publish: "failed" });
  expect((await notices(line))[0]).toMatch(/“one” was posted to discord:1, but could not be published/u);
  channel.script.publish = () => ({ kind: "sent", ref: { id: "", url: null, cid: null } });
  await retry(line.app().operator, `${line.site.url}/one`);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", publish: "done" });
});
