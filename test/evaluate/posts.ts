import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { composers } from "../../src/accounts.ts";
import { checkArticle } from "../../src/articles/checks.ts";
import { openExtractor } from "../../src/articles/extract.ts";
import type { Article, Json, ParsedEntry, PostOptions } from "../../src/domain/types.ts";
import { summaryOf } from "../../src/pipeline/summary.ts";
import { asking } from "../support/checks.ts";
import { limits } from "../support/limits.ts";
import type { Gold } from "./score.ts";

/** Prints the posts of the labelled pages, so that people can read them: no figure says whether a post reads well. */

const PAGES = new URL("../../../shared/evaluation/key-points/", import.meta.url);
const OPTIONS: PostOptions = {
  key: "3m4xk2abcde2a",
  createdAt: Date.UTC(2026, 10, 24),
  style: "card",
  mentions: [],
  hashtags: [],
};

await using extractor = openExtractor({ limits });

/** What a feed that carries a whole article gives of it. */
const entryOf = (gold: Gold, html: string): ParsedEntry => ({
  guid: gold.id,
  link: addressOf(gold),
  title: gold.title ?? "",
  published: null,
  updated: null,
  author: null,
  categories: [],
  descriptionHtml: null,
  contentHtml: html,
  image: null,
  language: null,
});

const addressOf = (gold: Gold): string => gold.url_if_known ?? `https://${gold.site}/`;

async function articleOf(gold: Gold): Promise<Article> {
  const html = readFileSync(new URL(`html/${gold.id}.html`, PAGES), "utf8");
  if (gold.page_type !== "feed-item")
    return await extractor.articleFromPage({ html, url: addressOf(gold) }, null, null);
  const feed = { title: gold.site, siteUrl: null, iconUrl: null, language: null };
  return await extractor.articleFromEntry(entryOf(gold, html), feed, "feed");
}

/** What readers see of a payload, apart from its text: the card's frame, tags, languages. */
function frameOf(platform: string, payload: Json): string {
  const { embeds, tags, langs } = payload as {
    embeds?: readonly { author?: { name: string }; footer?: { text: string }; timestamp?: string }[];
    tags?: readonly string[];
    langs?: readonly string[];
  };
  const [embed] = embeds ?? [];
  return platform === "discord"
    ? `by ${embed?.author?.name ?? "-"} · ${embed?.footer?.text ?? "-"} · ${embed?.timestamp ?? "-"}`
    : `langs ${(langs ?? []).join(", ") || "-"} · tags ${(tags ?? []).join(", ") || "-"}`;
}

const drawn = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");

async function postsOf(gold: Gold): Promise<string> {
  const { article, results } = checkArticle({ article: await articleOf(gold), home: [] }, asking());
  const summary = summaryOf(article, null, null);
  const posts = [...composers.discord(summary, OPTIONS), ...composers.bluesky(summary, OPTIONS)];
  return [
    `=== ${gold.id} ${gold.site} (${gold.lang}), ${article.keyPoints.origin ?? "no key points"}`,
    `picture ${article.image?.url ?? "-"} · author ${article.author ?? "-"}`,
    ...results.map(({ check, outcome, reason }) => `check ${check}: ${outcome}: ${reason}`),
    ...posts.map((post) => `${post.platform} ${frameOf(post.platform, post.payload)}\n${drawn(post.text)}`),
    "",
  ].join("\n");
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { from: { type: "string", default: "1" }, count: { type: "string", default: "100" } },
    allowPositionals: true,
  });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (!existsSync(new URL("pages.jsonl", PAGES)))
    return say("No labelled pages at ../shared/evaluation/key-points: nothing to print.");
  const golds = readFileSync(new URL("pages.jsonl", PAGES), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Gold);
  const from = Number(values.from) - 1;
  const wanted =
    positionals.length > 0
      ? golds.filter(({ id, lang }) => positionals.includes(id) || positionals.includes(lang))
      : golds.slice(from, from + Number(values.count));
  for (const gold of wanted) say(await postsOf(gold));
}

await main();
