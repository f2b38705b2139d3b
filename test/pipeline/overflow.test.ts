import { expect, test } from "vitest";
import type { FindResult, SendResult } from "../../src/domain/types.ts";
import { pause, post, resume, retry, undo } from "../../src/operator/posting.ts";
import { release, settle } from "../../src/operator/holds.ts";
import { why } from "../../src/operator/why.ts";
import { listNotices } from "../../src/store/notices.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { type Scripted, scripted, sent, titles } from "../support/scripted.ts";

const to =
  (target: string, more = "") =>
  (feedUrl: string) =>
    `${more}
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [{ ${target} }] }]`;
const CHANNEL = "bluesky: a.example, wait: 0, spacing: 2 minutes";
const ID = "bluesky:a.example";
const DOWN: SendResult = { kind: "retry", afterMs: SECOND, reason: "no connection", outage: true };

/** Lists one more story every eleven minutes. */
async function publish({ site, clock, later }: Line, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    known.push({ slug: name, title: name, published: clock.now() });
    site.list([...known].toReversed());
    await later();
  }
}
let known: { slug: string; title: string; published: number }[] = [];

async function openStory(...args: Parameters<typeof openLine>): Promise<Line> {
  const line = await openLine(...args);
  known = [{ slug: "old", title: "An old story", published: line.clock.now() }];
  return line;
}

const FOUND = (): FindResult => ({ kind: "found", ref: { id: "m1", url: null, cid: null } });

/** Lets time go by, in steps of half a minute. */
async function goOn(line: Line, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 30 * SECOND) {
    line.clock.advance(30 * SECOND);
    await line.pass();
  }
}

const deliveryOf = async (line: Line, story: string) => {
  const found = await why(line.app().operator, `${line.site.url}/${story}`);
  return found.kind === "known" ? found.deliveries[0] : undefined;
};
const notices = async (line: Line): Promise<readonly string[]> =>
  (await listNotices(line.app().store, 20)).map(({ message }) => message).toReversed();

/** A line with a destination that was paused while six stories came. */
async function sixWaiting(channel: Scripted, yaml = to(CHANNEL)): Promise<Line> {
  const line = await openStory({ yaml, destinations: [channel] });
  await pause(line.app().operator, ID);
  await publish(line, "a", "b", "c", "d", "e", "f");
  await resume(line.app().operator, ID);
  return line;
}

test("after a pause the oldest go out in one post, and then the newest two, spaced", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  await line.pass();
  expect(titles(channel)).toEqual(["a | b | c | d"]);
  await goOn(line, 90 * SECOND);
  expect(titles(channel)).toHaveLength(1);
  await goOn(line, 5 * MINUTE);
  expect(titles(channel)).toEqual(["a | b | c | d", "e", "f"]);
  const [first, other] = [await deliveryOf(line, "a"), await deliveryOf(line, "c")];
  expect(first).toMatchObject({ state: "sent", reason: expect.stringContaining("one post with others") });
  expect(other).toMatchObject({ state: "sent", reason: first?.reason, url: first?.url, inDoubt: false });
  expect(await deliveryOf(line, "f")).toMatchObject({ state: "sent", reason: null });
});

test("after an outage the one that was being sent comes first, then the list, then the newest two", async () => {
  const channel = scripted(ID);
  await using line = await openStory({ yaml: to(CHANNEL), destinations: [channel] });
  channel.script.send = () => DOWN;
  await publish(line, "a", "b", "c", "d", "e", "f");
  channel.sends.length = 0;
  channel.script.send = sent;
  await goOn(line, 2 * HOUR);
  expect(titles(channel)).toEqual(["a", "b | c | d", "e", "f"]);
});

test("after the bot itself was down it is the same", async () => {
  const channel = scripted(ID);
  await using line = await openStory({
    yaml: to("bluesky: a.example, wait: 2 hours, spacing: 2 minutes"),
    destinations: [channel],
  });
  await publish(line, "a", "b", "c", "d", "e", "f");
  await line.restart(undefined, async () => line.clock.advance(5 * HOUR));
  await goOn(line, 6 * MINUTE);
  expect(titles(channel)).toEqual(["a | b | c | d", "e", "f"]);
});

test("three that wait go out one by one, spaced also where there is no spacing", async () => {
  const channel = scripted(ID);
  await using line = await openStory({
    yaml: to("bluesky: a.example, wait: 0, spacing: 0"),
    destinations: [channel],
  });
  await pause(line.app().operator, ID);
  await publish(line, "a", "b", "c");
  await resume(line.app().operator, ID);
  await line.pass();
  expect(titles(channel)).toEqual(["a"]);
  await goOn(line, 30 * SECOND);
  expect(titles(channel)).toEqual(["a", "b"]);
  await goOn(line, MINUTE);
  expect(titles(channel)).toEqual(["a", "b", "c"]);
});

test("off sends each by itself; a higher number bears more of them", async () => {
  for (const [overflow, first] of [
    ["off", "a"],
    ["6", "a"],
    ["5", "a | b | c | d"],
  ] as const) {
    const channel = scripted(ID);
    await using line = await sixWaiting(channel, to(`${CHANNEL}, overflow: ${overflow}`));
    await line.pass();
    expect(titles(channel)).toEqual([first]);
  }
});

test("what waits for its slot, the spacing, the quiet hours or its wait is not late, however much it is", async () => {
  const names = Array.from({ length: 9 }, (_, n) => `s${n}`);
  for (const [own, hours] of [
    ["wait: 0, spacing: 1 hour", 12],
    ["wait: 0, spacing: 0, quiet: 10:00-20:00", 14],
    ["wait: 6 hours, spacing: 0", 12],
    ['wait: 0, spacing: 0, at: "0 20 * * *"', 14],
  ] as const) {
    const channel = scripted(ID);
    await using line = await openStory({ yaml: to(`bluesky: a.example, ${own}`), destinations: [channel] });
    await publish(line, ...names);
    await goOn(line, hours * HOUR);
    expect(titles(channel)).toEqual(names);
  }
}, 120_000);

test("what does not fit is listed by the next post", async () => {
  const channel = scripted(ID, { fits: 2 });
  await using line = await sixWaiting(channel);
  await goOn(line, 12 * MINUTE);
  expect(titles(channel)).toEqual(["a | b", "c | d", "e", "f"]);
});

test("without an answer the very same list is sent again, and by another process too", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  channel.script.send = () => ({ kind: "unknown", reason: "cut off" });
  await line.pass();
  expect(await deliveryOf(line, "c")).toMatchObject({ state: "pending", inDoubt: false });
  await publish(line, "g");
  await line.restart();
  channel.script.send = sent;
  await goOn(line, 15 * MINUTE);
  const lists = channel.sends.filter(({ post: { text } }) => text.includes("|"));
  expect(lists.length).toBeGreaterThan(1);
  for (const list of lists) expect(list).toEqual(channel.sends[0]);
  expect(titles(channel).slice(-3)).toEqual(["e", "f", "g"]);
  expect(await deliveryOf(line, "c")).toMatchObject({ state: "sent" });
});

test("a list that is refused is broken up: each is sent by itself, spaced, and the admin is told", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  channel.script.send = ({ post: { text }, key }) =>
    text.includes("b") ? { kind: "rejected", reason: "a harmful link" } : sent({ key });
  await goOn(line, 15 * MINUTE);
  expect(titles(channel)).toEqual(["a | b | c | d", "a", "b", "c", "d", "e", "f"]);
  expect(await deliveryOf(line, "b")).toMatchObject({ state: "failed", post: { text: "b" } });
  expect(await deliveryOf(line, "c")).toMatchObject({ state: "sent" });
  expect(await notices(line)).toEqual([
    expect.stringMatching(/^A post that lists several articles was refused by .*harmful link.*“a \| b/u),
    expect.stringMatching(/^“b” could not be posted/u),
  ]);
  channel.script.send = sent;
  await retry(line.app().operator, `${line.site.url}/b`);
  expect(await deliveryOf(line, "b")).toMatchObject({ state: "sent" });
});

test("a list that stood there unanswered and was deleted by a moderator does not come back, nor do its articles", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  await line.pass();
  channel.script.send = (delivery) =>
    delivery.post.text.includes("|")
      ? { kind: "rejected", reason: "the message is gone", gone: true }
      : sent(delivery);
  await goOn(line, 20 * MINUTE);
  expect(titles(channel)).toEqual(["a | b | c | d", "a | b | c | d", "e", "f"]);
  expect(await deliveryOf(line, "a")).toMatchObject({ state: "failed", reason: "the message is gone" });
  expect(await deliveryOf(line, "d")).toMatchObject({ state: "skipped", reason: "the message is gone" });
});

test("an undone article takes the list with it; the others are posted anew, under other keys", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  await goOn(line, 6 * MINUTE);
  const { operator } = line.app();
  channel.script.find = FOUND;
  await undo(operator, `${line.site.url}/b`);
  await goOn(line, 12 * MINUTE);
  expect(channel.removed).toEqual([
    { id: `message-${channel.sends[0]?.key}`, url: expect.anything(), cid: null },
  ]);
  expect(titles(channel)).toEqual(["a | b | c | d", "e", "f", "a", "c", "d"]);
  expect(new Set(channel.sends.map(({ key }) => key)).size).toBe(6);
  expect(await deliveryOf(line, "b")).toMatchObject({ state: "undone" });
  for (const name of ["a", "c", "d"]) expect(await deliveryOf(line, name)).toMatchObject({ state: "sent" });
  await expect(post(operator, `${line.site.url}/b`, null)).rejects.toThrow(/undone/u);
});

test("a list that a moderator deleted does not come back, also when something of it is undone", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  await goOn(line, 6 * MINUTE);
  channel.script.find = () => ({ kind: "absent" });
  await undo(line.app().operator, `${line.site.url}/b`);
  await goOn(line, 12 * MINUTE);
  expect(titles(channel)).toEqual(["a | b | c | d", "e", "f"]);
  expect(await deliveryOf(line, "b")).toMatchObject({ state: "undone" });
  expect(await deliveryOf(line, "c")).toMatchObject({ state: "sent" });
});

test("where it cannot be read whether a moderator deleted a list, the admin is asked for each of the others", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  await goOn(line, 6 * MINUTE);
  channel.script.find = () => ({ kind: "unreadable", reason: "no history" });
  await undo(line.app().operator, `${line.site.url}/b`);
  await goOn(line, 2 * MINUTE);
  expect(await deliveryOf(line, "b")).toMatchObject({ state: "undone" });
  for (const name of ["a", "c", "d"])
    expect(await deliveryOf(line, name)).toMatchObject({ state: "held", inDoubt: false });
  expect((await notices(line)).filter((text) => text.includes("bulletin release"))).toHaveLength(3);
  await release(line.app().operator, `${line.site.url}/c`);
  await goOn(line, 5 * MINUTE);
  expect(titles(channel).slice(3)).toEqual(["c"]);
});

test("a list that is gone after a request to delete it had no answer may have been a moderator's: the admin is asked", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  await goOn(line, 6 * MINUTE);
  channel.script.find = FOUND;
  channel.script.remove = () => {
    channel.script.find = () => ({ kind: "absent" });
    channel.script.remove = () => ({ kind: "sent", ref: { id: "", url: null, cid: null } });
    return { kind: "unknown", reason: "no answer" };
  };
  await undo(line.app().operator, `${line.site.url}/b`);
  await goOn(line, 12 * MINUTE);
  expect(titles(channel)).toEqual(["a | b | c | d", "e", "f"]);
  expect(await deliveryOf(line, "b")).toMatchObject({ state: "undone" });
  for (const name of ["a", "c", "d"])
    expect(await deliveryOf(line, name)).toMatchObject({ state: "held", inDoubt: false });
});

test("a second article that is undone while its list is being taken back changes nothing for the others", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  await goOn(line, 6 * MINUTE);
  const { operator } = line.app();
  channel.script.find = FOUND;
  channel.script.remove = () => {
    channel.script.find = () => ({ kind: "absent" });
    return { kind: "unknown", reason: "no answer" };
  };
  await undo(operator, `${line.site.url}/b`);
  await goOn(line, 5 * MINUTE);
  await undo(operator, `${line.site.url}/c`);
  channel.script.remove = () => ({ kind: "sent", ref: { id: "", url: null, cid: null } });
  await goOn(line, 12 * MINUTE);
  for (const name of ["b", "c"]) expect(await deliveryOf(line, name)).toMatchObject({ state: "undone" });
  for (const name of ["a", "d"]) expect(await deliveryOf(line, name)).toMatchObject({ state: "held" });
});

test("what is undone while its list is in doubt is looked for, taken back with it, and never sent again", async () => {
  for (const stands of [true, false]) {
    const channel = scripted(ID);
    await using line = await sixWaiting(channel);
    channel.script.send = () => ({ kind: "unknown", reason: "cut off" });
    await line.pass();
    channel.script.send = sent;
    channel.script.find = () => (stands ? FOUND() : { kind: "absent" });
    await undo(line.app().operator, `${line.site.url}/c`);
    await goOn(line, 15 * MINUTE);
    expect(channel.finds).toHaveLength(stands ? 3 : 1);
    expect(channel.removed).toHaveLength(stands ? 1 : 0);
    expect(
      titles(channel)
        .slice(1)
        .filter((title) => title.includes("c")),
    ).toEqual([]);
    expect(await deliveryOf(line, "c")).toMatchObject({ state: stands ? "undone" : "skipped" });
    for (const name of ["a", "b", "d", "e", "f"])
      expect(await deliveryOf(line, name)).toMatchObject({ state: "sent" });
  }
});

test("what is undone before its list was ever there leaves it", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  channel.script.send = () => ({ kind: "retry", afterMs: 5 * MINUTE, reason: "a limit" });
  await line.pass();
  await undo(line.app().operator, `${line.site.url}/a`);
  channel.script.send = sent;
  await goOn(line, 20 * MINUTE);
  expect(titles(channel).slice(1)).toEqual(["b | c | d", "e", "f"]);
  expect(await deliveryOf(line, "a")).toMatchObject({ state: "skipped" });
});

test("a list in doubt that cannot be looked for is held as one; the admin's word counts for all of it", async () => {
  for (const word of ["sent", "send"] as const) {
    const channel = scripted(ID, { resend: { withinMs: 0 } });
    await using line = await sixWaiting(channel);
    channel.script.send = () => ({ kind: "unknown", reason: "cut off" });
    channel.script.find = () => ({ kind: "unreadable", reason: "no history" });
    await line.pass();
    channel.script.send = sent;
    await goOn(line, 6 * MINUTE);
    expect(titles(channel)).toEqual(["a | b | c | d", "e", "f"]);
    const key = channel.sends[0]?.key ?? "";
    await settle(
      line.app().operator,
      key,
      word === "sent" ? { sent: "https://x.example/1" } : { send: true },
    );
    await goOn(line, 5 * MINUTE);
    expect(titles(channel)).toHaveLength(word === "sent" ? 3 : 4);
    for (const name of ["a", "b", "c", "d"])
      expect(await deliveryOf(line, name)).toMatchObject({ state: "sent" });
  }
});

test("what a list could not bring in time expires, each with a word to the admin", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel, to(`${CHANNEL}, expire: 3 hours`));
  channel.script.send = () => ({ kind: "retry", afterMs: MINUTE, reason: "a limit" });
  await line.pass();
  await goOn(line, 2 * HOUR + 30 * MINUTE);
  line.clock.advance(HOUR);
  await line.pass();
  for (const name of ["a", "b", "c", "d", "e", "f"])
    expect(await deliveryOf(line, name)).toMatchObject({ state: "expired" });
  expect((await notices(line)).filter((text) => text.includes("expired"))).toHaveLength(6);
});

test("a feed that is no longer wanted does not break a list that was begun", async () => {
  const channel = scripted(ID);
  await using line = await sixWaiting(channel);
  channel.script.send = () => ({ kind: "unknown", reason: "cut off" });
  await line.pass();
  await line.restart(
    to("bluesky: a.example", `destinations: [{ bluesky: b.example, name: b }]`)(line.site.feedUrl),
  );
  channel.script.send = sent;
  line.clock.advance(DAY);
  await goOn(line, 5 * MINUTE);
  for (const name of ["a", "b", "c", "d"])
    expect(await deliveryOf(line, name)).toMatchObject({ state: "sent" });
});
