import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseFeed } from "../../src/feeds/parse.ts";
import { limits } from "../support/limits.ts";
import { atom, entryFrom, feedFrom, rss } from "./feed-text.ts";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

const LINK = "https://gazette.example/2026/11/ferry-tram-ticket/";
const PUBLISHED = Date.UTC(2026, 10, 22, 10, 5, 34);

test.each([
  ["rss-2.0.xml", PUBLISHED],
  ["rss-0.91.xml", null],
  ["rss-1.0.rdf", PUBLISHED],
  ["atom-1.0.xml", PUBLISHED],
  ["atom-prefixed.xml", PUBLISHED],
  ["feed.json", PUBLISHED],
])("%s gives the feed's title and site and the entry's title, link and date", (name, published) => {
  const feed = feedFrom(fixture(name));
  expect(feed).toMatchObject({
    title: "Harbour Gazette",
    siteUrl: "https://gazette.example/",
    truncated: false,
  });
  expect(feed.entries).toHaveLength(1);
  expect(feed.entries[0]).toMatchObject({ title: "Ferry & tram share one ticket", link: LINK, published });
});

test("RSS 2.0 tells all that it knows", () => {
  expect(feedFrom(fixture("rss-2.0.xml"))).toMatchObject({
    selfUrl: "https://gazette.example/feed/",
    hubUrl: "https://hub.example/",
    language: "en-GB",
    iconUrl: "https://gazette.example/icon.png",
    updateInterval: 240 * 60_000,
    skipHours: [0, 5],
    skipDays: [0],
    entries: [
      {
        guid: "https://gazette.example/?p=41",
        author: "Mara Lindqvist",
        categories: ["Transport", "City"],
        descriptionHtml: "One ticket for both from <b>March</b>.",
        contentHtml: "<ul><li>One ticket.</li></ul><p>It is valid for a day.</p>",
        image: { url: "https://gazette.example/ferry.jpg", alt: null },
        updated: null,
        language: null,
      },
    ],
  });
});

test("RSS 1.0 is read by its namespaces' addresses, and rdf:about is the entry's guid", () => {
  const feed = feedFrom(fixture("rss-1.0.rdf"));
  expect(feed.language).toBe("en-GB");
  expect(feed.entries[0]).toMatchObject({ guid: LINK, author: "Mara Lindqvist", categories: ["Transport"] });
});

test("Atom tells text from HTML, resolves against xml:base and inherits the feed's author", () => {
  expect(feedFrom(fixture("atom-1.0.xml"))).toMatchObject({
    selfUrl: "https://gazette.example/feed.atom",
    hubUrl: "https://hub.example/",
    language: "en-GB",
    iconUrl: "https://gazette.example/icon.png",
    entries: [
      {
        guid: "tag:gazette.example,2026:41",
        author: "Mara Lindqvist",
        categories: ["Transport"],
        updated: Date.UTC(2026, 10, 22, 11),
        descriptionHtml: "One ticket for both, 2 &lt; 3 zones.",
        contentHtml: "<ul><li>One ticket.</li></ul><p>It is valid<br/>for a day.</p>",
        image: { url: "https://gazette.example/ferry.jpg" },
      },
    ],
  });
});

test("XHTML under a prefix of its own becomes HTML", () => {
  expect(feedFrom(fixture("atom-prefixed.xml")).entries[0]?.contentHtml).toBe(
    "<p>It is valid for a day.</p>",
  );
});

test("JSON Feed tells all that it knows", () => {
  expect(feedFrom(fixture("feed.json"))).toMatchObject({
    selfUrl: "https://gazette.example/feed.json",
    hubUrl: "https://hub.example/",
    language: "en-GB",
    iconUrl: "https://gazette.example/icon.png",
    entries: [
      {
        guid: "41",
        author: "Mara Lindqvist",
        categories: ["Transport"],
        descriptionHtml: "One ticket for both from March.",
        contentHtml: "<ul><li>One ticket.</li></ul>",
        image: { url: "https://gazette.example/ferry.jpg", alt: null },
      },
    ],
  });
});

test("of Media RSS the widest picture counts with its description, a portrait and a film never", () => {
  const [group, thumbnail] = feedFrom(fixture("media.xml")).entries;
  expect(group?.image).toEqual({ url: "https://gazette.example/wide.jpg", alt: "A ferry at dawn & a tram" });
  expect(group?.link).toBe("https://gazette.example/41");
  expect(thumbnail?.image?.url).toBe("https://gazette.example/thumb.jpg");
  expect(thumbnail?.descriptionHtml).toBe("The film in one sentence.");
});

const seed = new URL("../../../shared/seed/wordpress-feed.xml", import.meta.url);

test.skipIf(!existsSync(seed))("a real WordPress feed (needs ../shared) is read whole", () => {
  const feed = feedFrom(readFileSync(seed), "application/rss+xml; charset=UTF-8");
  expect(feed).toMatchObject({ title: "Frontline News", language: "en-US", truncated: false });
  expect(feed.entries).toHaveLength(1);
  expect(feed.entries[0]).toMatchObject({
    title: "Japan sends troops, weapons and suicide drones to Russia",
    author: "Frontline News",
    categories: ["World"],
    published: Date.UTC(2024, 11, 26, 9, 30),
  });
  expect(feed.entries[0]?.contentHtml).toContain("<li>Suicide drones were mass-produced for Russia.</li>");
});

test.each([
  ["Ferry &#038; tram", "Ferry & tram"],
  ["<![CDATA[Ferry &#8211; tram]]>", "Ferry – tram"],
  ["Ferry &amp;amp; tram", "Ferry & tram"],
  ["Ferry &amp;amp;#8217;s", "Ferry ’s"],
  ["&lt;b&gt;Ferry&lt;/b&gt; tram", "Ferry tram"],
  ["&amp;lt;b&amp;gt;Ferry&amp;lt;/b&amp;gt;", "Ferry"],
  ["Ferry <b>and</b> tram", "Ferry and tram"],
  ["<![CDATA[One<br>two]]>", "One two"],
  ["Caf&eacute;&nbsp;am Kai", "Café am Kai"],
  ["\n  Ferry\n\ttram ", "Ferry tram"],
  ["&#147;Ferry&#148;", "“Ferry”"],
  ["List&lt;String&gt; in 2 &lt; 3 steps", "List<String> in 2 < 3 steps"],
  ["AT&T buys a ferry", "AT&T buys a ferry"],
  ["Ferry&#0;\u001b[31m", "Ferry\ufffd [31m"],
])("the title %j reads as %j", (written, title) => {
  expect(entryFrom(`<title>${written}</title>`).title).toBe(title);
});

test("an Atom title of type text keeps what looks like a tag", () => {
  const feed = feedFrom("<feed><entry><id>1</id><title>Why &lt;em&gt; is best</title></entry></feed>");
  expect(feed.entries[0]?.title).toBe("Why <em> is best");
});

test("a title is cut at its limit and never longer", () => {
  const one = limits.titleLength;
  expect(entryFrom(`<title>${"x".repeat(one)}</title>`).title).toBe("x".repeat(one));
  const cut = entryFrom(`<title>${"x".repeat(one + 1)}</title>`).title;
  expect(cut).toBe(`${"x".repeat(one - 1)}…`);
  expect(
    entryFrom("<title>&#128512;</title>".replace("&#128512;", "&#128512;".repeat(600))).title.length,
  ).toBe(511);
});

test.each([
  ["<link>https://a.example/1</link>", "https://a.example/1"],
  ["<link>\n https://a.example/1\n</link>", "https://a.example/1"],
  ["<link><![CDATA[https://a.example/1?a=1&amp;b=2]]></link>", "https://a.example/1?a=1&b=2"],
  ["<link>https://a.example/1?a=1&copy=2</link>", "https://a.example/1?a=1&copy=2"],
  ["<link>/2026/1</link>", "https://gazette.example/2026/1"],
  ['<link href="https://a.example/1"/>', "https://a.example/1"],
  ['<atom:link rel="alternate" href="https://a.example/1"/>', "https://a.example/1"],
  ["<guid>https://a.example/1</guid>", "https://a.example/1"],
  ['<guid isPermaLink="false">https://a.example/1</guid>', null],
  ["<guid>41</guid>", null],
  ["<title>t</title><link>javascript:alert(1)</link>", null],
  ["<title>t</title><link>ftp://a.example/1</link>", null],
  [`<title>t</title><link>https://a.example/${"x".repeat(2048)}</link>`, null],
])("the link of %s is %s", (inside, link) => {
  expect(entryFrom(inside).link).toBe(link);
});

test("relative links start from the site's address, and from xml:base where there is one", () => {
  const items = "<item><link>./1</link></item><item xml:base='https://b.example/x/'><link>2</link></item>";
  const { entries } = feedFrom(rss(items, "<link>https://a.example/news/</link>"));
  expect(entries.map((entry) => entry.link)).toEqual(["https://a.example/news/1", "https://b.example/x/2"]);
});

test.each([
  ["<author>mara@gazette.example (Mara Lindqvist)</author>", "Mara Lindqvist"],
  ["<author>Mara Lindqvist &lt;mara@gazette.example&gt;</author>", "Mara Lindqvist"],
  ["<author>mara@gazette.example</author>", null],
  ["<dc:creator>Mara</dc:creator><dc:creator>Jon</dc:creator>", "Mara, Jon"],
  ["<itunes:author>Mara</itunes:author>", "Mara"],
])("the author of %s is %s", (inside, author) => {
  expect(entryFrom(`<title>t</title>${inside}`).author).toBe(author);
});

test("prefixes count by their addresses, else by their common meaning, and names in any case", () => {
  const items = "<ITEM><Title>t</Title><x:encoded>long</x:encoded><dc:Subject>Quay</dc:Subject></ITEM>";
  const [entry] = feedFrom(
    `<RSS xmlns:x="HTTP://purl.org/rss/1.0/modules/content"><Channel>${items}</Channel></RSS>`,
  ).entries;
  expect(entry).toMatchObject({ title: "t", contentHtml: "long", categories: ["Quay"] });
});

test("an entry without a date has none, and one that only tells its last change was published then", () => {
  expect(entryFrom("<title>t</title><pubDate>soon</pubDate>")).toMatchObject({
    published: null,
    updated: null,
  });
  const feed = feedFrom("<feed><entry><id>1</id><updated>2026-11-22T10:05:34Z</updated></entry></feed>");
  expect(feed.entries[0]).toMatchObject({ published: PUBLISHED, updated: PUBLISHED });
});

test("HTML that was not escaped is the description's HTML", () => {
  const entry = entryFrom(
    "<title>t</title><description><p>One<br>two</p><img src='x'></description><guid>1</guid>",
  );
  expect(entry).toMatchObject({ descriptionHtml: "<p>One<br>two</p><img src='x'>", guid: "1" });
});

test("Atom text that is HTML by mistake stays HTML", () => {
  const feed = feedFrom("<feed><entry><id>1</id><content>&lt;p&gt;One&lt;/p&gt;</content></entry></feed>");
  expect(feed.entries[0]?.contentHtml).toBe("<p>One</p>");
});

test("an item's language is its own; the feed's is told apart", () => {
  const feed = feedFrom(rss('<item xml:lang="uk"><title>t</title></item><item><title>u</title></item>'));
  expect(feed.entries.map((entry) => entry.language)).toEqual(["uk", null]);
});

test("a truncated document gives its whole entries and says so", () => {
  const whole = rss(
    "<item><title>one</title></item><item><title>two</title><link>https://a.example/2</link></item>",
  );
  const feed = feedFrom(whole.slice(0, whole.indexOf("https://a.example/2") + 9));
  expect(feed.entries.map((entry) => entry.title)).toEqual(["one"]);
  expect(feed.truncated).toBe(true);
});

test("broken markup costs at most the entry that it stands in", () => {
  const items = [
    "<item><title>one</title><guid>1</guid>",
    "<item><title>two</title></b></i><guid>2</guid></item>",
    "<item><title>three</title><description><div><p>open</description><guid>3</guid></item>",
    "<item><title>four</title><category>a</item>",
  ];
  const feed = feedFrom(rss(items.join("")));
  expect(feed.entries.map((entry) => [entry.title, entry.guid])).toEqual([
    ["one", "1"],
    ["two", "2"],
    ["three", "3"],
    ["four", null],
  ]);
  expect(feed.truncated).toBe(true);
});

test("junk before the feed is read over", () => {
  const feed = feedFrom(
    `\n<br />\n<b>Warning</b>: something in line 3\n${rss("<item><title>t</title></item>")}`,
  );
  expect(feed.entries).toHaveLength(1);
});

test.each([
  ["", "an empty document"],
  ["<!doctype html><html><body><rss></rss></body></html>", "a web page, not a feed"],
  ["<opml version='2.0'><body/></opml>", "no feed: the document begins with <opml>"],
  ["Page not found", "neither XML nor JSON"],
  ['{"error": 1}', "JSON, but no JSON Feed"],
  ['{"version": "https://jsonfeed.org/version/1", "items": [', "broken JSON"],
])("%j is no feed: %s", (source, reason) => {
  const body = new TextEncoder().encode(source);
  expect(parseFeed(body, "application/rss+xml", "https://a.example/", limits)).toEqual({
    kind: "not a feed",
    reason,
  });
});

test("a feed without entries is a feed", () => {
  expect(feedFrom(rss("")).entries).toEqual([]);
});

const NAME = "<rss><channel><item><title>Größe – 3 €</title></item></channel></rss>";
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const windows1252 = (text: string): Uint8Array =>
  Uint8Array.from(text, (char) => ({ "–": 0x96, "€": 0x80 })[char] ?? char.charCodeAt(0));
const utf16be = (text: string): Uint8Array => Buffer.from(text, "utf16le").swap16();
const declared = (label: string): string => `<?xml version="1.0" encoding="${label}"?>${NAME}`;

test.each([
  ["UTF-8 with a byte order mark", utf8(`\ufeff${declared("iso-8859-1")}`), null],
  ["UTF-8 that calls itself Latin-1", utf8(declared("iso-8859-1")), "text/xml; charset=iso-8859-1"],
  ["Latin-1 as the header says", windows1252(NAME), "text/xml; charset=ISO-8859-1"],
  ["windows-1252 as the declaration says", windows1252(declared("windows-1252")), null],
  ["windows-1252 that calls itself UTF-8", windows1252(declared("utf-8")), "text/xml; charset=utf-8"],
  ["an encoding that does not exist", windows1252(declared("x-unknown-1")), "text/xml; charset=none"],
  ["UTF-16 with a byte order mark", Buffer.from(`\ufeff${declared("utf-16")}`, "utf16le"), null],
  ["UTF-16 without one", Buffer.from(NAME, "utf16le"), null],
  ["big-endian UTF-16 without one", utf16be(NAME), null],
  ["UTF-8 that calls itself UTF-16", utf8(declared("utf-16")), "text/xml; charset=utf-16"],
])("%s is read right", (_, body, contentType) => {
  expect(feedFrom(body, contentType).entries[0]?.title).toBe("Größe – 3 €");
});

test("other encodings are read by their declared name", () => {
  const cyrillic = Uint8Array.from([0xcf, 0xee, 0xf0, 0xf2]);
  const head = utf8('<?xml version="1.0" encoding="windows-1251"?><rss><channel><item><title>');
  const tail = utf8("</title></item></channel></rss>");
  expect(feedFrom(Buffer.concat([head, cyrillic, tail])).entries[0]?.title).toBe("Порт");
});

test("one bad byte in UTF-8 costs one character, not the alphabet", () => {
  const body = Buffer.concat([
    utf8("<rss><channel><item><title>Größe "),
    Uint8Array.from([0xff]),
    utf8("über</title></item></channel></rss>"),
  ]);
  expect(feedFrom(body).entries[0]?.title).toBe("Größe \ufffdüber");
});

test.each([
  ["Atom 0.3's base64", '<title mode="base64">VGlkZSA8Yj50YWJsZXM8L2I+</title>', "Tide tables"],
  ["base64 of a type of its own", '<title type="application/x-note">VGlkZSB0YWJsZXM=</title>', "Tide tables"],
  [
    "words under a type of their own",
    '<title type="application/x-note">Tide tables, new</title>',
    "Tide tables, new",
  ],
  ["text that names its type", '<title type="text/plain">Tide &amp;lt;tables></title>', "Tide <tables>"],
])("a title in %s is read", (_, title, expected) => {
  expect(feedFrom(atom(title)).entries[0]?.title).toBe(expected);
});

test("a picture in base64 is no text of an entry", () => {
  const entry = feedFrom(atom('<id>1</id><content type="image/png">iVBORw0KGgo/4f8=</content>')).entries[0];
  expect(entry).toMatchObject({ guid: "1", contentHtml: null });
});

test("XHTML under several prefixes is HTML without any", () => {
  const drawing = '<x:div><x:p>Map</x:p><svg:svg><svg:path d="M0 0"/></svg:svg></x:div>';
  const entry = feedFrom(atom(`<content type="xhtml">${drawing}</content>`)).entries[0];
  expect(entry?.contentHtml).toBe('<p>Map</p><svg><path d="M0 0"/></svg>');
});

test("an Atom link written as text counts unless it is for something else", () => {
  const links = '<link rel="enclosure">https://a.example/x.mp3</link><link>https://a.example/story</link>';
  expect(feedFrom(atom(links)).entries[0]?.link).toBe("https://a.example/story");
});

test("an entry of which only its author or its date is known is an entry all the same", () => {
  const items =
    "<item><dc:author>Mara Lindqvist</dc:author></item><item></item><item><title> </title></item>";
  const { entries } = feedFrom(rss(items));
  expect(entries.map((entry) => entry.author)).toEqual(["Mara Lindqvist"]);
});

test("categories come from Media RSS and, with the narrower ones inside, from iTunes; a label beats a code", () => {
  const inside =
    '<media:category label="Harbour">a/12</media:category><media:category>Boats</media:category>' +
    '<itunes:category text="Society"><itunes:category text="Local"/></itunes:category>';
  expect(entryFrom(inside).categories).toEqual(["Harbour", "Boats", "Society", "Local"]);
});

test("an entry tells the files that it brings along", () => {
  const inside =
    '<enclosure url="https://a.example/one.mp3" length="4100" type="Audio/MPEG"/>' +
    '<atom:link rel="enclosure" href="/two.pdf" length="?"/><enclosure url="ftp://a.example/three"/>';
  expect(entryFrom(inside).enclosures).toEqual([
    { url: "https://a.example/one.mp3", type: "audio/mpeg", size: 4100 },
    { url: "https://gazette.example/two.pdf", type: null, size: null },
  ]);
});

test("JSON Feed's attachments are such files", () => {
  const attachments = [
    { url: "/talk.m4a", mime_type: "audio/x-m4a", size_in_bytes: 7 },
    { mime_type: "x/y" },
  ];
  const version = "https://jsonfeed.org/version/1.1";
  const feed = feedFrom(JSON.stringify({ version, items: [{ id: "1", attachments }] }));
  expect(feed.entries[0]?.enclosures).toEqual([
    { url: "https://gazette.example/talk.m4a", type: "audio/x-m4a", size: 7 },
  ]);
});

test("a podcast's image may stand under the wrong attribute", () => {
  const image = '<itunes:image url="https://a.example/cover.png"/>';
  expect(feedFrom(rss("", image)).iconUrl).toBe("https://a.example/cover.png");
});

test("quotes of windows-1252 that were taken for Latin-1 are quotes", () => {
  expect(entryFrom("<title>The mayor\u0092s \u0093ferry\u0094</title>").title).toBe("The mayor’s “ferry”");
});

test("CDF keeps addresses and dates in attributes and the summary in an abstract", () => {
  const item =
    '<ITEM HREF="/tides" LASTMOD="2026-11-22T10:05:34Z"><TITLE>Tides</TITLE><ABSTRACT>High.</ABSTRACT></ITEM>';
  const feed = feedFrom(`<CHANNEL HREF="https://gazette.example/"><TITLE>Gazette</TITLE>${item}</CHANNEL>`);
  expect(feed).toMatchObject({ title: "Gazette", siteUrl: "https://gazette.example/" });
  expect(feed.entries[0]).toMatchObject({
    title: "Tides",
    link: "https://gazette.example/tides",
    published: PUBLISHED,
    descriptionHtml: "High.",
  });
});

test.each([
  ['<atom:link rel="next" href="?page=2"/>', "https://gazette.example/feed/?page=2"],
  ['<atom:link rel="prev-archive" href="/2026/10"/>', "https://gazette.example/2026/10"],
  ["<generator>https://wordpress.org/?v=6.9</generator>", "https://gazette.example/feed/?paged=2"],
  ["<generator>Harbour CMS, not wordpress.org</generator>", null],
])("with %s the entries before these are at %s", (channel, older) => {
  expect(feedFrom(rss("", channel)).olderUrl).toBe(older);
});
