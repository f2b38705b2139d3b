import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bot } from "./support/bot.ts";
import {
  CHANNELS,
  NOWHERE,
  ONCE,
  type Desk,
  cardOf,
  openDesk,
  sameTally,
  type Tally,
} from "./support/desk.ts";
import { PERMISSION } from "./support/discord/world.ts";
import { openPds, type TestPds } from "./support/pds.ts";
import { until } from "./support/until.ts";
import type { Story } from "./support/wordpress.ts";

/**
 * The bot as a process of its own, between a publisher, a real PDS and Discord's stand-in. Each test has a desk of its
 * own and mostly waits, so they run at once.
 */

const HOUR = 3_600_000;
const TIMING = "request: 5 seconds, lease: 12 seconds, grace: 6 seconds";
let pds: TestPds;

beforeAll(async () => {
  pds = await openPds();
});
afterAll(() => pds[Symbol.asyncDispose]());

const tallyOf = async (desk: Desk, story: Story): Promise<Tally | undefined> =>
  (await desk.tallies([story]))[0];

const posted = (desk: Desk, story: Story): Promise<void> =>
  until(`“${story.title}” was posted`, async () => sameTally((await tallyOf(desk, story)) ?? NOWHERE, ONCE));

/** Starts the bot on a site with some old articles, and waits until it knows the feed. */
async function settledBot({ site, installation }: Desk): Promise<Bot> {
  for (const title of ["Old bell rehung at the chapel", "Ferry timetable for winter is out"])
    site.publish({ title, published: Date.now() - HOUR });
  const bot = installation.run();
  await knows(site, bot);
  return bot;
}

/** The bot knows the feed as it is now once it was told that nothing changed. */
async function knows(site: Desk["site"], bot: Bot): Promise<void> {
  const before = site.visits("unchanged");
  await until("the feed was found unchanged", () => site.visits("unchanged") > before).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${bot.log()}`);
    },
  );
}

test.concurrent(
  "what the first poll lists is not posted, and a new article is posted once in each place",
  async () => {
    await using desk = await openDesk(pds, { timing: TIMING });
    const { site, discord, installation, account } = desk;
    await settledBot(desk);
    const story = site.publish({ title: "Council votes for a new sluice", category: "Harbour" });
    await posted(desk, story);

    expect(discord.messages(CHANNELS.text)).toHaveLength(1);
    expect(discord.messages(CHANNELS.announcement)).toHaveLength(1);
    const [embed] = discord.messages(CHANNELS.text)[0]?.embeds ?? [];
    expect(embed).toMatchObject({
      title: story.title,
      url: site.link(story),
      author: { name: "The Fennmere Gazette" },
      image: { url: `${site.url}/wp-content/uploads/quay.jpg` },
      footer: { text: "Harbour" },
    });
    for (const point of story.points) expect(embed?.description).toContain(`- ${point}`);

    const [thread, ...more] = discord.threads(CHANNELS.forum);
    expect(more).toEqual([]);
    expect(thread).toMatchObject({ name: story.title, appliedTags: ["1190000000000000904"] });

    const records = await desk.records();
    expect(records).toHaveLength(1);
    expect(records[0]?.value).toMatchObject({
      text: `${story.dek}\n\n${story.points.map((point) => `• ${point}`).join("\n")}`,
      langs: ["en-GB"],
      tags: ["Harbour"],
      embed: {
        $type: "app.bsky.embed.external",
        external: { uri: site.link(story), title: story.title, thumb: { mimeType: "image/jpeg" } },
      },
    });

    const why = await installation.command("why", site.guid(story), "--json");
    expect(why.code).toBe(0);
    expect(JSON.parse(why.out)).toMatchObject({ kind: "known", state: "ready", keyPoints: story.points });
    const message = discord.messages(CHANNELS.text)[0]?.id ?? "";
    for (const address of [
      `${site.link(story)}?utm_source=chat`,
      `https://discord.com/channels/${discord.guildId}/${CHANNELS.text}/${message}`,
      `https://bsky.app/profile/${account.did}/post/${records[0]?.uri.split("/").at(-1) ?? ""}`,
    ])
      expect(JSON.parse((await installation.command("why", address, "--json")).out)).toMatchObject({
        kind: "known",
        link: site.link(story),
      });
    const [old] = [
      site.link({ ...story, slug: "old-bell-rehung-at-the-chapel", published: Date.now() - HOUR }),
    ];
    expect((await installation.command("why", old)).out).toContain("listed before the first poll");
  },
);

test.concurrent("an article that changes, or moves to another address, is not posted again", async () => {
  await using desk = await openDesk(pds, { timing: TIMING });
  const { site, discord } = desk;
  await using bot = await settledBot(desk);
  const changed = site.publish({ title: "Lighthouse keeper retires after forty years" });
  const renamed = site.publish({ title: "Two ponies found on the salt marsh" });
  await posted(desk, changed);
  await posted(desk, renamed);

  site.change(changed, { title: "Lighthouse keeper retires after 41 years", points: ["He kept a diary."] });
  await knows(site, bot);
  site.change(renamed, { slug: "three-ponies-found" });
  await knows(site, bot);
  site.change(site.change(renamed, { slug: "three-ponies-found" }), {
    title: "Three ponies found on the salt marsh",
  });
  await knows(site, bot);
  // What comes after them in the order of every destination: when it stands there, nothing else is on its way.
  const last = site.publish({ title: "Library opens on Sundays from May" });
  await posted(desk, last);

  expect(discord.messages(CHANNELS.text)).toHaveLength(3);
  expect(discord.messages(CHANNELS.announcement)).toHaveLength(3);
  expect(await desk.records()).toHaveLength(3);
});

test.concurrent("undo takes an article back everywhere, and it never comes back", async () => {
  await using desk = await openDesk(pds, { timing: TIMING });
  const { site, discord, installation } = desk;
  const bot = await settledBot(desk);
  const story = site.publish({ title: "Mayor opens the wrong bridge" });
  await posted(desk, story);

  const undo = await installation.command("undo", site.link(story));
  expect(undo).toMatchObject({ code: 0, error: "" });
  expect(await tallyOf(desk, story)).toEqual(NOWHERE);
  expect(undo.out.match(/: undone/gu)).toHaveLength(4);

  site.change(story, { dek: "The mayor has said that he is sorry." });
  await knows(site, bot);
  await bot.stop();
  await using again = installation.run();
  await knows(site, again);
  await posted(desk, site.publish({ title: "Fish market moves to the square" }));
  expect(await tallyOf(desk, story)).toEqual(NOWHERE);
  expect(discord.messages(CHANNELS.text)).toHaveLength(1);
  expect(await desk.records()).toHaveLength(1);
});

test.concurrent("a running bot takes a changed config whole, and refuses a broken one whole", async () => {
  await using desk = await openDesk(pds, { timing: TIMING });
  const { site, installation } = desk;
  await using bot = await settledBot(desk);

  await installation.writeConfig(desk.config("skip: { category: [Opinion] }"));
  await until("the new config was taken", () => bot.log().includes("took the changed config"));
  const opinion = site.publish({ title: "Why the quay needs a bench", category: "Opinion" });
  const news = site.publish({ title: "Bench on the quay is approved" });
  await posted(desk, news);
  expect(await tallyOf(desk, opinion)).toEqual(NOWHERE);

  await installation.writeConfig(desk.config("skp: { category: [Harbour] }"));
  await until("the broken config was refused", () => bot.log().includes('unknown key \\"skp\\"'));
  expect(bot.log()).toContain("the old one is kept");
  const later = site.publish({ title: "A second bench is promised", category: "Opinion" });
  await posted(desk, site.publish({ title: "Council counts its benches" }));
  expect(await tallyOf(desk, later)).toEqual(NOWHERE);
});

test.concurrent("the bot ends when it is told to, and the next one goes on where it was", async () => {
  await using desk = await openDesk(pds, { timing: TIMING });
  const { site, installation } = desk;
  const bot = await settledBot(desk);
  const first = site.publish({ title: "Swans return to the mill pond" });
  await posted(desk, first);
  await ended(bot);

  const second = site.publish({ title: "Mill pond is dredged at last" });
  await using next = installation.run();
  await posted(desk, second);
  expect(await tallyOf(desk, first)).toEqual(ONCE);
  await ended(next);
});

test.concurrent(
  "the bot ends in time while a send hangs, and the post is made once by the next one",
  async () => {
    await using desk = await openDesk(pds, {
      timing: "request: 15 seconds, lease: 40 seconds, grace: 1 second, nonce_window: 1 second",
      discord: { nonceWindow: 1_000 },
    });
    const { site, discord, proxy, installation } = desk;
    const bot = await settledBot(desk);
    discord.fault("create", { kind: "created-then-hang" });
    proxy.fail("putRecord", { kind: "hang" });
    const created = discord.nextOf("create");
    const story = site.publish({ title: "Night ferry is cancelled by fog" });
    await created;
    await until("the record was put", () => proxy.calls.includes("putRecord"));
    await ended(bot);

    installation.run();
    await posted(desk, story);
    await posted(desk, site.publish({ title: "Fog lifts over the estuary" }));
    expect(await tallyOf(desk, story)).toEqual(ONCE);
  },
);

/** Told to end, it does so within ten seconds, in good order. */
async function ended(bot: Bot): Promise<void> {
  let ending: unknown = null;
  void bot.stop().then((how) => (ending = how));
  await until("the bot ended", () => ending !== null, { deadline: 10_000 });
  expect(ending).toEqual({ code: 0, signal: null });
}

test.concurrent(
  "killed while a forum's post, a publishing or a removal is under way, the bot does each of them once",
  async () => {
    await using desk = await openDesk(pds, {
      timing: "request: 3 seconds, lease: 5 seconds, grace: 3 seconds, nonce_window: 1 second",
    });
    const { site, discord, proxy, installation } = desk;
    const bot = await settledBot(desk);
    const story = site.publish({ title: "Ferry company sells its oldest boat" });
    discord.fault("createThread", { kind: "created-then-hang" });
    discord.fault("crosspost", { kind: "created-then-hang" });
    await Promise.all([discord.nextOf("createThread"), discord.nextOf("crosspost")]);
    await bot.kill();
    expect(discord.threads(CHANNELS.forum)).toHaveLength(1);

    const second = installation.run();
    await posted(desk, story);
    const isDone = async () => {
      const { out } = await installation.command("why", site.link(story), "--json");
      const { deliveries } = JSON.parse(out) as { deliveries: { state: string; publish: string | null }[] };
      return deliveries.every(({ state, publish }) => state === "sent" && publish !== "pending");
    };
    await until("all of it is settled", isDone, { every: 500 });
    expect(discord.requests().filter(({ route }) => route === "createThread")).toHaveLength(1);
    expect(discord.requests().filter(({ route }) => route === "crosspost")).toHaveLength(2);

    for (const route of ["delete", "deleteThread"] as const)
      discord.fault(route, { kind: "created-then-hang" });
    proxy.fail("deleteRecord", { kind: "hang" });
    const removed = Promise.all([discord.nextOf("delete"), discord.nextOf("deleteThread")]);
    const undone = installation.command("undo", site.link(story));
    await removed;
    await second.kill();
    await using third = installation.run();
    expect((await undone).out.match(/: undone/gu)).toHaveLength(4);
    expect(await tallyOf(desk, story)).toEqual(NOWHERE);
    await posted(desk, site.publish({ title: "A new ferry is ordered" }));
    expect(discord.threads(CHANNELS.forum)).toHaveLength(1);
    await ended(third);
  },
);

test.concurrent(
  "killed right behind its request by a clock that was slow, the bot looks for the post no sooner than after the grace",
  { timeout: 120_000 },
  async () => {
    await using desk = await openDesk(pds, {
      timing: "request: 3 seconds, lease: 5 seconds, grace: 12 seconds, nonce_window: 1 second",
    });
    const { site, discord, installation } = desk;
    await ended(await settledBot(desk));
    const story = site.publish({ title: "Clock of the town hall is slow" });
    // Longer than the next process takes to begin and to look.
    discord.fault("createThread", { kind: "slow", ms: 8_000 });
    await using slow = installation.standby(fileURLToPath(new URL("crash/standby.ts", import.meta.url)));
    const marks = join(installation.folder, "marks");
    const clock = { jump: -15_000, after: 0 };
    const unharmed = { engine: "sqlite", point: null, nth: 1, depth: 0, disk: null, checkpoints: false };
    const bot = await slow.begin({ ...unharmed, clock, marks });
    await until("Discord was asked", () => discord.played.includes("createThread: slow"));
    await bot.kill();
    const asked = Date.now();

    await using next = installation.run();
    await until("Discord came to it", () => Date.now() > asked + 8_500);
    await posted(desk, story);
    await posted(desk, site.publish({ title: "Town hall clock is put right" }));
    expect(discord.requests().filter(({ route }) => route === "createThread")).toHaveLength(2);
    expect(await tallyOf(desk, story)).toEqual(ONCE);
    await ended(next);
  },
);

test.concurrent(
  "a headline that does not fit its article is held, told to the admin, and posted once when released",
  async () => {
    await using desk = await openDesk(pds, { timing: TIMING });
    const { site, discord, installation } = desk;
    const bot = await settledBot(desk);
    const text = Array.from(
      { length: 12 },
      () => "The harbour council voted on the new sluice and on its cost.",
    );
    const story = site.publish({ title: "Harbour council of Norway votes on the new sluice", text });
    const told = () => discord.messages(CHANNELS.admin).map((message) => message.content);
    await until("the admin was told", () => told().length > 0);
    expect(told()[0]).toContain("Norway");
    expect(discord.messages(CHANNELS.admin)[0]?.embeds[0]?.url).toBe(site.link(story));
    expect((await installation.command("held")).out).toContain(`bulletin release ${site.link(story)}`);
    expect(await tallyOf(desk, story)).toEqual(NOWHERE);

    const released = await installation.command("release", site.link(story));
    expect(released).toMatchObject({ code: 0 });
    await posted(desk, story);
    await posted(desk, site.publish({ title: "Sluice keeper is appointed" }));
    expect(await tallyOf(desk, story)).toEqual(ONCE);
    await until("the card tells of it", () => told()[0]?.includes("Released by an admin") === true);
    expect(told()).toHaveLength(1);
    expect((await desk.records()).map(cardOf)).toContain(site.link(story));

    const second = site.publish({ title: "Harbour council of Peru votes on the new sluice", text });
    await until("a second card stood there", () => told().length === 2);
    await until("clicks are heard", () => discord.gateway.connected() === 1);
    const card = discord.messages(CHANNELS.admin).at(-1);
    if (card !== undefined)
      discord.click(card, "Post", { username: "ada", permissions: PERMISSION.manageGuild });
    await posted(desk, second);
    await until("the card tells of it", () => told()[1]?.includes("Released by \\@ada") === true);
    expect(told()).toHaveLength(2);
    await ended(bot);
  },
);
