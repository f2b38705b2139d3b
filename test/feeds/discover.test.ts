import { expect, test } from "vitest";
import { discoverFeed } from "../../src/feeds/discover.ts";
import { feedLinks } from "../../src/feeds/links.ts";
import { openFeedReader } from "../../src/feeds/reader.ts";
import { limits } from "../support/limits.ts";
import { openPublisher } from "../support/publisher.ts";
import { rss } from "./feed-text.ts";

const reader = openFeedReader({ limits });
const PAGE = "https://gazette.example/news/";

test("a page's feed links are absolute, each once, those of comments last", () => {
  const html = `<html><head>
    <link rel="alternate" type="application/rss+xml" title="Gazette &raquo; Comments Feed" href="/comments/feed/">
    <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
    <link rel="alternate" type="application/json+oembed" href="/oembed">
    <link rel="alternate" hreflang="uk" href="/uk/">
    <link rel="stylesheet" type="text/css" href="/x.css">
    <LINK REL='Alternate' TYPE='application/atom+xml; charset=utf-8' HREF=feed.atom?a=1&amp;b=2 />
    <link rel="alternate" type="application/rss+xml" title="Gazette &amp; more" href="/feed/">
    <link rel="alternate" type="application/rss+xml" href="https://gazette.example/feed/">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
    <!-- <link rel="alternate" type="application/rss+xml" href="/hidden"> -->
    <script>const x = '<link rel="alternate" type="application/rss+xml" href="/script">';</script>`;
  expect(feedLinks(html, PAGE)).toEqual([
    { url: "https://gazette.example/news/feed.atom?a=1&b=2", title: null },
    { url: "https://gazette.example/feed/", title: "Gazette & more" },
    { url: "https://gazette.example/comments/feed/", title: "Gazette » Comments Feed" },
  ]);
});

test("a page's base is heeded, and a page of nothing but tags is read in time", () => {
  const link = '<link rel="alternate" type="application/feed+json" href="feed.json">';
  expect(feedLinks(`<base href="/blog/">${link}`, PAGE)).toEqual([
    { url: "https://gazette.example/blog/feed.json", title: null },
  ]);
  expect(feedLinks(`${"<div>".repeat(500_000)}${link}`, PAGE)).toHaveLength(1);
});

/** A site of these pages; every other path is missing. */
const open = async (pages: Readonly<Record<string, string>>, asked: string[] = []) =>
  openPublisher((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const page = pages[path];
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html" });
    response.end(page ?? "missing");
  });

test("the address itself may be the feed, and nothing else is asked then", async () => {
  const asked: string[] = [];
  await using site = await open({ "/any": rss("") }, asked);
  expect(await discoverFeed({ http: site.http, reader, limits }, `${site.url}/any`)).toEqual({
    kind: "found",
    feedUrl: `${site.url}/any`,
    title: "Gazette",
  });
  expect(asked).toEqual(["/any"]);
});

test("the feed that a page names is found; a link that is no feed is passed by", async () => {
  const link = (href: string): string => `<link rel="alternate" type="application/rss+xml" href="${href}">`;
  await using site = await open({ "/": `<html>${link("/gone")}${link("/named")}`, "/named": rss("") });
  expect(await discoverFeed({ http: site.http, reader, limits }, site.url)).toMatchObject({
    feedUrl: `${site.url}/named`,
  });
});

test("without a link the customary places are asked one by one, beside the address first", async () => {
  const asked: string[] = [];
  await using site = await open({ "/blog": "<html>a blog", "/atom.xml": rss("") }, asked);
  expect(await discoverFeed({ http: site.http, reader, limits }, `${site.url}/blog`)).toMatchObject({
    feedUrl: `${site.url}/atom.xml`,
  });
  const places =
    "/blog /blog/feed/ /blog/rss.xml /blog/atom.xml /blog/feed.xml /blog/index.xml /feed/ /rss.xml /atom.xml";
  expect(asked).toEqual(places.split(" "));
});

test("a site without a feed says so, and an address that is none too", async () => {
  await using site = await open({ "/": "<html>hello" });
  expect(await discoverFeed({ http: site.http, reader, limits }, site.url)).toEqual({
    kind: "none",
    reason: "the page names no feed that works, and there is none in the customary places",
  });
  expect(await discoverFeed({ http: site.http, reader, limits }, "gopher://a.example")).toEqual({
    kind: "none",
    reason: "not a web address",
  });
});

test("a host that gives no answer is not asked for every customary place", async () => {
  let asked = 0;
  await using site = await openPublisher((request) => {
    asked += 1;
    request.socket.destroy();
  });
  expect(await discoverFeed({ http: site.http, reader, limits }, site.url)).toEqual({
    kind: "none",
    reason: "broke the connection off",
  });
  expect(asked).toBe(2);
});
