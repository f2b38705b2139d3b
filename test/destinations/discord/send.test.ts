import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import type { FrozenDelivery, SendResult } from "../../../src/domain/types.ts";
import { composeDiscord } from "../../../src/destinations/discord/compose.ts";
import { openInvalidRequests } from "../../../src/destinations/discord/invalid.ts";
import { openDiscord } from "../../../src/destinations/discord/send.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { API_ERRORS } from "../../support/discord/errors.ts";
import type { ApiError } from "../../support/discord/errors.ts";
import type { Fault } from "../../support/discord/faults.ts";
import { startDiscord } from "../../support/discord/server.ts";
import type { DiscordStandIn, StandInOptions } from "../../support/discord/server.ts";
import { PERMISSION } from "../../support/discord/world.ts";
import { harbour, options } from "./stories.ts";

const NEWS = "1190000000000000100";
const ANNOUNCE = "1190000000000000200";
const never = new AbortController().signal;
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

async function standIn(setup: StandInOptions = {}): Promise<DiscordStandIn> {
  const channels = [
    { id: NEWS, name: "news" },
    { id: ANNOUNCE, name: "announcements", type: 5 },
  ];
  const discord = await startDiscord({ limits: null, channels, ...setup });
  open.push(discord);
  return discord;
}

function bot(discord: { readonly api: string; readonly token?: string }, requestMs = 5_000) {
  const account = openDiscord({
    api: discord.api,
    token: discord.token ?? "none",
    clock: systemClock,
    invalid: openInvalidRequests(systemClock, () => {}),
    requestMs,
    nonceWindow: 60_000,
  });
  open.push(account);
  const at = (channelId: string) =>
    account.destination({ id: `discord:${channelId}`, channelId, name: "Harbour" });
  return { account, news: at(NEWS), announce: at(ANNOUNCE), at };
}

function delivery(key = options.key, title = harbour.title): FrozenDelivery {
  const [post] = composeDiscord({ ...harbour, title }, { ...options, key });
  if (post === undefined) throw new Error("nothing was composed");
  return { key, post, articleUrl: harbour.url, firstAttemptAt: systemClock.now() };
}

const without = (result: SendResult): object =>
  Object.fromEntries(Object.entries(result).filter(([key]) => key !== "reason" && key !== "afterMs"));

test("a post is sent as the bot, once, and its link leads to server, channel and message", async () => {
  const discord = await standIn();
  const result = await bot(discord).news.send(delivery(), never);
  const [message] = discord.messages(NEWS);
  expect(result).toEqual({
    kind: "sent",
    ref: {
      id: message?.id,
      url: `https://discord.com/channels/${discord.guildId}/${NEWS}/${message?.id}`,
      cid: null,
    },
  });
  expect(message?.embeds[0]?.title).toBe(harbour.title);
  expect(message?.pinged).toEqual({ everyone: false, roles: [] });
  expect(discord.requests().at(-1)?.userAgent).toMatch(/^DiscordBot \(.*Bulletin/);
});

test("the server of a channel is asked for once", async () => {
  const discord = await standIn();
  const { news } = bot(discord);
  await news.send(delivery("a"), never);
  await news.send(delivery("b"), never);
  expect(discord.requests().map((request) => request.route)).toEqual(["channel", "create", "create"]);
});

test("sending the same key again within Discord's window gives the message that exists", async () => {
  const clock = { time: Date.UTC(2026, 10, 20), now: () => clock.time };
  const discord = await standIn({ clock, nonceWindow: 120_000 });
  const { news } = bot(discord);
  const first = await news.send(delivery(), never);
  clock.time += 119_000;
  expect(await news.send(delivery(), never)).toEqual(first);
  expect(discord.messages(NEWS)).toHaveLength(1);
  clock.time += 2_000;
  expect(await news.send(delivery(), never)).not.toEqual(first);
  expect(discord.messages(NEWS)).toHaveLength(2);
});

test("a post that somebody deleted meanwhile is not written again", async () => {
  const discord = await standIn();
  const { news } = bot(discord);
  const first = await news.send(delivery(), never);
  if (first.kind === "sent") discord.remove(first.ref.id);
  expect(await news.send(delivery(), never)).toMatchObject({
    kind: "rejected",
    reason: expect.stringContaining("deleted"),
  });
  expect(discord.messages(NEWS)).toHaveLength(0);
});

test.each<[string, number]>([
  ["created-then-500", 1],
  ["created-then-cut", 1],
  ["created-then-hang", 1],
  ["created-then-half", 1],
  ["cut", 0],
  ["hang", 0],
])("no answer (%s) is unknown, and nothing is tried again unasked", async (kind, written) => {
  const discord = await standIn();
  discord.fault("create", { kind } as Fault);
  const result = await bot(discord, 2_000).news.send(delivery(), never);
  expect(without(result)).toEqual({ kind: "unknown" });
  expect(discord.messages(NEWS)).toHaveLength(written);
  expect(discord.requests().filter((request) => request.route === "create")).toHaveLength(1);
});

test("a server error is unknown and asked once", async () => {
  const discord = await standIn();
  discord.fault("create", { kind: "5xx", status: 503 });
  const result = await bot(discord).news.send(delivery(), never);
  expect(result).toEqual({ kind: "unknown", reason: expect.stringContaining("503") });
  expect(discord.requests().filter((request) => request.route === "create")).toHaveLength(1);
});

test("stopping in the middle of a request is unknown, stopping before it is a retry", async () => {
  const discord = await standIn();
  const { news } = bot(discord);
  await news.send(delivery("warm"), never);
  discord.fault("create", { kind: "created-then-hang" });
  const stop = new AbortController();
  const written = discord.nextOf("create");
  const sending = news.send(delivery(), stop.signal);
  await written;
  stop.abort();
  expect(without(await sending)).toEqual({ kind: "unknown" });
  expect(without(await news.send(delivery("late"), stop.signal))).toEqual({ kind: "retry" });
});

test("a lease that ends while the server is asked for ends the attempt: nothing is written", async () => {
  const discord = await standIn();
  const { news } = bot(discord);
  const lease = { isOver: false };
  void discord.nextOf("channel").then(() => (lease.isOver = true));
  const late = await news.send(delivery(), never, () => lease.isOver);
  expect(late).toEqual({ kind: "retry", afterMs: 0, reason: "its lease was over before it was sent" });
  expect(discord.requests().map(({ route }) => route)).toEqual(["channel"]);
  lease.isOver = false;
  expect(without(await news.send(delivery(), never, () => lease.isOver))).toMatchObject({ kind: "sent" });
});

test("a slow answer within the deadline is an answer", async () => {
  const discord = await standIn();
  discord.fault("create", { kind: "slow", ms: 50 });
  expect(without(await bot(discord).news.send(delivery(), never))).toMatchObject({ kind: "sent" });
});

test("a refused connection was never sent: retry", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const { news } = bot({ api: `http://127.0.0.1:${port}/api` });
  expect(without(await news.send(delivery(), never))).toEqual({ kind: "retry", outage: true });
});

const answers: readonly (readonly [ApiError, SendResult["kind"], object])[] = [
  [API_ERRORS.unknownChannel, "refused", { scope: "destination" }],
  [API_ERRORS.unknownGuild, "refused", { scope: "destination" }],
  [API_ERRORS.missingAccess, "refused", { scope: "destination" }],
  [API_ERRORS.missingPermissions, "refused", { scope: "destination" }],
  [{ status: 400, code: 50083, message: "Thread is archived" }, "refused", { scope: "destination" }],
  [{ status: 403, code: 160005, message: "Thread is locked" }, "refused", { scope: "destination" }],
  [API_ERRORS.tagRequired, "refused", { scope: "destination", anew: true }],
  [API_ERRORS.noText, "refused", { scope: "destination", anew: true }],
  [{ status: 400, code: 160006, message: "Maximum number of active threads" }, "retry", {}],
  [{ status: 403, code: 99999, message: "Something new" }, "refused", { scope: "destination" }],
  [API_ERRORS.unauthorized, "refused", { scope: "account" }],
  [API_ERRORS.emptyMessage, "rejected", {}],
  [{ status: 400, code: 50035, message: "Invalid Form Body" }, "rejected", {}],
  [{ status: 400, code: 200000, message: "Blocked by AutoMod" }, "rejected", {}],
  [{ status: 400, code: 240000, message: "Harmful link" }, "rejected", {}],
  [{ status: 400, code: 99999, message: "Something new" }, "rejected", {}],
  [{ status: 400, code: 20028, message: "Write rate limit" }, "retry", {}],
  [{ status: 400, code: 20029, message: "Server write rate limit" }, "retry", {}],
  [{ status: 400, code: 130000, message: "Overloaded" }, "retry", { outage: true }],
];

test.each(answers)("Discord's %j is %s", async (error, kind, more) => {
  const discord = await standIn();
  discord.fault("create", { kind: "error", error });
  const result = await bot(discord).news.send(delivery(), never);
  expect(without(result)).toEqual({ kind, ...more });
  expect(result).toHaveProperty(
    "reason",
    expect.stringMatching(error.code === 0 ? /token/ : `${error.code}`),
  );
});

test("a picture that Discord refuses degrades the post, another bad field rejects it", async () => {
  const discord = await standIn();
  const { news } = bot(discord);
  const frozen = delivery();
  const embeds = (image: object, url: string): FrozenDelivery => ({
    ...frozen,
    post: { ...frozen.post, payload: { embeds: [{ title: "a.image.b", url, image: image as never }] } },
  });
  const bad = await news.send(embeds({ url: "ftp://a.example/x.jpg" }, "https://a.example/"), never);
  expect(without(bad)).toEqual({ kind: "degrade" });
  const worse = await news.send(embeds({ url: "https://a.example/x.jpg" }, "nonsense"), never);
  expect(without(worse)).toEqual({ kind: "rejected" });
});

test("after a refused token nothing more is asked", async () => {
  const discord = await standIn();
  const { news, announce, account } = bot({ api: discord.api, token: "wrong" });
  for (const send of [
    () => news.send(delivery(), never),
    () => announce.send(delivery("b"), never),
    () => account.tell(NEWS, "hello", "n", never),
  ])
    expect(without(await send())).toEqual({ kind: "refused", scope: "account" });
  expect(discord.invalidRequests()).toBe(1);
});

test.each(["user", "shared", "global"] as const)(
  "a 429 of scope %s becomes a retry at the server's time, at once",
  async (scope) => {
    const discord = await standIn();
    const { news, announce } = bot(discord);
    await announce.send(delivery("warm"), never);
    discord.fault("create", { kind: "429", scope, retryAfter: 1800 });
    const result = await news.send(delivery(), never);
    expect(without(result)).toEqual({ kind: "retry" });
    expect(result).toHaveProperty("afterMs", expect.closeTo(1_800_000, -3));
    const asked = discord.requests().length;
    expect(await news.send(delivery(), never)).toMatchObject({
      kind: "retry",
      afterMs: expect.closeTo(1_800_000, -4),
    });
    expect(discord.requests()).toHaveLength(asked);
    // Another channel goes on, unless the limit is the whole bot's.
    expect((await announce.send(delivery("c"), never)).kind).toBe(scope === "global" ? "retry" : "sent");
  },
);

test("a bucket that Discord calls empty is left alone without asking", async () => {
  const discord = await standIn({ limits: { create: { limit: 2, windowMs: 3_600_000 } } });
  const { news } = bot(discord);
  expect((await news.send(delivery("a"), never)).kind).toBe("sent");
  expect((await news.send(delivery("b"), never)).kind).toBe("sent");
  expect((await news.send(delivery("c"), never)).kind).toBe("retry");
  expect(discord.invalidRequests()).toBe(0);
});

test("a page from something before Discord is a retry much later", async () => {
  const discord = await standIn();
  discord.fault("create", { kind: "html", status: 403 });
  expect(await bot(discord).news.send(delivery(), never)).toMatchObject({ kind: "retry", afterMs: 600_000 });
});

test("a missing permission stops the destination and is named", async () => {
  const discord = await standIn();
  discord.deny(NEWS, PERMISSION.send);
  const result = await bot(discord).news.send(delivery(), never);
  expect(result).toMatchObject({
    kind: "refused",
    scope: "destination",
    reason: expect.stringContaining("Send Messages"),
  });
});

test("publishing crossposts, and doing it again changes nothing", async () => {
  const discord = await standIn();
  const { announce, news } = bot(discord);
  const sent = await announce.send(delivery(), never);
  if (sent.kind !== "sent") throw new Error("not sent");
  discord.fault("crosspost", { kind: "created-then-500" });
  expect((await announce.publish?.(sent.ref, never))?.kind).toBe("retry");
  expect(await announce.publish?.(sent.ref, never)).toEqual(sent);
  expect(discord.messages(ANNOUNCE)[0]?.flags).toBe(1);
  const elsewhere = await news.send(delivery("b"), never);
  if (elsewhere.kind !== "sent") throw new Error("not sent");
  expect((await news.publish?.(elsewhere.ref, never))?.kind).toBe("refused");
});

test("removing deletes, and what is gone already counts as removed", async () => {
  const discord = await standIn();
  const { news } = bot(discord);
  const sent = await news.send(delivery(), never);
  if (sent.kind !== "sent") throw new Error("not sent");
  expect(await news.remove(sent.ref, never)).toEqual(sent);
  expect(discord.messages(NEWS)).toHaveLength(0);
  expect(await news.remove(sent.ref, never)).toEqual(sent);
});

test("an admin message pings nobody, is cut at Discord's limit and is written once", async () => {
  const discord = await standIn();
  const { account } = bot(discord);
  const text = `@everyone ${"word ".repeat(500)}`;
  const first = await account.tell(NEWS, text, "held-1", never);
  expect(await account.tell(NEWS, text, "held-1", never)).toEqual(first);
  const [message] = discord.messages(NEWS);
  expect(discord.messages(NEWS)).toHaveLength(1);
  expect(message?.content.length).toBeLessThanOrEqual(2000);
  expect(message?.pinged.everyone).toBe(false);
});
