import { expect, test } from "vitest";
import type { RecentResult } from "../../src/domain/types.ts";
import { held, settle } from "../../src/operator/holds.ts";
import { pageData } from "../../src/operator/page.ts";
import { pause, resume, undo } from "../../src/operator/posting.ts";
import { reread } from "../../src/operator/restore.ts";
import { status } from "../../src/operator/status.ts";
import { why } from "../../src/operator/why.ts";
import { beat } from "../../src/store/processes.ts";
import { DAY, HOUR, MINUTE } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { deliveryOf, noticesOf, publish, to } from "../support/publish.ts";
import { type Scripted, scripted, titles } from "../support/scripted.ts";

/** What a platform shows when it is read: everything that was sent there. */
const standing =
  ({ sends }: Scripted) =>
  (since: number): RecentResult => ({
    kind: "read",
    posts: sends
      .filter(({ firstAttemptAt }) => (firstAttemptAt ?? 0) >= since)
      .map(({ key, articleUrl, firstAttemptAt }) => ({
        ref: { id: `message-${key}`, url: `https://platform.example/post/${key}`, cid: null },
        links: [articleUrl],
        at: firstAttemptAt ?? 0,
      })),
  });

/** A line whose store was put back as it was before "two" and "three" were posted, and closed. */
async function setBack(channel: Scripted): Promise<Line> {
  const line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  await publish(line, "one");
  const putBack = await line.copy();
  await publish(line, "one", "two", "three");
  expect(titles(channel)).toEqual(["one", "two", "three"]);
  line.clock.advance(20 * HOUR);
  await putBack();
  await reread(line.app().operator);
  line.clock.advance(MINUTE);
  return line;
}

test("after a copy that is a day old, what was posted since is found by its link and not posted again", async () => {
  const channel = scripted("discord:1");
  await using line = await setBack(channel);
  let since = 0;
  channel.script.recent = (from) => standing(channel)((since = from));
  const key = channel.sends[2]?.key ?? "";
  await line.pass();
  await publish(line, "one", "two", "three", "four");
  expect(titles(channel)).toEqual(["one", "two", "three", "four"]);
  // An hour before the copy, which was made when "one" had just been posted.
  const copied = (channel.sends[0]?.firstAttemptAt ?? 0) - HOUR;
  expect(Math.abs(since - copied)).toBeLessThan(MINUTE);
  const url = `https://platform.example/post/${key}`;
  expect(await deliveryOf(line, "three")).toMatchObject({ state: "sent", url, attempt: 0, closed: null });
  expect(await why(line.app().operator, url)).toMatchObject({ title: "three" });
  await undo(line.app().operator, url);
  expect(channel.removed).toMatchObject([{ id: `message-${key}` }]);
});

test("what waited in the copy and was sent since is settled with its post; what was not is sent", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  await pause(line.app().operator, "discord:1");
  await publish(line, "one", "two");
  const putBack = await line.copy();
  await resume(line.app().operator, "discord:1");
  await line.pass();
  const sent = [...channel.sends];
  await putBack();
  const { operator } = line.app();
  await reread(operator);
  channel.script.recent = () => {
    const read = standing({ ...channel, sends: sent.slice(0, 1) })(0);
    return read;
  };
  await resume(operator, "discord:1");
  line.clock.advance(MINUTE);
  await line.pass();
  expect(titles(channel)).toEqual(["one", "two", "two"]);
  expect(await deliveryOf(line, "one")).toMatchObject({
    state: "sent",
    url: `https://platform.example/post/${sent[0]?.key}`,
  });
});

test("nothing goes before the last request of the old process must have arrived, and the closing is shown", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: (url) => `timing: { grace: 10 minutes }\n${to("discord: 1")(url)}`,
    destinations: [channel],
  });
  const putBack = await line.copy();
  await putBack();
  const { operator } = line.app();
  await reread(operator);
  await line.pass();
  expect((await status(operator)).destinations[0]?.closed).toMatch(
    /^closed since a copy of the store was restored: it opens when its posts since 2026-06-01 0/u,
  );
  expect((await pageData(operator, "")).destinations[0]).toMatchObject({
    state: "closed",
    reason: expect.stringContaining("a copy of the store was restored"),
  });
  line.clock.advance(9 * MINUTE);
  await publish(line, "one");
  expect((await status(operator)).destinations[0]?.closed).toBe(null);
  expect(titles(channel)).toEqual(["one"]);
});

test("a destination that cannot be read is told once and gives held, never posted; it opens when it can be read", async () => {
  const channel = scripted("discord:1");
  await using line = await setBack(channel);
  const { operator } = line.app();
  const standsThere = standing({ ...channel, sends: [...channel.sends] });
  channel.script.recent = () => ({ kind: "unreadable", reason: "the bot lacks Read Message History" });
  await line.pass();
  await publish(line, "one", "two", "three", "four");
  await publish(line, "two", "three", "four", "five");
  expect(titles(channel)).toEqual(["one", "two", "three"]);
  const four = await deliveryOf(line, "four");
  expect(four).toMatchObject({
    state: "held",
    inDoubt: true,
    closed: expect.stringContaining("closed since"),
  });
  const waiting = await held(operator);
  expect(waiting.map(({ title }) => title).toSorted()).toEqual(["five", "four", "three", "two"]);
  expect(waiting[0]?.reason).toContain("could not be read back (the bot lacks Read Message History)");
  expect(waiting[0]?.commands[0]).toMatch(/^bulletin settle \w+ --sent LINK$/u);
  expect((await noticesOf(line)).filter((notice) => notice.startsWith("discord:1 is closed"))).toHaveLength(
    1,
  );

  // An admin's word goes before; then the permission is given.
  await settle(operator, four.key, { send: true });
  await line.pass();
  expect(titles(channel)).toEqual(["one", "two", "three", "four"]);
  channel.script.recent = standsThere;
  await resume(operator, "discord:1");
  await line.pass();
  expect(titles(channel)).toEqual(["one", "two", "three", "four", "five"]);
  for (const story of ["two", "three", "four", "five"])
    expect(await deliveryOf(line, story)).toMatchObject({ state: "sent", inDoubt: false });
  expect(await held(operator)).toEqual([]);
});

test("an outage of the platform is waited for, and a dead token stops the account", async () => {
  const channel = scripted("discord:1");
  await using line = await setBack(channel);
  const { operator } = line.app();
  channel.script.recent = () => ({ kind: "unreadable", reason: "502", retryAfterMs: 5 * MINUTE });
  await line.pass();
  channel.script.recent = () => ({ kind: "refused", scope: "account", reason: "the token is dead" });
  await line.pass();
  expect((await status(operator)).destinations[0]).toMatchObject({ state: "active" });
  await publish(line, "one", "two");
  expect((await status(operator)).destinations[0]).toMatchObject({
    state: "stopped",
    reason: "the token is dead",
    closed: expect.stringContaining("closed since"),
    counts: { pending: 2 },
  });
  channel.script.recent = standing(channel);
  await resume(operator, "discord:1");
  await line.pass();
  expect(titles(channel)).toEqual(["one", "two", "three"]);
  expect(await deliveryOf(line, "two")).toMatchObject({ state: "sent" });
});

test("a link that several articles of a feed share tells nothing: held; and so is what has no link", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({
    yaml: (url) => `checks: { missing_link: note }\n${to("discord: 1")(url)}`,
    destinations: [channel],
  });
  const { site, clock } = line;
  const story = (slug: string, link?: string | false) => ({
    slug,
    title: slug,
    published: clock.now(),
    ...(link === undefined ? {} : { link }),
  });
  const live = `${site.url}/live`;
  site.list([story("live one", live), story("live two", live), story("old")]);
  await line.later();
  const putBack = await line.copy();
  const list = [
    story("bare", false),
    story("live three", live),
    story("live one", live),
    story("live two", live),
    story("old"),
  ];
  site.list(list);
  await line.later();
  expect(titles(channel)).toHaveLength(4);
  await putBack();
  const { operator } = line.app();
  await reread(operator);
  channel.script.recent = standing(channel);
  await line.later();
  await line.later();
  expect(titles(channel)).toHaveLength(4);
  const reasons = (await held(operator)).map(({ title, reason }) => `${title}: ${reason}`).toSorted();
  expect(reasons).toEqual([
    expect.stringMatching(/^bare: in doubt: .* it has no link/u),
    expect.stringMatching(/^live three: in doubt: .* several articles/u),
  ]);
  site.list([{ ...story("later", false), published: clock.now() + DAY }, ...list]);
  clock.advance(1.5 * DAY);
  await line.pass();
  expect(titles(channel).at(-1)).toBe("later");
});

test("while a bot runs, nothing is closed", async () => {
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [scripted("discord:1")] });
  await beat(line.app().store, "a bot", line.clock.now());
  await expect(reread(line.app().operator)).rejects.toThrow("The bot is running");
});
