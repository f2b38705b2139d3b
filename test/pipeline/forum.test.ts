import { expect, test } from "vitest";
import { held, settle } from "../../src/operator/holds.ts";
import { resume, undo } from "../../src/operator/posting.ts";
import { preview } from "../../src/operator/preview.ts";
import { reread } from "../../src/operator/restore.ts";
import { status } from "../../src/operator/status.ts";
import { why } from "../../src/operator/why.ts";
import { MINUTE, SECOND } from "../support/clock.ts";
import type { Fault } from "../support/discord/faults.ts";
import { PERMISSION } from "../support/discord/world.ts";
import { ADMIN, type DiscordLine } from "../support/discord-line.ts";
import { FORUM, forum, forumYaml, openForumLine, TAGS } from "../support/forum.ts";
import { deliveryOf, noticesOf, publish } from "../support/publish.ts";

const creations = ({ discord }: DiscordLine) =>
  discord.requests().filter(({ route }) => route === "createThread");
const names = ({ discord }: DiscordLine) => discord.threads(FORUM).map(({ name }) => name);
const only = ({ discord }: DiscordLine) => {
  const [thread, second] = discord.threads(FORUM);
  if (thread === undefined || second !== undefined) throw new Error("not one thread");
  return thread;
};

test("a post in a forum is a thread: named by the title, tagged by name and category, pinging nobody", async () => {
  await using line = await openForumLine({ options: ", tags: [sport], publish: true" });
  const published = line.clock.now();
  const title = `${"Quay ".repeat(30)}closes`;
  line.site.list([{ slug: "one", title, published, categories: ["NEWS", "Staff", "Other"] }]);
  await line.later();
  const thread = only(line);
  expect(thread.name).toBe(`${"Quay ".repeat(19).trim()}…`);
  expect(thread.appliedTags).toEqual([TAGS.sport, TAGS.news]);
  const [message, more] = line.discord.messages(thread.id);
  expect(more).toBeUndefined();
  expect(message).toMatchObject({ id: thread.id, embeds: [{ url: `${line.site.url}/one` }] });
  expect(message?.pinged).toEqual({ everyone: false, roles: [] });
  const body = creations(line)[0]?.body;
  expect(JSON.stringify(body)).not.toContain("nonce");
  expect(body).toMatchObject({ message: { allowed_mentions: { parse: [], roles: [] } } });
  const url = `https://discord.com/channels/${line.discord.guildId}/${thread.id}`;
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", url, publish: null, checks: [] });
  expect(await why(line.app().operator, url)).toMatchObject({ kind: "known" });
  expect(line.discord.requests().some(({ route }) => route === "crosspost")).toBe(false);
  expect(await noticesOf(line)).toEqual([]);
});

test("style, template and a role to mention shape a forum's post as they do a message", async () => {
  const options = ', style: plain, template: "+++ {title} {link}", mention: "1190000000000000003"';
  await using line = await openForumLine({ options });
  await publish(line, "one");
  const [message] = line.discord.messages(only(line).id);
  expect(message?.content).toBe(`<@&1190000000000000003>\n+++ one <${line.site.url}/one>`);
  expect(message?.pinged).toEqual({ everyone: false, roles: ["1190000000000000003"] });
});

test("a preview shows a forum's post as it will be", async () => {
  await using line = await openForumLine({ options: ", tags: [News]" });
  const { posts } = await preview(line.app().operator, line.site.feedUrl);
  expect(posts[0]?.payload).toMatchObject({ name: "An old story", applied_tags: [TAGS.news] });
  line.discord.fault("channel", { kind: "5xx", status: 502 });
  const again = await preview(line.app().operator, line.site.feedUrl);
  expect(again.posts[0]?.payload).toMatchObject({ embeds: [{ title: "An old story" }] });
  expect(line.discord.requests().every(({ route }) => route !== "createThread")).toBe(true);
});

test.each<Fault>([
  { kind: "created-then-500" },
  { kind: "created-then-cut" },
  { kind: "created-then-hang" },
  { kind: "created-then-half" },
])("a forum's post whose answer was lost ($kind) is found, never sent twice", async (fault) => {
  await using line = await openForumLine();
  line.discord.fault("createThread", fault);
  await publish(line, "one", "two");
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "pending", inDoubt: true });
  // No nonce: not even at once is it sent again.
  line.clock.advance(20 * SECOND);
  await line.pass();
  expect(creations(line)).toHaveLength(1);
  line.clock.advance(15 * SECOND);
  await line.pass();
  expect(names(line)).toEqual(["one", "two"]);
  expect(creations(line)).toHaveLength(2);
  const [thread] = line.discord.threads(FORUM);
  const url = `https://discord.com/channels/${line.discord.guildId}/${thread?.id}`;
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", url, inDoubt: false });
});

test.each<Fault>([{ kind: "cut" }, { kind: "hang" }, { kind: "5xx", status: 502 }])(
  "a forum's post that never arrived ($kind) is looked for, and then sent as it was frozen",
  async (fault) => {
    await using line = await openForumLine({ options: ", tags: [News]" });
    line.discord.fault("createThread", fault);
    await publish(line, "one");
    line.clock.advance(20 * SECOND);
    await line.pass();
    expect(creations(line)).toHaveLength(1);
    line.clock.advance(MINUTE);
    await line.pass();
    expect(names(line)).toEqual(["one"]);
    expect(creations(line)[1]?.body).toEqual(creations(line)[0]?.body);
  },
);

test("a forum's limit is waited for, and nothing is in doubt", async () => {
  await using line = await openForumLine();
  line.discord.fault("createThread", { kind: "429", scope: "user", retryAfter: 20 });
  await publish(line, "one");
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "pending", inDoubt: false });
  line.clock.advance(30 * SECOND);
  await line.pass();
  expect(names(line)).toEqual(["one"]);
});

test("another process looks too, among archived posts as well", async () => {
  await using line = await openForumLine();
  line.discord.fault("createThread", { kind: "created-then-cut" });
  await publish(line, "one");
  await line.restart();
  line.discord.archive(only(line).id);
  line.clock.advance(MINUTE);
  await line.pass();
  expect(creations(line)).toHaveLength(1);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", inDoubt: false });
});

test("after a copy was restored, what stands in the forum is found by its link and not posted again", async () => {
  await using line = await openForumLine();
  await publish(line, "one");
  const putBack = await line.copy();
  await publish(line, "one", "two");
  const [, two] = line.discord.threads(FORUM);
  line.discord.archive(two?.id ?? "");
  await putBack();
  await reread(line.app().operator);
  line.clock.advance(MINUTE);
  await line.pass();
  await publish(line, "one", "two", "three");
  expect(names(line)).toEqual(["one", "two", "three"]);
  const url = `https://discord.com/channels/${line.discord.guildId}/${two?.id}`;
  expect(await deliveryOf(line, "two")).toMatchObject({ state: "sent", url, attempt: 0 });
});

test("a post that somebody renamed, or whose message is gone, may be it: an admin is asked, with its link", async () => {
  await using line = await openForumLine();
  line.discord.fault("createThread", { kind: "created-then-cut" });
  await publish(line, "one");
  const thread = only(line);
  line.discord.remove(thread.id);
  line.clock.advance(MINUTE);
  await line.pass();
  const [doubt] = await held(line.app().operator);
  expect(doubt?.reason).toContain(`channels/${line.discord.guildId}/${thread.id} has its title`);
  expect(await noticesOf(line)).toEqual([expect.stringMatching(/^“one” may or may not stand in/u)]);
  expect(creations(line)).toHaveLength(1);
});

async function inDoubt(): Promise<DiscordLine> {
  const line = await openForumLine();
  line.discord.fault("createThread", { kind: "created-then-cut" });
  await publish(line, "one");
  line.discord.deny(FORUM, PERMISSION.history);
  line.clock.advance(MINUTE);
  await line.pass();
  const [doubt] = await held(line.app().operator);
  expect(doubt?.reason).toMatch(/^in doubt: .* could not be looked for \(.*Read Message History/u);
  expect(creations(line)).toHaveLength(1);
  const [card] = line.discord.messages(ADMIN);
  expect(card).toMatchObject({ embeds: [{ title: "one", url: `${line.site.url}/one` }] });
  return line;
}

test("a forum that cannot be read holds the post; the admin's word that it is there settles it", async () => {
  await using line = await inDoubt();
  const { operator } = line.app();
  const { key } = await deliveryOf(line, "one");
  const thread = only(line);
  // Either link that Discord gives leads there: the post's, or its first message's.
  await settle(operator, key, { sent: `https://discord.com/channels/1/${thread.id}/${thread.id}` });
  await line.pass();
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent" });
  expect(creations(line)).toHaveLength(1);
  line.discord.addChannel({ ...forum, overwrites: manages(line) });
  await undo(operator, `${line.site.url}/one`);
  expect(line.discord.threads(FORUM)).toEqual([]);
});

test("the admin's word that it is not there sends it", async () => {
  await using line = await inDoubt();
  line.discord.removeThread(only(line).id);
  await settle(line.app().operator, (await deliveryOf(line, "one")).key, { send: true });
  await line.pass();
  expect(names(line)).toEqual(["one"]);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent" });
});

const manages = ({ discord }: DiscordLine) =>
  [{ id: discord.botId, type: 1, allow: PERMISSION.manageThreads, deny: 0n }] as const;

test("undo deletes the thread, once, and it does not come back", async () => {
  await using line = await openForumLine();
  line.discord.addChannel({ ...forum, overwrites: manages(line) });
  await publish(line, "one");
  line.discord.fault("deleteThread", { kind: "created-then-cut" });
  await undo(line.app().operator, `${line.site.url}/one`);
  line.clock.advance(MINUTE);
  await publish(line, "one", "two");
  expect(names(line)).toEqual(["two"]);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone" });
});

test("undo of a post in doubt looks for it and deletes it", async () => {
  await using line = await openForumLine();
  line.discord.addChannel({ ...forum, overwrites: manages(line) });
  line.discord.fault("createThread", { kind: "created-then-hang" });
  await publish(line, "one");
  await undo(line.app().operator, `${line.site.url}/one`);
  line.clock.advance(MINUTE);
  await line.pass();
  expect(names(line)).toEqual([]);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone" });
});

test.each(["open", "archived"])(
  "in an %s thread in which others wrote, undo deletes the bot's message alone and says so",
  async (how) => {
    await using line = await openForumLine();
    line.discord.addChannel({ ...forum, overwrites: manages(line) });
    await publish(line, "one");
    const thread = only(line);
    line.discord.write(thread.id, "Is that so?");
    if (how === "archived") line.discord.archive(thread.id);
    await undo(line.app().operator, `${line.site.url}/one`);
    expect(line.discord.messages(thread.id).map(({ content }) => content)).toEqual(["Is that so?"]);
    expect(names(line)).toEqual(["one"]);
    expect(await noticesOf(line)).toEqual([expect.stringMatching(/others have written in its thread/u)]);
    expect((await status(line.app().operator)).destinations[0]).toMatchObject({ state: "active" });
  },
);

test("without Manage Threads undo deletes the message, and says what it lacks for the thread", async () => {
  await using line = await openForumLine();
  await publish(line, "one");
  await undo(line.app().operator, `${line.site.url}/one`);
  expect(line.discord.messages(only(line).id)).toEqual([]);
  expect(await noticesOf(line)).toEqual([expect.stringMatching(/needs Manage Threads/u)]);
  line.discord.addChannel({ ...forum, overwrites: manages(line) });
  await undo(line.app().operator, `${line.site.url}/one`);
  expect(names(line)).toEqual([]);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone" });
});

test("a tag that the forum does not have is left out and noted", async () => {
  await using line = await openForumLine({ options: ", tags: [News, Weather]" });
  await publish(line, "one");
  expect(only(line).appliedTags).toEqual([TAGS.news]);
  expect(await deliveryOf(line, "one")).toMatchObject({
    state: "sent",
    checks: [{ check: "tags", outcome: "left out", reason: "the forum has no tag “Weather”" }],
  });
});

test("a forum that wants a tag stops until one is named, and what waited goes out with it", async () => {
  await using line = await openForumLine({ setup: { requireTag: true } });
  await publish(line, "one");
  const { operator } = line.app();
  expect((await status(operator)).destinations[0]).toMatchObject({
    state: "stopped",
    reason: expect.stringMatching(/wants a tag on every post.*`tags` \(it has: News, Sport, Staff\)/u),
  });
  expect(creations(line)).toEqual([]);
  await line.app().reload(forumYaml(line.discord.api, ", tags: [News]")(line.site.feedUrl), {
    DISCORD_TOKEN: line.discord.token,
  });
  await resume(operator, `discord:${FORUM}`);
  await line.pass();
  expect(only(line).appliedTags).toEqual([TAGS.news]);
});

test("a tag that is wanted or taken away between the look and the post makes it anew", async () => {
  await using line = await openForumLine({ options: ", tags: [News]" });
  const { operator } = line.app();
  line.discord.fault("createThread", { kind: "429", scope: "user", retryAfter: 20 });
  await publish(line, "one");
  line.discord.addChannel({ ...forum, tags: [] });
  line.clock.advance(30 * SECOND);
  await line.pass();
  line.clock.advance(30 * SECOND);
  await line.pass();
  expect(only(line).appliedTags).toEqual([]);
  line.discord.fault("createThread", { kind: "429", scope: "user", retryAfter: 20 });
  await publish(line, "one", "two");
  line.discord.addChannel({ ...forum, requireTag: true });
  line.clock.advance(30 * SECOND);
  await line.pass();
  expect((await status(operator)).destinations[0]).toMatchObject({ state: "stopped" });
  await resume(operator, `discord:${FORUM}`);
  await line.pass();
  expect(line.discord.threads(FORUM)[1]?.appliedTags).toEqual([TAGS.news]);
});

test("a media channel is refused in plain words", async () => {
  await using line = await openForumLine({ setup: { type: 16 } });
  await publish(line, "one");
  expect((await status(line.app().operator)).destinations[0]).toMatchObject({
    state: "stopped",
    reason: expect.stringMatching(/^this is a media channel/u),
  });
});

test("while the channel cannot be asked what it is, nothing is frozen, and tries become rarer", async () => {
  await using line = await openForumLine();
  line.discord.fault("channel", { kind: "5xx", status: 502 }, 6);
  await publish(line, "one");
  const asked = () => line.discord.requests().filter(({ route }) => route === "channel").length;
  for (let minute = 0; minute < 4; minute++) {
    line.clock.advance(10 * SECOND);
    await line.pass();
  }
  expect(asked()).toBeGreaterThan(3);
  expect(asked()).toBeLessThan(6);
  expect(creations(line)).toEqual([]);
  line.discord.mend();
  line.clock.advance(5 * MINUTE);
  await line.pass();
  expect(names(line)).toEqual(["one"]);
});
