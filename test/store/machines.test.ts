import { setTimeout as pause } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { openFolder } from "../support/app.ts";
import { openInstallation } from "../support/bot.ts";
import { startDiscord } from "../support/discord/server.ts";
import { openNewsroom, type Newsroom, type Story } from "../support/newsroom.ts";
import { openPostgresProxy } from "../support/postgres-proxy.ts";
import { storeAt } from "../support/stores.ts";
import { until } from "../support/until.ts";

const noPostgres = (inject("postgres") ?? "") === "";

const CHANNELS = ["1190000000000000201", "1190000000000000202", "1190000000000000203"] as const;
const FEEDS = ["/feed/1", "/feed/2", "/feed/3", "/feed/4", "/feed/5"] as const;
/** A feed's identifier may be longer than an index of PostgreSQL takes. */
const LONG = "long".repeat(1_000);
/** Longer than a lease. */
const A_WHILE = 5_000;

const yamlOf = (site: Newsroom, store: string, api: string): string => `
store: ${store}
network: { allow: ["127.0.0.1"] }
web: { enabled: false }
timing: { host_gap: 0, lease: 4 seconds, request: 1500ms, grace: 2 seconds, first_retry: 200ms }
defaults: { every: 1 second, wait: 0, spacing: 0, overflow: off, discord: { api: "${api}" } }
destinations:
${CHANNELS.map((id) => `  - { discord: "${id}", name: "${id}" }`).join("\n")}
feeds:
${FEEDS.map((path) => `  - { url: "${site.url}${path}", post_to: ["${CHANNELS.join('", "')}"] }`).join("\n")}
`;

/** Counts how many requests for one path are answered at one time, at most. */
function watchOverlaps(site: Newsroom): { readonly most: () => number } {
  let most = 0;
  const under = new Map<string, number>();
  for (const path of FEEDS)
    site.answer(path, (_, response) => {
      const now = (under.get(path) ?? 0) + 1;
      under.set(path, now);
      most = Math.max(most, now);
      const answer = async (): Promise<void> => {
        await pause(30);
        under.set(path, (under.get(path) ?? 1) - 1);
        response.setHeader("content-type", "application/rss+xml");
        response.end(site.document(path));
      };
      void answer();
    });
  return { most: () => most };
}

test.skipIf(noPostgres)(
  "processes that share a database come, go, die, stand still and lose it: nothing lost, nothing doubled",
  async () => {
    await using folder = await openFolder();
    await using site = await openNewsroom();
    await using discord = await startDiscord({ channels: CHANNELS.map((id) => ({ id })), limits: null });
    await using proxy = await openPostgresProxy(await storeAt(folder.path, ""));
    const yaml = yamlOf(site, proxy.url, discord.api);
    await using installation = await openInstallation(yaml, { DISCORD_TOKEN: discord.token });
    const listed = new Map<string, Story[]>(FEEDS.map((path) => [path, []]));
    const add = (path: string, slug: string): void => {
      const stories = listed.get(path) ?? [];
      stories.unshift({ slug, title: `Story ${slug}`, guid: `${slug}${LONG}`, published: Date.now() });
      site.list(stories, path);
    };
    for (const path of FEEDS) add(path, `old${path.replaceAll("/", "-")}`);
    const overlaps = watchOverlaps(site);

    const posted = (channel: string): readonly string[] =>
      discord.messages(channel).flatMap(({ embeds }) => embeds.map(({ url }) => url ?? ""));
    const expected: string[] = [];
    let number = 0;
    /** One story after another, each feed in its turn. */
    const publish = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) {
        const slug = `story-${++number}`;
        add(FEEDS[number % FEEDS.length] ?? FEEDS[0], slug);
        expected.push(`${site.url}/${slug}`);
        await pause(100);
      }
    };

    const first = installation.run();
    const second = installation.run();
    await until("every feed was asked twice", () => FEEDS.every((path) => site.asked(path).length > 1));
    await publish(5);
    const third = installation.run();
    await publish(5);
    await first.kill();
    second.freeze();
    await publish(5);
    await pause(A_WHILE);
    second.thaw();
    await publish(5);
    await proxy.cut();
    await publish(3);
    await pause(A_WHILE);
    await proxy.mend();
    const fourth = installation.run();
    await publish(5);
    expect(await third.stop()).toEqual({ code: 0, signal: null });

    await until(
      "every story stands in every channel",
      () => CHANNELS.every((channel) => expected.every((link) => posted(channel).includes(link))),
      { deadline: 60_000 },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${second.log()}\n${fourth.log()}`);
    });
    for (const channel of CHANNELS) expect(posted(channel).toSorted()).toEqual(expected.toSorted());
    expect(overlaps.most()).toBe(1);
    const says = (words: string) => second.log().split(words).length - 1;
    expect([says("the store cannot be used"), says("the store can be used again")]).toEqual([1, 1]);
    expect(await second.stop()).toEqual({ code: 0, signal: null });
    expect(await fourth.stop()).toEqual({ code: 0, signal: null });
  },
  150_000,
);
