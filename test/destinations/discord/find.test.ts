import { afterEach, expect, test } from "vitest";
import type { FrozenDelivery } from "../../../src/domain/types.ts";
import { composeDiscord } from "../../../src/destinations/discord/compose.ts";
import { openInvalidRequests } from "../../../src/destinations/discord/invalid.ts";
import { openDiscord } from "../../../src/destinations/discord/send.ts";
import { startDiscord } from "../../support/discord/server.ts";
import type { DiscordStandIn } from "../../support/discord/server.ts";
import { PERMISSION } from "../../support/discord/world.ts";
import { harbour, options } from "./stories.ts";

const NEWS = "1190000000000000100";
const START = Date.UTC(2026, 10, 20, 9);
const never = new AbortController().signal;
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

/** A clock that waits by moving on. */
const clock = {
  time: START,
  now: () => clock.time,
  monotonic: () => clock.time,
  sleep: async (ms: number) => void (clock.time += ms),
  random: () => 0.5,
};

async function newsroom() {
  clock.time = START;
  const discord = await startDiscord({ clock, limits: null, channels: [{ id: NEWS, name: "news" }] });
  open.push(discord);
  const account = openDiscord({
    api: discord.api,
    token: discord.token,
    clock,
    invalid: openInvalidRequests(clock, () => {}),
    requestMs: 5_000,
    nonceWindow: 60_000,
  });
  open.push(account);
  return { discord, news: account.destination({ id: `discord:${NEWS}`, channelId: NEWS, name: "Harbour" }) };
}

function delivery(key: string, title = harbour.title, style: "card" | "plain" = "card"): FrozenDelivery {
  const [post] = composeDiscord({ ...harbour, title }, { ...options, key, style });
  if (post === undefined) throw new Error("nothing was composed");
  return { key, post, articleUrl: harbour.url, firstAttemptAt: START };
}

const chatter = (discord: DiscordStandIn, count: number): void => {
  for (let index = 0; index < count; index++) discord.write(NEWS, `message ${index}`);
};

test.each(["card", "plain"] as const)("a %s post whose answer was lost is found again", async (style) => {
  const { discord, news } = await newsroom();
  chatter(discord, 3);
  const lost = delivery("a", "A *starred* headline: 10 %", style);
  discord.fault("create", { kind: "created-then-cut" });
  expect((await news.send(lost, never)).kind).toBe("unknown");
  chatter(discord, 3);
  const id = discord.messages(NEWS)[3]?.id;
  expect(await news.find(lost, new Set(), never)).toEqual({
    kind: "found",
    ref: { id, url: `https://discord.com/channels/${discord.guildId}/${NEWS}/${id}`, cid: null },
  });
});

test("what never arrived is absent, also in an empty channel", async () => {
  const { discord, news } = await newsroom();
  const lost = delivery("a");
  discord.fault("create", { kind: "cut" });
  await news.send(lost, never);
  expect(await news.find(lost, new Set(), never)).toEqual({ kind: "absent" });
  chatter(discord, 1);
  expect(await news.find(lost, new Set(), never)).toEqual({ kind: "absent" });
});

test("a delivery that was never tried is absent without asking", async () => {
  const { discord, news } = await newsroom();
  expect(await news.find({ ...delivery("a"), firstAttemptAt: null }, new Set(), never)).toEqual({
    kind: "absent",
  });
  expect(discord.requests()).toHaveLength(0);
});

test("another delivery's post, another article's, another author's and an older one are not it", async () => {
  const { discord, news } = await newsroom();
  const plain = delivery("a", harbour.title, "plain");
  clock.time = START - 301_000;
  await news.send(plain, never);
  clock.time = START;
  const sent = await news.send(delivery("b", harbour.title, "plain"), never);
  await news.send(delivery("c", "Another headline", "plain"), never);
  discord.write(NEWS, String(Reflect.get(plain.post.payload as object, "content")));
  if (sent.kind !== "sent") throw new Error("not sent");
  expect(await news.find(plain, new Set([sent.ref.id]), never)).toEqual({ kind: "absent" });
  expect(await news.find(plain, new Set(), never)).toEqual({ kind: "found", ref: sent.ref });
});

test("reading goes on over pages, oldest first, and gives up after a thousand messages", async () => {
  const { discord, news } = await newsroom();
  chatter(discord, 999);
  const late = await news.send(delivery("a"), never);
  expect(await news.find(delivery("a"), new Set(), never)).toMatchObject(
    late.kind === "sent" ? { ref: late.ref } : {},
  );
  expect(discord.requests().filter((request) => request.route === "history")).toHaveLength(10);
  expect(await news.find(delivery("b", "Not there"), new Set(), never)).toEqual({
    kind: "unreadable",
    reason: expect.stringContaining("1000"),
  });
});

test("a channel whose history is hidden looks empty, so it is unreadable, not absent", async () => {
  const { discord, news } = await newsroom();
  await news.send(delivery("a"), never);
  discord.deny(NEWS, PERMISSION.history);
  const result = await news.find(delivery("a"), new Set(), never);
  expect(result).toEqual({ kind: "unreadable", reason: expect.stringContaining("Read Message History") });
});

test("a channel that is out of sight is unreadable for good, an outage only for now", async () => {
  const { discord, news } = await newsroom();
  discord.fault("history", { kind: "5xx", status: 502 });
  expect(await news.find(delivery("a"), new Set(), never)).toMatchObject({
    kind: "unreadable",
    retryAfterMs: 5_000,
    outage: true,
  });
  discord.deny(NEWS, PERMISSION.view);
  const result = await news.find(delivery("a"), new Set(), never);
  expect(result.kind).toBe("unreadable");
  expect(result).not.toHaveProperty("retryAfterMs");
});

test("a short limit between two pages is waited for, a long one is told", async () => {
  const { discord, news } = await newsroom();
  const sent = await news.send(delivery("a"), never);
  discord.fault("history", { kind: "429", scope: "user", retryAfter: 2 });
  expect(await news.find(delivery("a"), new Set(), never)).toMatchObject({
    kind: "found",
    ref: sent.kind === "sent" ? sent.ref : null,
  });
  discord.fault("history", { kind: "429", scope: "user", retryAfter: 600 });
  expect(await news.find(delivery("a"), new Set(), never)).toMatchObject({
    kind: "unreadable",
    retryAfterMs: expect.closeTo(600_000, -3),
  });
});
