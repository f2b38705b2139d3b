import { afterEach, expect, test } from "vitest";
import { openInvalidRequests } from "../../../src/destinations/discord/invalid.ts";
import { openDiscord } from "../../../src/destinations/discord/send.ts";
import type { DiscordChannel } from "../../../src/destinations/discord/send.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { startDiscord } from "../../support/discord/server.ts";
import type { ChannelSetup, DiscordStandIn } from "../../support/discord/server.ts";
import { PERMISSION } from "../../support/discord/world.ts";

const NEWS = "1190000000000000100";
const INVITE =
  "https://discord.com/oauth2/authorize?client_id=1190000000000000002&scope=bot&permissions=84992";
const never = new AbortController().signal;
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

async function standIn(channel: Partial<ChannelSetup> = {}): Promise<DiscordStandIn> {
  const discord = await startDiscord({ limits: null, channels: [{ id: NEWS, name: "news", ...channel }] });
  open.push(discord);
  return discord;
}

async function checked(discord: DiscordStandIn, how: Partial<DiscordChannel> & { token?: string } = {}) {
  const { token = discord.token, channelId = NEWS, ...more } = how;
  const account = openDiscord({
    api: discord.api,
    token,
    clock: systemClock,
    invalid: openInvalidRequests(systemClock, () => {}),
    requestMs: 5_000,
    nonceWindow: 1,
  });
  open.push(account);
  return await account
    .destination({ id: `discord:${channelId}`, name: "News", ...more, channelId })
    .check(never);
}

test("a channel in which the bot may do its work has no problems, and checking writes nothing", async () => {
  const discord = await standIn();
  expect(await checked(discord)).toEqual([]);
  expect(discord.requests().every((request) => request.method === "GET")).toBe(true);
});

test("missing permissions are named, with the invite that grants them", async () => {
  const discord = await standIn();
  discord.deny(NEWS, PERMISSION.embed | PERMISSION.history);
  expect(await checked(discord)).toEqual([
    {
      what: "the bot lacks Embed Links, Read Message History in #news",
      mend: `give its role Embed Links, Read Message History in the channel's settings (Permissions), or invite it again: ${INVITE}`,
      severity: "error",
    },
  ]);
});

test("everyone may be shut out as long as the bot's role is let in", async () => {
  const all = PERMISSION.view | PERMISSION.send | PERMISSION.history;
  const discord = await standIn();
  const everyone = { id: discord.guildId, type: 0, allow: 0n, deny: all } as const;
  discord.addChannel({ id: NEWS, name: "news", overwrites: [everyone] });
  expect(await checked(discord)).toMatchObject([
    { what: expect.stringContaining("cannot see this channel") },
  ]);
  discord.addChannel({
    id: NEWS,
    name: "news",
    overwrites: [everyone, { id: discord.botRoleId, type: 0, allow: all, deny: 0n }],
  });
  expect(await checked(discord)).toEqual([]);
});

test("a channel that the bot cannot see comes with the invite", async () => {
  const discord = await standIn();
  discord.deny(NEWS, PERMISSION.view);
  expect(await checked(discord)).toMatchObject([
    { severity: "error", mend: expect.stringContaining(INVITE) },
  ]);
});

test("a channel that does not exist, a refused token and a voice channel are told apart", async () => {
  const discord = await standIn({ type: 2 });
  expect(await checked(discord, { channelId: "1190000000000000999" })).toMatchObject([
    { mend: expect.stringContaining("Copy Link") },
  ]);
  expect(await checked(discord, { token: "wrong" })).toMatchObject([
    { mend: expect.stringContaining("DISCORD_TOKEN") },
  ]);
  expect(await checked(discord)).toMatchObject([{ what: expect.stringContaining("neither a text channel") }]);
});

test("publishing from a text channel is a hint, from an announcement channel it is fine", async () => {
  const discord = await standIn();
  expect(await checked(discord, { publish: true })).toMatchObject([{ severity: "hint" }]);
  discord.addChannel({ id: NEWS, name: "news", type: 5 });
  expect(await checked(discord, { publish: true })).toEqual([]);
});

const STAFF = { id: "1190000000000000903", name: "Staff", moderated: true };
const SPORT = { id: "1190000000000000902", name: "Sport", moderated: false };
const tagged: Partial<ChannelSetup> = { type: 15, tags: [SPORT, STAFF] };
const managing = ({ botId }: DiscordStandIn): ChannelSetup => ({
  id: NEWS,
  name: "stories",
  ...tagged,
  overwrites: [{ id: botId, type: 1, allow: PERMISSION.manageThreads, deny: 0n }],
});

test("a forum that has the tags has no problems; without Manage Threads there is a hint about undo", async () => {
  const discord = await standIn(tagged);
  expect(await checked(discord, { tags: ["sport"] })).toEqual([
    {
      what: expect.stringContaining("not its thread with the title"),
      mend: expect.any(String),
      severity: "hint",
    },
  ]);
  discord.addChannel(managing(discord));
  expect(await checked(discord, { tags: ["sport", "STAFF"] })).toEqual([]);
});

test("a tag that the forum lacks, one for moderators and a missing required one are problems", async () => {
  const discord = await standIn({ ...tagged, requireTag: true });
  const problems = async (tags: readonly string[]) =>
    (await checked(discord, { tags })).filter(({ severity }) => severity === "error");
  expect(await problems(["Weather", "Sport"])).toEqual([
    {
      what: "the forum has no tag “Weather”, so posts go out without it",
      mend: "make it in Discord, or write another name in `tags` (it has: Sport, Staff)",
      severity: "error",
    },
  ]);
  expect(await problems(["Staff"])).toMatchObject([{ what: "only moderators may give the tag “Staff”" }]);
  expect(await problems([])).toMatchObject([{ what: expect.stringContaining("wants a tag on every post") }]);
});

test("what has no effect in a forum, or elsewhere, is a hint", async () => {
  const discord = await standIn();
  expect(await checked(discord, { tags: ["Sport"] })).toMatchObject([
    { what: "only posts in a forum have tags: `tags` has no effect here", severity: "hint" },
  ]);
  discord.addChannel(managing(discord));
  expect(await checked(discord, { publish: true })).toMatchObject([
    { what: "a forum's posts cannot be published: `publish` has no effect", severity: "hint" },
  ]);
});

test("what a forum needs of permissions is named as it is shown there", async () => {
  const discord = await standIn(tagged);
  discord.deny(NEWS, PERMISSION.send);
  expect(await checked(discord)).toMatchObject([
    { what: "the bot lacks Send Messages in #news", mend: expect.stringContaining("Create Posts") },
    { severity: "hint" },
  ]);
});

test("a media channel will not do, and a forum not as the admin channel", async () => {
  const discord = await standIn({ type: 16 });
  expect(await checked(discord)).toMatchObject([
    { what: expect.stringMatching(/^this is a media channel/u) },
  ]);
  discord.addChannel(managing(discord));
  expect(await checked(discord, { messagesOnly: true })).toMatchObject([
    { what: "this is a forum, and messages are written here", severity: "error" },
  ]);
});

test("a network failure is a problem, not an exception", async () => {
  const discord = await standIn();
  discord.fault("me", { kind: "cut" });
  expect(await checked(discord)).toMatchObject([
    { severity: "error", mend: expect.stringContaining("network") },
  ]);
});
