import { expect, test } from "vitest";
import { composers } from "../../src/accounts.ts";
import { openExtractor } from "../../src/articles/extract.ts";
import { readTemplate } from "../../src/config/template.ts";
import type { PostOptions, Summary } from "../../src/domain/types.ts";
import { readDocument } from "../../src/feeds/document.ts";
import { graphemeLength, utf8Length } from "../../src/lib/text.ts";
import { summaryOf } from "../../src/pipeline/summary.ts";
import { showMarkdown } from "../destinations/discord/markdown.ts";
import { checkCreate, type MessageForm } from "../support/discord/form.ts";
import { limits } from "../support/limits.ts";
import { templateOf } from "../support/template.ts";

const SITE = "https://quay.example";
const WHOLE =
  "<p>The harbour office said on Monday that the repairs would go on through the week.</p>".repeat(9);
const options: PostOptions = {
  key: "3m5abcdefgh2a",
  createdAt: Date.UTC(2026, 10, 23),
  style: "card",
  mentions: [],
  hashtags: [],
};
const extractor = openExtractor({ limits });

const asHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** An article whose every text says this, on its whole way from the feed's bytes to a summary. */
async function summaryOfText(text: string, link = `${SITE}/story`): Promise<Summary> {
  const points = `<h2>Key points</h2><ul><li>${asHtml(text)} stands here.</li><li>A second point stands here.</li></ul>`;
  const feed = {
    version: "https://jsonfeed.org/version/1.1",
    title: text,
    home_page_url: SITE,
    items: [
      {
        id: "1",
        url: link,
        title: text,
        summary: text,
        authors: [{ name: text }],
        tags: [text],
        content_html: points + WHOLE,
      },
    ],
  };
  const body = Buffer.from(JSON.stringify(feed));
  const read = readDocument({ body, contentType: "application/feed+json", url: `${SITE}/feed` }, limits);
  if (read.kind !== "feed") throw new Error(read.reason);
  const [entry] = read.feed.entries;
  if (entry === undefined) throw new Error("no entry");
  return summaryOf(await extractor.articleFromEntry(entry, read.feed, "feed"), null, null);
}

function onDiscord(summary: Summary, wanted = options) {
  const payload = composers.discord(summary, wanted)[0]?.payload as MessageForm;
  const embed = payload.embeds?.[0];
  const lines = [embed?.title, embed?.description, payload.content].flatMap((text) =>
    (text ?? "").split("\n"),
  );
  return {
    payload,
    title: showMarkdown(embed?.title ?? ""),
    live: lines.flatMap((line) => showMarkdown(line.replace(/^- /u, "")).live),
  };
}

type BlueskyRecord = {
  readonly text: string;
  readonly facets?: readonly unknown[];
  readonly embed?: {
    readonly external: { readonly uri: string; readonly title: string; readonly description: string };
  };
};
const onBluesky = (summary: Summary, wanted = options): BlueskyRecord =>
  composers.bluesky(summary, wanted)[0]?.payload as unknown as BlueskyRecord;

const TEXTS = [
  "@everyone @here <@1> <@&1>",
  "[Click](https://evil.test)",
  "[https://bbc.com](https://evil.test)",
  "# A heading",
  "> A quote",
  "- A list",
  "1. A numbered list",
  "``` A code fence ``` and `code`",
  "||A spoiler||",
  "**bold** __under__ ~~struck~~ *it* _it_",
  "A backslash at the end \\",
  "</ban:1> <t:0:R> <#1> <:emoji:1> <a:emoji:1> :smile: <id:home>",
  "discord.gg/evil https://discord.com/invite/evil",
  "https://evil.test www.evil.test evil.test",
  "@alice.test #scam #世界",
  "🧑‍🧑‍🧒 漢字 e\u0301 before a link",
  "{{constructor.constructor('x')()}} ${7*7} %s %d #{1}",
  "<script>alert(1)</script> <img src=x onerror=alert(1)>",
  "../../etc/passwd",
];

test.each(TEXTS)("what the platforms show equals the source, and nothing in it is live: %s", async (text) => {
  const summary = await summaryOfText(text);
  expect([summary.title, summary.keyPoints[0]]).toEqual([text, `${text} stands here.`]);
  const discord = onDiscord(summary);
  expect(discord.title.text).toBe(text);
  expect(discord.live).toEqual([]);
  expect(discord.payload.allowed_mentions).toMatchObject({ parse: [], roles: [] });
  expect(checkCreate(discord.payload).kind).toBe("form");
  const bluesky = onBluesky(summary);
  expect(bluesky.facets).toBeUndefined();
  expect(bluesky.text).toContain(text);
  expect(bluesky.embed?.external).toMatchObject({ uri: `${SITE}/story`, title: text });
});

test.each([
  ["newlines and ANSI", "Storm\r\n\u001b[31mnears\u0007", "Storm [31mnears"],
  ["right-to-left override", "Storm \u202enears", "Storm nears"],
  ["NUL and lone surrogates", "Storm\u0000 \ud800nears", "Storm �nears"],
])("%s in a title do nothing", async (_, text, shown) => {
  const summary = await summaryOfText(text);
  expect(onDiscord(summary).title.text.replaceAll("\ufffd", "�")).toBe(shown);
  expect(onBluesky(summary).embed?.external.title).toBe(shown);
});

test.each([
  ["zero-width characters", `S${"\u200b\u200d\u2060".repeat(3000)}torm`],
  ["10,000 combining marks", `S${"\u0301".repeat(10_000)}torm`],
  ["one word of 100,000 letters", "s".repeat(100_000)],
  ["301 graphemes of 25 bytes each", "👩‍👩‍👧‍👦 ".repeat(301)],
  ["brackets and backslashes", "[\\](".repeat(5000)],
])("%s keep every limit of both platforms", async (_, text) => {
  for (const style of ["card", "plain"] as const) {
    const summary = await summaryOfText(text);
    const { payload, live } = onDiscord(summary, { ...options, style });
    expect(checkCreate(payload).kind).toBe("form");
    expect(live.filter((name) => name !== "bold" && name !== "angle link")).toEqual([]);
    const bluesky = onBluesky(summary, { ...options, style });
    expect(graphemeLength(bluesky.text)).toBeLessThanOrEqual(300);
    expect(utf8Length(bluesky.text)).toBeLessThanOrEqual(3000);
  }
});

test.each(["javascript:alert(1)", "data:text/html,x", "discord://-/channels/1", "file:///etc/passwd"])(
  "%s is no link",
  async (link) => {
    const summary = await summaryOfText("Storm nears", link).catch(() => null);
    const shown = summary === null ? "" : JSON.stringify([onDiscord(summary), onBluesky(summary)]);
    expect(shown).not.toContain(link);
  },
);

test("an admin's template with {{constructor}} and ${7*7} is text or a mistake, and runs nothing", async () => {
  expect(readTemplate("{title} ${7*7}")).toMatchObject({ kind: "wrong", at: 9 });
  expect(readTemplate("{constructor}")).toMatchObject({ kind: "wrong", at: 0 });
  expect(readTemplate("{title.constructor}")).toMatchObject({ kind: "wrong", at: 0 });
  const template = templateOf('{{constructor}} $7*7 %s\n{title|lead|"x"}');
  const text = "{lead} {{constructor}} ${7*7} {0}";
  const summary = await summaryOfText(text);
  const shaped = { ...options, template };
  expect(onBluesky(summary, shaped).text).toBe(`{constructor} $7*7 %s\n${text}`);
  const said = onDiscord(summary, shaped).payload.embeds?.[0]?.description ?? "";
  expect(showMarkdown(said.split("\n")[1] ?? "")).toEqual({ text, live: [] });
});

test("a user name does not pretend to be a host, and a look-alike host shows as it is", async () => {
  const pretending = await summaryOfText("Storm nears", "https://bbc.com@evil.test/a");
  expect(onDiscord(pretending).payload.embeds?.[0]?.url).toBe("https://evil.test/a");
  expect(onBluesky(pretending).embed?.external.uri).toBe("https://evil.test/a");
  const alike = await summaryOfText("Storm nears", "https://аррӏе.test/");
  expect(onBluesky(alike).embed?.external.uri).toBe("https://xn--80ak6aa92e.test/");
});
