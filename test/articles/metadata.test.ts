import { expect, test } from "vitest";
import { parseDocument } from "../../src/articles/dom.ts";
import { canonicalLink, postedLink } from "../../src/articles/link.ts";
import { readMetadata } from "../../src/articles/metadata.ts";
import { tidySiteName, withoutSiteName } from "../../src/articles/title.ts";

const URL = "https://www.harbour.example/2026/bridge/";

const read = (head: string, body = "", attributes = "") =>
  readMetadata(
    parseDocument(`<!doctype html><html ${attributes}><head>${head}</head><body>${body}</body></html>`),
    URL,
  );

test("Open Graph says what an article is", () => {
  const metadata = read(`
    <meta property="og:title" content="Bridge opens after storm">
    <meta property="og:description" content="Ferries stop, and the town&#8217;s cars are back.">
    <meta property="og:site_name" content="Harbour Times">
    <meta property="og:image" content="/media/bridge.jpg">
    <meta property="og:image:alt" content="The bridge at dawn">
    <meta property="article:published_time" content="2026-03-04T05:06:07+01:00">
    <meta property="article:section" content="Local">
    <meta property="article:tag" content="Bridges"><meta property="article:tag" content="Local">
    <meta name="author" content="Ada Quay">
    <link rel="canonical" href="/2026/bridge">
    <link rel="icon" href="/icon.png">`);
  expect(metadata).toEqual({
    title: "Bridge opens after storm",
    descriptions: ["Ferries stop, and the town’s cars are back."],
    author: "Ada Quay",
    categories: ["Local", "Bridges"],
    siteName: "Harbour Times",
    siteUrl: "https://www.harbour.example/",
    siteIconUrl: "https://www.harbour.example/icon.png",
    canonicalUrl: "https://www.harbour.example/2026/bridge",
    language: null,
    image: { url: "https://www.harbour.example/media/bridge.jpg", alt: "The bridge at dawn" },
    published: Date.UTC(2026, 2, 4, 4, 6, 7),
    sponsored: null,
    paywall: null,
    documents: [],
  });
});

test("the records that stand for a page are named by its links, four at most, and nothing else is taken for one", () => {
  const document = "at://did:plc:abcdefghijklmnopqrstuvwx/site.standard.document/3m4xk2abcde2a";
  const publication = "at://harbour.example/site.standard.publication/self";
  const { documents } = read(
    `<link rel="site.standard.document" href=" ${document} "><link rel="site.standard.document" href="https://evil.example">
     <link rel="site.standard.publication" href="${publication}"><link rel="site.standard.document" href="${document}">`,
  );
  expect(documents).toEqual([document, publication]);
  const many = Array.from(
    { length: 9 },
    (_, at) => `<link rel="site.standard.document" href="${document}${at}">`,
  );
  expect(read(many.join("")).documents).toHaveLength(4);
});

test("JSON-LD speaks where Open Graph is silent, in a graph and among other things", () => {
  const data = {
    "@graph": [
      { "@type": "WebSite", name: "Elsewhere" },
      {
        "@type": ["NewsArticle"],
        headline: "Bridge opens",
        description: "The cars are back.",
        author: [{ name: "Ada Quay" }, "Ben Mole"],
        datePublished: "2026-03-04T05:06:07",
        inLanguage: "en_GB",
        image: [{ url: "https://cdn.example/bridge.jpg" }],
        articleSection: "Local",
        publisher: { name: "Harbour Times" },
      },
    ],
  };
  expect(read(`<script type="application/ld+json">${JSON.stringify(data)}</script>`)).toMatchObject({
    title: "Bridge opens",
    descriptions: ["The cars are back."],
    author: "Ada Quay, Ben Mole",
    published: Date.UTC(2026, 2, 4, 5, 6, 7),
    language: "en-GB",
    image: { url: "https://cdn.example/bridge.jpg", alt: null },
    categories: ["Local"],
    siteName: "Harbour Times",
  });
});

test.each([
  "{",
  "null",
  "[[[[]]]]",
  '{"@type":"NewsArticle","author":null,"image":7,"headline":{}}',
  '{"__proto__":{"@type":"NewsArticle"}}',
  `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
])("JSON-LD that is broken or strange is passed over", (json) => {
  const metadata = read(`<title>Bridge</title><script type="application/ld+json">${json}</script>`);
  expect(metadata).toMatchObject({ title: "Bridge", author: null, image: null });
});

test("the page's language is its own, written the standard way", () => {
  expect(read("", "", 'lang="de_AT"').language).toBe("de-AT");
});

test("what was escaped twice is read once more", () => {
  const head = `<meta property="og:title" content="Ben &amp;amp; Ada&amp;#8217;s bridge">`;
  expect(read(head).title).toBe("Ben & Ada’s bridge");
});

test.each([
  ["<title>Bridge opens after storm - Harbour Times</title>", "<h1>Bridge opens after storm</h1>"],
  [
    "<title>Bridge opens after storm | Harbour Times</title><meta property='og:site_name' content='Harbour Times'>",
    "",
  ],
  ["<title>Bridge opens after storm | harbour.example</title>", ""],
  ["<title>HARBOUR: Bridge opens after storm</title>".replace(":", " |"), ""],
])("the title comes without the site's name", (head, body) => {
  expect(read(head, body).title).toBe("Bridge opens after storm");
});

test.each([
  ["Bridge opens after storm：港新聞", ["港新聞"], []],
  ["Bridge opens after storm｜港新聞Web", ["港新聞Web"], []],
  [
    "Bridge opens after storm | Quay",
    ["", "www.buildwithquay.example", "buildwithquay.example", "buildwithquay"],
    [],
  ],
  ["Bridge opens after storm | Harbour Bank and Trust", ["", "hbat.example", "hbat.example", "hbat"], []],
  ["Bridge opens after storm | Harbour News - The Times", ["The Times"], []],
  ["Bridge opens after storm | The Times | by Ada Quay", ["The Times"], []],
  ["Bridge opens after storm - Traffic, roads", ["The Times"], ["The Times", "Bridge opens after storm"]],
  ["The Times: a paper | Bridge opens after storm", ["The Times: a paper"], []],
])("of %s the headline is left", (title, names, headings) => {
  expect(withoutSiteName(title, names, headings)).toBe("Bridge opens after storm");
});

test("a heading with other apostrophes is the same heading", () => {
  expect(withoutSiteName("The town's bridge opens | Traffic", [], ["The town’s bridge opens"])).toBe(
    "The town's bridge opens",
  );
});

test.each([
  ["Storm | what we know", ["", "harbour.example", "harbour.example", "harbour"], []],
  ["Bridge | Storm | Ferry", ["Harbour Times"], ["Bridge"]],
  ["Harbour Times", ["Harbour Times"], []],
])("%s stays as it is", (title, names, headings) => {
  expect(withoutSiteName(title, names, headings)).toBe(title);
});

test.each([
  ["https://www.harbour.example", "harbour.example"],
  ["www.harbour.example", "harbour.example"],
  ["Harbour Times » Feed", "Harbour Times"],
  ["Harbour Times - all that moves the town and the bay, every day", "Harbour Times"],
  ["Harbour Times – Town and Bay", "Harbour Times – Town and Bay"],
  ["Blog", null],
  ["", null],
  [null, null],
])("the site that calls itself %s is %s over a post", (given, name) => {
  expect(tidySiteName(given)).toBe(name);
});

test("a date without its year is none", () => {
  expect(read("", '<article><time datetime="Mar 24">24 March</time></article>').published).toBeNull();
});

test("a dash inside a headline stays", () => {
  expect(withoutSiteName("Storm – and what came after", ["Harbour Times"], [])).toBe(
    "Storm – and what came after",
  );
});

test("an author that is an address is none", () => {
  expect(read('<meta property="article:author" content="https://facebook.com/harbour">').author).toBeNull();
});

test("an author's name comes without the word before it", () => {
  expect(read('<meta name="author" content="By Ada Quay">').author).toBe("Ada Quay");
});

test.each([["https://secure.gravatar.com/avatar/77?s=600"], ["https://harbour.example/site-logo.png"]])(
  "%s is given up for a picture of the story, and named only when there is none",
  (url) => {
    const head = `<meta property="og:image" content="${url}">`;
    const story = '<meta name="twitter:image" content="https://harbour.example/storm.jpg">';
    expect(read(head + story).image?.url).toBe("https://harbour.example/storm.jpg");
    expect(read(head).image?.url).toBe(url);
  },
);

test.each([
  ['<meta property="og:image" content="data:image/png;base64,AAAA">'],
  ['<meta property="og:image" content="javascript:alert(1)">'],
])("%s gives no picture", (head) => {
  expect(read(head).image).toBeNull();
});

test.each([
  ["https://harbour.example/2026/bridge/", "https://harbour.example/2026/bridge/"],
  ["https://harbour.example/2026/bridge/?utm_source=rss&id=7", "https://harbour.example/2026/bridge/?id=7"],
  ["http://feedproxy.google.com/~r/harbour/~3/x/", URL],
  ["https://feeds.feedburner.com/~r/harbour/~3/x/", URL],
  [null, URL],
])("for the entry's link %s, %s is posted", (link, posted) => {
  expect(postedLink(link, URL)).toBe(posted);
});

test.each([
  ["https://harbour.example/bridge", "https://harbour.example/bridge"],
  ["bridge", "https://www.harbour.example/2026/bridge/bridge"],
  ["https://evil.example/bridge", null],
  ["https://www.harbour.example/", null],
  ["javascript:alert(1)", null],
  [null, null],
])("the canonical address %s is taken as %s", (href, expected) => {
  expect(canonicalLink(href, URL)).toBe(expected);
});
