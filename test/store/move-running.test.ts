import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { isPostgres } from "../../src/store/open.ts";
import { openFolder } from "../support/app.ts";
import { openInstallation } from "../support/bot.ts";
import { startDiscord } from "../support/discord/server.ts";
import { openNewsroom, type Story } from "../support/newsroom.ts";
import { storeAt } from "../support/stores.ts";
import { until } from "../support/until.ts";

const CHANNEL = "1190000000000000201";

const yamlOf = (feed: string, api: string): string => `
network: { allow: ["127.0.0.1"] }
web: { enabled: false }
timing: { host_gap: 0, lease: 4500ms, request: 4 seconds, grace: 4500ms, first_retry: 200ms }
defaults: { every: 1 second, wait: 0, spacing: 0, overflow: off, discord: { api: "${api}" } }
feeds:
  - { url: "${feed}", post_to: [{ discord: "${CHANNEL}" }] }
`;

test("a store is moved while its bot posts: the bot ends by itself, the next one goes on, each article stands once", async () => {
  await using folder = await openFolder();
  await using site = await openNewsroom();
  await using discord = await startDiscord({ channels: [{ id: CHANNEL }], limits: null });
  const yaml = yamlOf(site.feedUrl, discord.api);
  await using installation = await openInstallation(yaml, { DISCORD_TOKEN: discord.token });
  const stories: Story[] = [];
  const publish = (): void => {
    stories.unshift({
      slug: `story-${stories.length}`,
      title: `Story ${stories.length}`,
      published: Date.now(),
    });
    site.list(stories);
  };
  const posted = () => discord.messages(CHANNEL).map(({ embeds }) => embeds[0]?.url ?? "");
  publish();
  const bot = installation.run();
  await until("the first poll is over", () => site.asked("/feed").length > 1, { deadline: 60_000 });
  const over = new AbortController();
  const publishing = (async () => {
    while (!over.signal.aborted) {
      publish();
      await pause(400);
    }
  })();
  await until("posts go out", () => posted().length > 2, { deadline: 60_000 });

  const place = await storeAt(folder.path, join(folder.path, "moved", "bulletin.db"));
  if (!isPostgres(place)) await mkdir(dirname(place));
  const said = await installation.command("move", "--to", place);
  expect([said.code, said.out]).toEqual([0, expect.stringContaining("ends by itself")]);
  expect(await bot.ended).toEqual({ code: 1, signal: null });
  expect(bot.log()).toContain("This store was moved to");

  if (isPostgres(place)) await installation.writeConfig(`store: ${place}\n${yaml}`);
  else await rename(place, installation.store);
  await using next = installation.run();
  const asked = site.asked("/feed").length;
  await until("the next one works", () => site.asked("/feed").length > asked + 1, { deadline: 60_000 });
  over.abort();
  await publishing;
  const wanted = stories.slice(0, -1).map(({ slug }) => `${site.url}/${slug}`);
  await until("every article stands", () => wanted.every((link) => posted().includes(link)), {
    deadline: 90_000,
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${next.log()}`);
  });
  expect(posted().toSorted()).toEqual(wanted.toSorted());
  expect(await next.stop()).toEqual({ code: 0, signal: null });
}, 240_000);
