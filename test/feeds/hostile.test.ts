import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseFeed } from "../../src/feeds/parse.ts";
import { feedLinks } from "../../src/feeds/links.ts";
import { keysOf } from "../../src/feeds/identity.ts";
import { limits } from "../support/limits.ts";
import { feedFrom, rss } from "./feed-text.ts";

const ITEM = "<item><title>still there</title></item>";
const MANY = 200_000;

/** Documents that cost minutes where work grows faster than length: the test's own deadline tells. */
const structures: readonly (readonly [string, string])[] = [
  ["200,000 nested tags", rss(`${"<a>".repeat(MANY)}${"</a>".repeat(MANY)}${ITEM}`)],
  ["200,000 nested tags inside an entry", rss(`<item><x>${"<a>".repeat(MANY)}</x></item>${ITEM}`)],
  ["200,000 attributes", rss(`<x ${Array.from({ length: MANY }, (_, i) => `a${i}="1"`).join(" ")}/>${ITEM}`)],
  [
    "1,000,000 closing tags that close nothing",
    rss(`${"<a>".repeat(150)}${"</b>".repeat(1_000_000)}${"</a>".repeat(150)}${ITEM}`),
  ],
  ["nested namespaces", rss(`${"<a xmlns:b='c'>".repeat(MANY)}${"</a>".repeat(MANY)}${ITEM}`)],
  [
    "entity declarations",
    `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>${rss(`<item><title>&b;</title></item>${ITEM}`)}`,
  ],
  [
    "an external entity",
    `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${rss(`<item><title>&a;</title></item>${ITEM}`)}`,
  ],
  ["5 MB of character references", rss(`<item><title>${"&#65;".repeat(1_000_000)}</title></item>${ITEM}`)],
  ["a title of 5 MB", rss(`<item><title>${"x".repeat(5_000_000)}</title></item>${ITEM}`)],
  [
    "a title of unclosed tags",
    rss(`<item><title><![CDATA[${"<a ".repeat(1_000_000)}]]></title></item>${ITEM}`),
  ],
  [
    "a title of unclosed comments",
    rss(`<item><title><![CDATA[${"<!--".repeat(1_000_000)}]]></title></item>${ITEM}`),
  ],
  [
    "an author of parentheses",
    rss(`<item><guid>1</guid><author>${"(".repeat(4_000_000)}</author></item>${ITEM}`),
  ],
  ["NUL everywhere", rss(ITEM).replaceAll(">", ">\0")],
  [
    "names of the language",
    rss(`<__proto__>a</__proto__><constructor/>${ITEM}`).replace("<item>", "<item __proto__='a'>"),
  ],
];

test.each(structures)("%s: the entry beside it is read", (_, source) => {
  expect(feedFrom(source).entries.at(-1)?.title).toBe("still there");
});

test.each([
  ["200,000 unclosed tags", "<a>".repeat(MANY)],
  ["200,000 unclosed items", "<item>".repeat(MANY)],
  ["unclosed CDATA sections", "<![CDATA[".repeat(MANY)],
  ["unclosed declarations", "<!".repeat(MANY)],
])("%s: nothing is made up", (_, inside) => {
  const feed = feedFrom(`<rss><channel>${inside}`);
  expect(feed.entries).toEqual([]);
  expect(feed.truncated).toBe(true);
});

test("of 300,000 items the first thousand are read", () => {
  expect(feedFrom(rss("<item><title>t</title></item>".repeat(300_000))).entries).toHaveLength(1000);
  expect(feedFrom(rss("<item><title>t</title></item>".repeat(1000))).entries).toHaveLength(1000);
});

test("a JSON Feed 100,000 deep, or with items that are none, gives no entries", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const feed = (items: string): string => `{"version":"https://jsonfeed.org/version/1","items":${items}}`;
  expect(feedFrom(feed(deep)).entries).toEqual([]);
  expect(
    feedFrom(feed('[null, 1, "x", [], {"__proto__": {"title": "y"}}, {"constructor": 1}]')).entries,
  ).toEqual([]);
  expect(feedFrom(feed('[{"id": "1", "title": {"a": 1}, "url": [], "tags": {}}]')).entries).toMatchObject([
    { guid: "1", title: "", link: null, categories: [] },
  ]);
});

test("a guid of any length is kept short and stays the same", () => {
  const guid = (text: string): string | null =>
    feedFrom(rss(`<item><guid>${text}</guid></item>`)).entries[0]?.guid ?? null;
  const long = "x".repeat(1_000_000);
  expect(guid(long)?.length).toBeLessThan(100);
  expect(guid(long)).toBe(guid(long));
  expect(guid(long)).not.toBe(guid(`${long}y`));
});

const PIECES = `<rss> <feed> <rdf:RDF> <channel> <item> </item> <entry> </entry> <title> </title> <link href='/x' xmlns:a='b'
  > /> <![CDATA[ ]]> <!-- --> <?xml ?> &amp; &#x0; <pubDate> 2026-11-22 <media:content url=' <content type='xhtml'
  <div> </div> { "items":[ "version":"https://jsonfeed.org/version/1" } ] , <guid> <category>`;
const piece = fc.constantFrom(" ", "\0", "\ud800", ...PIECES.split(/\s+/u));

/** A feed's entries through all that reads foreign text. */
function readAll(body: Uint8Array, contentType: string | null): void {
  const result = parseFeed(body, contentType, "https://a.example/", limits);
  if (result.kind === "feed") for (const entry of result.feed.entries) keysOf(entry);
}

test("no document makes the parser, the keys or the discovery throw", () => {
  const document = fc.oneof(
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
    fc.string(),
  );
  const read = fc.property(document, (source) => {
    readAll(new TextEncoder().encode(source), null);
    feedLinks(source, "https://a.example/");
  });
  expect(() => fc.assert(read, { numRuns: 2000 })).not.toThrow();
});

test("no bytes and no Content-Type make the parser throw", () => {
  const read = fc.property(fc.uint8Array({ maxLength: 300 }), fc.option(fc.string()), readAll);
  expect(() => fc.assert(read)).not.toThrow();
});
