import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Summary } from "../../../src/domain/types.ts";
import { composeDiscordOverflow } from "../../../src/destinations/discord/overflow.ts";
import { pause, resume, undo } from "../../../src/operator/posting.ts";
import { why } from "../../../src/operator/why.ts";
import { HOUR, MINUTE, SECOND } from "../../support/clock.ts";
import { checkCreate, type MessageForm } from "../../support/discord/form.ts";
import { startDiscord } from "../../support/discord/server.ts";
import { type Line, openLine } from "../../support/line.ts";
import { hostileTexts } from "../texts.ts";
import { showMarkdown } from "./markdown.ts";
import { harbour, options } from "./stories.ts";

const CHANNEL = "1190000000000000100";

function composed(summaries: readonly Summary[]) {
  const { post, listed } = composeDiscordOverflow(summaries, options);
  const payload = post.payload as MessageForm;
  expect(checkCreate(payload)).toEqual({ kind: "form", form: payload });
  return { listed, text: post.text, payload, description: payload.embeds?.[0]?.description ?? "" };
}
const numbered = (count: number, title: (n: number) => string): readonly Summary[] =>
  Array.from({ length: count }, (_, n) => ({ ...harbour, title: title(n), url: `https://a.example/${n}` }));

test("a list is one card: the site, and a linked headline on each line; nobody is pinged", () => {
  expect(composed(numbered(3, (n) => `Story ${n}: 1 < 2`)).payload).toEqual({
    embeds: [
      {
        author: { name: "Harbour Post" },
        description: [0, 1, 2].map((n) => `- [Story ${n}: 1 \\< 2](<https://a.example/${n}>)`).join("\n"),
      },
    ],
    allowed_mentions: { parse: [], roles: [] },
    nonce: options.key,
    enforce_nonce: true,
  });
});

test("many headlines are cut before any is left out, and what is left out is counted", () => {
  const twenty = composed(numbered(20, (n) => `${n} ${"word ".repeat(60)}`));
  expect(twenty.listed).toBe(20);
  expect(twenty.description).toContain("…](<https://a.example/19>)");
  const hundred = composed(numbered(100, (n) => `${n} ${"word ".repeat(60)}`));
  expect(hundred.listed).toBeGreaterThan(30);
  expect(hundred.description.split("\n")).toHaveLength(hundred.listed);
});

test("whatever headlines say, each is shown as text behind its own link, and the message is sound", () => {
  fc.assert(
    fc.property(fc.array(hostileTexts, { minLength: 1, maxLength: 30 }), (titles) => {
      const summaries = titles.map((title, n) => ({ ...harbour, title, url: `https://a.example/${n}` }));
      const { listed, description } = composed(summaries);
      expect(listed).toBeGreaterThan(0);
      const lines = description.split("\n");
      expect(lines).toHaveLength(listed);
      for (const [n, line] of lines.entries()) {
        expect(line.endsWith(`](<https://a.example/${n}>)`)).toBe(true);
        expect(new Set(showMarkdown(line.slice(2)).live)).toEqual(new Set(["masked link"]));
      }
    }),
    { numRuns: 150 },
  );
});

/** Six stories, an hour apart, for a channel that is paused; then it goes on. */
async function sixLate(line: Line): Promise<void> {
  const { operator } = line.app();
  await pause(operator, `discord:${CHANNEL}`);
  const stories = [{ slug: "old", title: "An old story", published: line.clock.now() }];
  for (const slug of ["a", "b", "c", "d", "e", "f"]) {
    stories.unshift({ slug, title: `About ${slug}`, published: line.clock.now() });
    line.site.list(stories);
    line.clock.advance(HOUR);
    await line.pass();
  }
  await resume(operator, `discord:${CHANNEL}`);
}

async function goOn(line: Line, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 30 * SECOND) {
    line.clock.advance(30 * SECOND);
    await line.pass();
  }
}

const openDesk = (api: string, token: string) =>
  openLine({
    yaml: (feedUrl) => `
defaults: { discord: { api: "${api}" } }
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [{ discord: "${CHANNEL}" }] }]`,
    destinations: [],
    env: { DISCORD_TOKEN: token },
  });

const started = () => startDiscord({ limits: null, nonceWindow: 1, channels: [{ id: CHANNEL }] });

test.each(["created-then-cut", "cut"] as const)(
  "after an outage each article stands in the channel once, whatever answer is lost (%s) and whoever goes on",
  async (kind) => {
    await using discord = await started();
    await using line = await openDesk(discord.api, discord.token);
    await sixLate(line);
    discord.fault("create", { kind });
    await line.pass();
    await line.restart();
    await goOn(line, 10 * MINUTE);
    const messages = discord.messages(CHANNEL).map(({ embeds: [embed] }) => embed?.url ?? embed?.description);
    const link = (slug: string): string => `${line.site.url}/${slug}`;
    expect(messages).toEqual([
      ["a", "b", "c", "d"].map((slug) => `- [About ${slug}](<${link(slug)}>)`).join("\n"),
      link("e"),
      link("f"),
    ]);
    // So that after a restore each of them is known to stand there.
    const [channel] = line.app().operator.destinations().values();
    const recent = await channel?.recent(0, new AbortController().signal);
    const links = recent?.kind === "read" ? recent.posts.map((one) => one.links) : [];
    expect(links.map((one) => [...new Set(one)])).toEqual([
      ["a", "b", "c", "d"].map(link),
      [link("e")],
      [link("f")],
    ]);
    const [list] = discord.messages(CHANNEL);
    const found = await why(line.app().operator, link("c"));
    expect(found).toMatchObject({
      deliveries: [{ state: "sent", url: expect.stringMatching(new RegExp(`/${list?.id}$`, "u")) }],
    });
  },
);

test("undo takes the list away and posts the others anew; after a moderator's deletion it posts nothing", async () => {
  for (const isDeleted of [false, true]) {
    await using discord = await started();
    await using line = await openDesk(discord.api, discord.token);
    await sixLate(line);
    await goOn(line, 5 * MINUTE);
    const [list] = discord.messages(CHANNEL);
    if (isDeleted) discord.remove(list?.id ?? "");
    await undo(line.app().operator, `${line.site.url}/b`);
    await goOn(line, 10 * MINUTE);
    const shown = discord.messages(CHANNEL).map(({ embeds: [embed] }) => embed?.url?.slice(-1));
    expect(shown).toEqual(isDeleted ? ["e", "f"] : ["e", "f", "a", "c", "d"]);
  }
});
