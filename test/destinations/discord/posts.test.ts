import { REST } from "discord.js";
import { afterEach, expect, test } from "vitest";
import { composeDiscord } from "../../../src/destinations/discord/compose.ts";
import { openInvalidRequests } from "../../../src/destinations/discord/invalid.ts";
import { openDiscord } from "../../../src/destinations/discord/send.ts";
import type { FrozenDelivery } from "../../../src/domain/types.ts";
import { startDiscord } from "../../support/discord/server.ts";
import type { DiscordStandIn } from "../../support/discord/server.ts";
import { PERMISSION } from "../../support/discord/world.ts";
import { FORUM, forum, TAGS } from "../../support/forum.ts";
import { harbour, options } from "./stories.ts";

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
  const discord = await startDiscord({ clock, limits: null, channels: [forum] });
  const { api, token } = discord;
  const invalid = openInvalidRequests(clock, () => {});
  const account = openDiscord({ api, token, clock, requestMs: 5_000, nonceWindow: 60_000, invalid });
  open.push(discord, account);
  const posts = account.destination({ id: `discord:${FORUM}`, channelId: FORUM, name: "Stories" });
  const find = (delivery: FrozenDelivery, settled: readonly string[] = []) =>
    posts.find(delivery, new Set(settled), never);
  return { discord, posts, find };
}

function delivery(title = harbour.title, style: "card" | "plain" = "card"): FrozenDelivery {
  const [post] = composeDiscord({ ...harbour, title }, { ...options, style, forum: { tags: [TAGS.news] } });
  if (post === undefined) throw new Error("nothing was composed");
  return { key: options.key, post, articleUrl: harbour.url, firstAttemptAt: START };
}

const urlOf = ({ guildId }: DiscordStandIn, id = "") => `https://discord.com/channels/${guildId}/${id}`;
const refOf = (discord: DiscordStandIn, id = "") => ({ id, url: urlOf(discord, id), cid: null });

test.each(["card", "plain"] as const)(
  "a %s post whose answer was lost is found among others",
  async (style) => {
    const { discord, posts, find } = await newsroom();
    discord.begin(FORUM, harbour.title, "What do you think of it?");
    await posts.send(delivery("Another story", style), never);
    const lost = delivery(harbour.title, style);
    discord.fault("createThread", { kind: "created-then-cut" });
    expect(await posts.send(lost, never)).toMatchObject({ kind: "unknown" });
    const [, other, thread] = discord.threads(FORUM);
    discord.write(thread?.id ?? "", "So soon?");
    expect(await find(lost, [other?.id ?? ""])).toEqual({ kind: "found", ref: refOf(discord, thread?.id) });
    expect(await find(lost)).toMatchObject({ kind: "found" });
    expect(await find(lost, [other?.id ?? "", thread?.id ?? ""])).toEqual({ kind: "absent" });
  },
);

test("what another began, what is older and what stands elsewhere is not it", async () => {
  const { discord, posts, find } = await newsroom();
  clock.time = START - 301_000;
  await posts.send(delivery(), never);
  clock.time = START;
  discord.begin(FORUM, harbour.title, "mine");
  const elsewhere = "1190000000000000151";
  discord.addChannel({ ...forum, id: elsewhere });
  discord.begin(elsewhere, harbour.title, "elsewhere");
  expect(await find(delivery())).toEqual({ kind: "absent" });
  expect(await find({ ...delivery(), firstAttemptAt: null })).toEqual({ kind: "absent" });
});

test("the archive is read in pages, back to before the first attempt", async () => {
  const { discord, posts, find } = await newsroom();
  const archived = (count: number) => {
    for (let index = 0; index < count; index++) {
      const { id } = discord.begin(FORUM, `question ${index}`, "?");
      // Three at a time within one moment: pages end among them.
      if (index % 3 === 0) clock.time += 1;
      discord.archive(id);
    }
  };
  clock.time = START - 600_000;
  archived(250);
  clock.time = START;
  const sent = await posts.send(delivery(), never);
  const id = sent.kind === "sent" ? sent.ref.id : "";
  discord.archive(id);
  clock.time += 1;
  archived(250);
  expect(await find(delivery())).toEqual({ kind: "found", ref: refOf(discord, id) });
  const pages = () => discord.requests().filter(({ route }) => route === "archivedThreads").length;
  expect(pages()).toBe(3);
  expect(await find(delivery("Not there"), [id])).toEqual({ kind: "absent" });
  expect(pages()).toBe(6);
  archived(800);
  expect(await find(delivery("Not there"), [id])).toEqual({
    kind: "unreadable",
    reason: "more than 1000 posts were archived in the forum since then",
  });
});

test("a post that is opened again while the forum is read is not missed", async () => {
  const { discord, posts, find } = await newsroom();
  const sent = await posts.send(delivery(), never);
  const id = sent.kind === "sent" ? sent.ref.id : "";
  discord.archive(id);
  void discord.nextOf("activeThreads").then(() => discord.archive(id, false));
  expect(await find(delivery())).toEqual({ kind: "found", ref: refOf(discord, id) });
});

test("one with its title and other words, or its words and another title, is for an admin to judge", async () => {
  const { discord, posts, find } = await newsroom();
  const plain = await posts.send(delivery(harbour.title, "plain"), never);
  const id = plain.kind === "sent" ? plain.ref.id : "";
  expect(await find(delivery())).toEqual({
    kind: "unreadable",
    reason: `${urlOf(discord, id)} has its title, but not its text`,
  });
  const thread = discord.threads(FORUM)[0];
  if (thread !== undefined) thread.name = "Renamed by a moderator";
  expect(await find(delivery(harbour.title, "plain"))).toEqual({
    kind: "unreadable",
    reason: `${urlOf(discord, id)} has its text, but not its title`,
  });
  expect(await find(delivery())).toEqual({ kind: "absent" });
});

test("hidden history and a hidden forum are unreadable for good, an outage only for now", async () => {
  const { discord, find } = await newsroom();
  discord.fault("activeThreads", { kind: "5xx", status: 502 });
  expect(await find(delivery())).toMatchObject({ kind: "unreadable", retryAfterMs: 5_000 });
  for (const hidden of [PERMISSION.history, PERMISSION.view]) {
    discord.deny(FORUM, hidden);
    const result = await find(delivery());
    expect(result.kind).toBe("unreadable");
    expect(result).not.toHaveProperty("retryAfterMs");
  }
});

test("a limit that is over soon is waited for between two pages", async () => {
  const { discord, posts, find } = await newsroom();
  await posts.send(delivery(), never);
  discord.fault("archivedThreads", { kind: "429", scope: "user", retryAfter: 2 });
  discord.fault("message", { kind: "429", scope: "user", retryAfter: 2 });
  expect(await find(delivery())).toMatchObject({ kind: "found" });
});

test("what stands in a forum is read back with its links, active and archived", async () => {
  const { discord, posts } = await newsroom();
  await posts.send(delivery("Before"), never);
  clock.time += 60_000;
  await posts.send(delivery("Card"), never);
  await posts.send(delivery("Plain", "plain"), never);
  discord.begin(FORUM, "A reader's", "https://elsewhere.example");
  await posts.send(delivery("Emptied"), never);
  const [, card, plain, , emptied] = discord.threads(FORUM);
  discord.archive(plain?.id ?? "");
  discord.remove(emptied?.id ?? "");
  const recent = await posts.recent(START + 1_000, never);
  expect(recent).toEqual({
    kind: "read",
    posts: [
      { ref: refOf(discord, card?.id), links: [harbour.url], at: clock.time },
      { ref: refOf(discord, plain?.id), links: [harbour.url], at: clock.time },
    ],
  });
  discord.deny(FORUM, PERMISSION.history);
  expect(await posts.recent(START, never)).toMatchObject({ kind: "unreadable" });
});

test("a post with files is made as one without, and the gateway tells of posts", async () => {
  const { discord } = await newsroom();
  const rest = new REST({ api: discord.api, version: "10" }).setToken(discord.token);
  const told = newThread(discord);
  await expect.poll(() => discord.gateway.connected()).toBe(1);
  const body = { name: "With a file", message: { content: "see there" } };
  const files = [{ name: "crane.txt", data: "a crane" }];
  const made = await rest.post(`/channels/${FORUM}/threads`, { body, files });
  const [thread] = discord.threads(FORUM);
  expect(await told).toMatchObject({ id: thread?.id, parent_id: FORUM, newly_created: true });
  expect(made).toMatchObject({ id: thread?.id, name: "With a file", message: { content: "see there" } });
  expect(discord.messages(thread?.id ?? "")).toHaveLength(1);
});

/** The first post that the gateway tells of. */
function newThread({ api, token }: DiscordStandIn): Promise<unknown> {
  const socket = new WebSocket(`${api.replace("http", "ws").replace("/api", "/gateway")}?v=10&encoding=json`);
  return new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      const { op, t, d } = JSON.parse(String(data)) as { op: number; t: string | null; d: unknown };
      if (op === 10) socket.send(JSON.stringify({ op: 2, d: { token, intents: 1, properties: {} } }));
      if (t !== "THREAD_CREATE") return;
      socket.close();
      resolve(d);
    });
  });
}
