import { afterAll, beforeAll, expect, test } from "vitest";
import { composers } from "../../src/accounts.ts";
import type { Article, PostOptions } from "../../src/domain/types.ts";
import { summaryOf } from "../../src/pipeline/summary.ts";
import { openNewsroom } from "../../src/web/newsroom.ts";
import { openStillClock } from "../support/clock.ts";
import { limits } from "../support/limits.ts";
import { readSample } from "../support/sample.ts";
import { templateOf } from "../support/template.ts";
import { picture } from "./posts.ts";

const folder = new URL("../../config/sample/newsroom", import.meta.url).pathname;
const clock = openStillClock("2026-11-23T15:00:00Z");

let newsroom: Awaited<ReturnType<typeof openNewsroom>>;
let articles: readonly Article[];
beforeAll(async () => {
  newsroom = await openNewsroom({ folder, port: 0, clock });
  articles = await readSample(newsroom.url, limits);
});
afterAll(async () => newsroom[Symbol.asyncDispose]());

const card: PostOptions = {
  key: "3m5abcdefgh2a",
  createdAt: clock.now(),
  style: "card",
  mentions: [],
  hashtags: ["Local"],
};
const SHAPES: readonly (readonly [name: string, options: PostOptions])[] = [
  ["card", card],
  ["plain", { ...card, style: "plain" }],
  ["template", { ...card, template: templateOf('{points|lead|"More on our site."}\n\n{tags}') }],
];

/** Every post of the sample, whole, at an address that is the same in every run. */
function posts(platform: "discord" | "bluesky", options: PostOptions): string {
  const drawn = articles.map((article) => {
    const image = article.image === null ? null : picture;
    const [post] = composers[platform](summaryOf(article, image, null), options);
    return `=== ${article.title}\n\n${post?.text}\n\n${JSON.stringify(post?.payload, null, 2)}\n`;
  });
  return drawn.join("\n").replaceAll(new URL(newsroom.url).host, "127.0.0.1:8085");
}

test.for(
  SHAPES.flatMap(([name, options]) =>
    (["discord", "bluesky"] as const).map((platform) => [platform, name, options] as const),
  ),
)(
  "the sample's posts on %s as %s are those that were read and found good",
  async ([platform, name, options]) => {
    await expect(posts(platform, options)).toMatchFileSnapshot(`golden/${platform}-${name}.txt`);
  },
);
