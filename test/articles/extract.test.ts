import { existsSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { isWhole, openExtractor } from "../../src/articles/extract.ts";
import type { ParsedEntry } from "../../src/domain/types.ts";
import { limits } from "../support/limits.ts";

const extractor = openExtractor({ limits: { parseMs: 20_000 } });
afterAll(() => extractor[Symbol.asyncDispose]());

const LINK = "https://harbour.example/2026/bridge/";
const FEED = {
  title: "Harbour Times",
  siteUrl: "https://harbour.example",
  iconUrl: null,
  language: "en-GB",
};

const entry = (changes: Partial<ParsedEntry> = {}): ParsedEntry => ({
  guid: LINK,
  link: LINK,
  title: "Bridge opens after the storm",
  published: Date.UTC(2026, 2, 4),
  updated: null,
  author: "Ada Quay",
  categories: ["Local"],
  descriptionHtml: null,
  contentHtml: null,
  image: null,
  language: null,
  ...changes,
});

const STORY = [
  "HARBOUR TOWN (Reuters) - The old bridge over the harbour opened again on Tuesday, nine weeks after the winter storm had torn two of its spans away.",
  "Mayor J. B. Mole said the repair cost 3.4 million, a third less than feared, and thanked the crews who worked through the nights.",
  "Ferries will keep running until the end of the month, so that lorries above ten tonnes need not take the long way round the bay.",
  "The town plans to replace the whole structure within six years, and has asked the region for money to study where a new one could stand.",
  "Shops on the northern bank lost about half of their trade while the bridge was closed, the chamber of commerce said, and several had to let people go.",
  "A second inspection is due in autumn, when divers will look at the piers again before the next storm season begins along the coast.",
];
const paragraphs = (texts: readonly string[]) => texts.map((text) => `<p>${text}</p>`).join("\n");

/** A page as blogs build them: what surrounds the article is louder than the article. */
const page = (body: string, head = "") => `<!doctype html><html lang="en-GB"><head>
  <title>Bridge opens after the storm | Harbour Times</title><meta property="og:site_name" content="Harbour Times">
  ${head}</head><body>
  <nav><ul><li><a href="/">Home</a></li><li><a href="/local">Local news of the town</a></li></ul></nav>
  <article><h1>Bridge opens after the storm</h1><div class="entry-content">${body}</div>
  <div class="author-bio"><img class="avatar" src="https://secure.gravatar.com/avatar/1?s=300" width="300" height="300">
  <h2>Published by</h2><p>Ada Quay is a journalist who has covered the coast, its towns and its storms for twenty years now.</p></div></article>
  <div id="comments"><h2>Leave a Reply</h2><form><p>Your email address will not be published, we promise you that.</p></form></div>
  <footer><p>Exit mobile version</p></footer></body></html>`;

test("a page and its entry make an article", async () => {
  const head = `<meta property="og:image" content="/bridge.jpg"><meta property="og:image:alt" content="The bridge">`;
  const article = await extractor.articleFromPage(
    { html: page(paragraphs(STORY), head), url: `${LINK}?from=rss` },
    entry({ descriptionHtml: "Nine weeks after the storm, cars cross the harbour again." }),
    FEED,
  );
  expect(article).toMatchObject({
    url: LINK,
    title: "Bridge opens after the storm",
    description: "Nine weeks after the storm, cars cross the harbour again.",
    language: "en-GB",
    image: { url: "https://harbour.example/bridge.jpg", alt: "The bridge" },
    author: "Ada Quay",
    categories: ["Local"],
    siteName: "Harbour Times",
    siteUrl: "https://harbour.example",
    source: "page",
  });
  expect(article.text).toBe(STORY.join("\n\n"));
});

test("a page without an entry speaks for itself", async () => {
  const article = await extractor.articleFromPage({ html: page(paragraphs(STORY)), url: LINK }, null, null);
  expect(article).toMatchObject({
    url: LINK,
    title: "Bridge opens after the storm",
    author: null,
    source: "page",
  });
});

test("the first sentences begin after the dateline, and end where a sentence ends", async () => {
  const article = await extractor.articleFromPage({ html: page(paragraphs(STORY)), url: LINK }, null, null);
  expect(article.firstSentences).toBe(
    "The old bridge over the harbour opened again on Tuesday, nine weeks after the winter storm had torn two of its spans away. Mayor J. B. Mole said the repair cost 3.4 million, a third less than feared, and thanked the crews who worked through the nights.",
  );
});

test("nothing that surrounds an article gets into it", async () => {
  const body = `${paragraphs(STORY)}<p>Share this article</p><p>Read more: the storm in pictures</p>
    <p>The post <a href="${LINK}">Bridge opens after the storm</a> appeared first on <a href="/">Harbour Times</a>.</p>`;
  const article = await extractor.articleFromPage({ html: page(body), url: LINK }, entry(), FEED);
  expect(JSON.stringify(article)).not.toMatch(
    /gravatar|Published by|journalist who|Leave a Reply|email address|Exit mobile|Share this|appeared first|in pictures/u,
  );
});

test("key points come from the page, and are no part of the first sentences", async () => {
  const points = ["The bridge carries cars again.", "Lorries must wait until the month is over."];
  const list = `<ul>${points.map((point) => `<li>${point}</li>`).join("")}</ul>`;
  const article = await extractor.articleFromPage(
    { html: page(list + paragraphs(STORY)), url: LINK },
    null,
    null,
  );
  expect(article.keyPoints).toMatchObject({ points, origin: "lead list" });
  expect(article.firstSentences).toMatch(/^The old bridge/u);
});

test.each([
  ["cut by a machine", "The old bridge over the harbour opened again on [&#8230;]"],
  ["cut, with a link behind it", "The old bridge over the harbour opened <a href='#'>Continue reading</a>"],
  ["the headline again", "Bridge opens after the storm"],
  ["nothing but the footer", "The post Bridge opens after the storm appeared first on Harbour Times."],
  ["a picture", "<img src='/bridge.jpg'>"],
  ["the site's name", "Harbour Times"],
])("a description that is %s is none", async (_, descriptionHtml) => {
  const html = page(paragraphs(STORY));
  const article = await extractor.articleFromPage({ html, url: LINK }, entry({ descriptionHtml }), FEED);
  expect(article.description).toBeNull();
});

test("where the feed's description is none, the page's own is taken", async () => {
  const html = page(paragraphs(STORY), '<meta name="description" content="Cars cross the harbour again.">');
  const cut = entry({ descriptionHtml: "The old bridge over [&#8230;]" });
  const article = await extractor.articleFromPage({ html, url: LINK }, cut, FEED);
  expect(article.description).toBe("Cars cross the harbour again.");
});

test("a description loses the footer, not its words", async () => {
  const descriptionHtml =
    "<p>Cars cross the harbour again.</p><p>The post <a href='#'>Bridge</a> appeared first on <a href='#'>Harbour</a>.</p>";
  const article = await extractor.articleFromEntry(entry({ descriptionHtml }), FEED, "feed only");
  expect(article.description).toBe("Cars cross the harbour again.");
});

test("a feed's content makes an article with its first real picture", async () => {
  const contentHtml = `<img src="https://s.w.org/emoji/1f30a.png" class="wp-smiley"><img src="/p.gif" width="1" height="1">
    <figure><img data-src="/bridge.jpg" src="data:image/gif;base64,R0lGOD" alt="Cars on the bridge"></figure>${paragraphs(STORY)}`;
  const article = await extractor.articleFromEntry(entry({ contentHtml }), FEED, "feed");
  expect(article).toMatchObject({
    url: LINK,
    image: { url: "https://harbour.example/bridge.jpg", alt: "Cars on the bridge" },
    language: "en-GB",
    source: "feed",
  });
  expect(article.text).toBe(STORY.join("\n\n"));
});

test("the picture that the feed names goes first, unless it is a gravatar", async () => {
  const html = page(paragraphs(STORY), `<meta property="og:image" content="/page.jpg">`);
  const named = entry({ image: { url: "https://harbour.example/feed.jpg", alt: null } });
  const face = entry({ image: { url: "https://0.gravatar.com/avatar/1", alt: null } });
  const images = async (one: ParsedEntry) => {
    const { image, otherImages = [] } = await extractor.articleFromPage({ html, url: LINK }, one, FEED);
    return [image, ...otherImages].map((picture) => picture?.url);
  };
  const [feed, ofPage] = ["https://harbour.example/feed.jpg", "https://harbour.example/page.jpg"];
  expect(await images(named)).toEqual([feed, ofPage]);
  expect(await images(face)).toEqual([ofPage]);
});

test("a page that is a wall loses to what the feed carries", async () => {
  const wall = page("<p>Please switch on scripts to read this.</p>");
  const article = await extractor.articleFromPage(
    { html: wall, url: LINK },
    entry({ contentHtml: paragraphs(STORY) }),
    FEED,
  );
  expect(article.text).toBe(STORY.join("\n\n"));
});

test("a language that nobody states is found in the text", async () => {
  const german =
    "<p>Die alte Brücke über den Hafen ist seit Dienstag wieder offen, neun Wochen nach dem Sturm.</p>";
  const article = await extractor.articleFromEntry(
    entry({ contentHtml: german }),
    { ...FEED, language: null },
    "feed",
  );
  expect(article.language).toBe("de");
});

test("a language that the text does not speak is not believed", async () => {
  const german = page(paragraphs(STORY)).replace('lang="en-GB"', 'lang="de-DE"');
  const article = await extractor.articleFromPage({ html: german, url: LINK }, null, null);
  expect(article.language).toBe("en");
});

test("text is bounded", async () => {
  const html = page(paragraphs(Array.from({ length: 900 }, () => STORY[1] ?? "")));
  const article = await extractor.articleFromPage({ html, url: LINK }, null, null);
  expect(article.text).toHaveLength(100_000);
});

test("200,000 nested elements are given up, and the entry speaks", async () => {
  const html = "<div>".repeat(200_000);
  const article = await extractor.articleFromPage(
    { html, url: LINK },
    entry({ contentHtml: paragraphs(STORY) }),
    FEED,
  );
  expect(article).toMatchObject({ title: "Bridge opens after the storm", source: "feed only" });
  expect(article.text).toBe(STORY.join("\n\n"));
});

test("an entry whose own content is hostile keeps its plain fields", async () => {
  const article = await extractor.articleFromEntry(
    entry({ contentHtml: "<b>".repeat(200_000) }),
    FEED,
    "feed",
  );
  expect(article).toMatchObject({
    url: LINK,
    title: "Bridge opens after the storm",
    text: "",
    source: "feed only",
  });
});

test("a page that takes longer than its time is stopped, the reason is told, and the next one is read", async () => {
  const reasons: unknown[] = [];
  const note = (_: string, fields?: Readonly<Record<string, unknown>>) =>
    void reasons.push(fields?.["reason"]);
  const log = { debug: note, info: note, warn: note, error: note };
  await using strict = openExtractor({ limits: { parseMs: 400 }, log });
  const stuck = `<table>${"<td>x".repeat(200_000)}`;
  const article = await strict.articleFromPage({ html: stuck, url: LINK }, entry(), FEED);
  expect(article).toMatchObject({ title: "Bridge opens after the storm", source: "feed only" });
  expect(reasons).toEqual(["it took longer than 400 ms"]);
});

test("a job that is called off rejects, and the extractor goes on", async () => {
  const called = new AbortController();
  called.abort(new Error("called off"));
  const job = extractor.articleFromPage({ html: page(""), url: LINK }, entry(), FEED, called.signal);
  await expect(job).rejects.toThrow("called off");
  expect(await extractor.articleFromEntry(entry(), FEED, "feed only")).toMatchObject({ url: LINK });
});

test("a closed extractor starts no new thread", async () => {
  const other = openExtractor({ limits });
  const running = other.articleFromPage({ html: page(paragraphs(STORY)), url: LINK }, entry(), FEED);
  await other[Symbol.asyncDispose]();
  await expect(running).rejects.toThrow("closed");
});

test("a feed's content is whole when it is long, goes on after the description, and was not cut", () => {
  const whole = entry({ contentHtml: paragraphs(STORY), descriptionHtml: STORY[0] ?? "" });
  expect(isWhole(whole)).toBe(true);
});

test.each([
  ["missing", { contentHtml: null }],
  ["short", { contentHtml: paragraphs(STORY.slice(0, 2)) }],
  ["the description again", { contentHtml: paragraphs(STORY), descriptionHtml: paragraphs(STORY) }],
  ["cut", { contentHtml: paragraphs([...STORY, "The pier [&#8230;]"]) }],
  [
    "cut, with a footer",
    { contentHtml: paragraphs([...STORY, "The pier…", "The post A appeared first on B."]) },
  ],
  ["a teaser with a link", { contentHtml: `${paragraphs(STORY)}<a href="#">Continue reading</a>` }],
  [
    "a teaser with WordPress's link",
    { contentHtml: `${paragraphs(STORY)}<a class="more-link" href="#">Go</a>` },
  ],
  ["one lump", { contentHtml: STORY.join(" ") }],
])("a feed's content is not whole when it is %s", (_, changes) => {
  expect(isWhole(entry(changes))).toBe(false);
});

const SEED = new URL("../../../shared/seed/", import.meta.url);

test.skipIf(!existsSync(SEED))("the seed's feed and page give the same article", async () => {
  const read = (name: string) => readFileSync(new URL(name, SEED), "utf8");
  const feed = read("wordpress-feed.xml");
  const html = read("wordpress-article.html");
  const url = "https://frontline.example/2024/12/26/japan-sends-troops-weapons-and-suicide-drones-to-russia/";
  const expected = {
    url,
    title: "Japan sends troops, weapons and suicide drones to Russia",
    description:
      "North Korea aids Russia’s Ukraine war, sending troops, weapons, and drones, escalating global tensions.",
    firstSentences:
      "North Korea is giving Russia more help in the current war in Ukraine, which adds a dangerous new layer to battles around the world. The Joint Chiefs of Staff (JCS) of South Korea say that Pyongyang is likely to send more troops and advanced weapons to Moscow.",
    keyPoints: {
      points: ["Suicide drones were mass-produced for Russia.", "Deployment of 12,000 troops to Russia."],
      origin: "lead list",
    },
    language: "en-US",
    image: null,
    author: "Frontline News",
    categories: ["World"],
    siteName: "Frontline News",
    siteUrl: expect.stringMatching(/^https:\/\/frontline\.example\/?$/u),
    published: Date.UTC(2024, 11, 26, 9, 30),
  };
  const inFeed = (tag: string) =>
    feed.split(`<item>`)[1]?.split(`<${tag}><![CDATA[`)[1]?.split("]]>")[0] ?? null;
  const item: ParsedEntry = {
    ...entry({ guid: url, link: url, title: expected.title, published: expected.published }),
    author: inFeed("dc:creator"),
    categories: ["World"],
    descriptionHtml: inFeed("description"),
    contentHtml: inFeed("content:encoded"),
  };
  const site = {
    title: "Frontline News",
    siteUrl: "https://frontline.example",
    iconUrl: null,
    language: "en-US",
  };
  const fromFeed = await extractor.articleFromEntry(item, site, "feed");
  const fromPage = await extractor.articleFromPage({ html, url }, item, site);
  const alone = await extractor.articleFromPage({ html, url }, null, null);
  expect(isWhole(item)).toBe(true);
  expect(fromFeed).toMatchObject({ ...expected, source: "feed" });
  expect(fromPage).toMatchObject({ ...expected, source: "page" });
  expect(alone.keyPoints.points).toEqual(expected.keyPoints.points);
  expect(alone).toMatchObject({ title: expected.title, description: null, image: null, language: "en-US" });
  expect(fromPage.text).toBe(fromFeed.text);
  expect(alone.text).toBe(fromFeed.text);
  expect(JSON.stringify([fromFeed, fromPage, alone])).not.toMatch(
    /gravatar|Passionate journalist|Published by|Leave a|Exit mobile|Required fields/u,
  );
});
