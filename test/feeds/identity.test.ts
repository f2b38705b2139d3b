import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ParsedEntry } from "../../src/domain/types.ts";
import { type Identified, type KnownEntry, type Marks, identify, keysOf } from "../../src/feeds/identity.ts";

const NO_MARKS: Marks = { guidReused: false, linkShared: false };
const TEXT = `<p>${"The ferry leaves the quay at nine. ".repeat(8)}</p>`;

function entry(fields: Partial<ParsedEntry>): ParsedEntry {
  return {
    guid: null,
    link: null,
    title: "A title",
    published: null,
    updated: null,
    author: null,
    categories: [],
    descriptionHtml: null,
    contentHtml: null,
    image: null,
    language: null,
    ...fields,
  };
}

const linked = (id: string, fields: Partial<ParsedEntry> = {}): ParsedEntry =>
  entry({ guid: `guid-${id}`, link: `https://a.example/${id}`, title: `Title ${id}`, ...fields });

const row = (entryId: string, of: ParsedEntry): KnownEntry => ({ ...keysOf(of), entryId, title: of.title });

const told = (answer: Identified): readonly string[] =>
  answer.entries.map((one) => (one.kind === "known" ? one.entryId : "new"));

test("a known guid is known, whatever became of its link and text", () => {
  const moved = linked("1", { link: "https://a.example/new-slug", contentHtml: TEXT });
  expect(told(identify([moved], [row("E1", linked("1"))], NO_MARKS))).toEqual(["E1"]);
});

test("a known link is known under a new guid: a site that rewrote its guids posts nothing again", () => {
  const rewritten = [linked("1", { guid: "x1" }), linked("2", { guid: "x2" })];
  const answer = identify(rewritten, [row("E1", linked("1")), row("E2", linked("2"))], NO_MARKS);
  expect(told(answer)).toEqual(["E1", "E2"]);
  expect(answer.marks).toEqual(NO_MARKS);
});

test.each([
  "http://a.example/1",
  "https://A.example/1/",
  "https://a.example:443/1?utm_source=rss",
  "https://a.example/1#xtor=RSS-3",
])("%s is the known link", (link) => {
  const known = [row("E1", entry({ link: "https://a.example/1" }))];
  expect(told(identify([entry({ link, title: "Edited" })], known, NO_MARKS))).toEqual(["E1"]);
});

test("a fragment that is no tracking is an address of its own", () => {
  const known = [row("E1", entry({ link: "https://a.example/log#v1" }))];
  expect(told(identify([entry({ link: "https://a.example/log#v2" })], known, NO_MARKS))).toEqual(["new"]);
});

test("the same title and text under another guid and link moved, when the old entry is gone", () => {
  const known = [row("E1", linked("1", { title: "Ferry", contentHtml: TEXT }))];
  const elsewhere = linked("2", { title: "Ferry", contentHtml: TEXT });
  expect(told(identify([elsewhere], known, NO_MARKS))).toEqual(["E1"]);
});

test("the same title and text is another entry while the old one is listed", () => {
  const old = linked("1", { title: "Ferry", contentHtml: TEXT });
  const twin = linked("2", { title: "Ferry", contentHtml: TEXT });
  expect(told(identify([twin, old], [row("E1", old)], NO_MARKS))).toEqual(["new", "E1"]);
});

test("one old entry that is gone accounts for one new one only", () => {
  const old = linked("1", { title: "Ferry", contentHtml: TEXT });
  const twins = [
    linked("2", { title: "Ferry", contentHtml: TEXT }),
    linked("3", { title: "Ferry", contentHtml: TEXT }),
  ];
  expect(told(identify(twins, [row("E1", old)], NO_MARKS))).toEqual(["E1", "new"]);
});

test("under 200 characters of text say nothing", () => {
  const short = (id: string): ParsedEntry =>
    linked(id, { title: "Ferry", contentHtml: `<p>${"x".repeat(199)}</p>` });
  const enough = (id: string): ParsedEntry =>
    linked(id, { title: "Ferry", contentHtml: `<p>${"x".repeat(200)}</p>` });
  expect(told(identify([short("2")], [row("E1", short("1"))], NO_MARKS))).toEqual(["new"]);
  expect(told(identify([enough("2")], [row("E1", enough("1"))], NO_MARKS))).toEqual(["E1"]);
});

test("one guid on two links with two titles in one document: every entry counts by its link", () => {
  const document = [
    linked("1", { guid: "same" }),
    linked("2", { guid: "same" }),
    linked("3", { guid: "same" }),
  ];
  const first = identify(document, [], NO_MARKS);
  expect(first.marks).toEqual({ guidReused: true, linkShared: false });
  expect(told(first)).toEqual(["new", "new", "new"]);
  const known = document.map((one, i) => row(`E${i + 1}`, one));
  expect(told(identify(document, known, first.marks))).toEqual(["E1", "E2", "E3"]);
});

test("one guid on two links with two titles over time: the second entry is new, and the mark stays", () => {
  const known = [row("E1", linked("1", { guid: "latest" }))];
  const answer = identify([linked("2", { guid: "latest" })], known, NO_MARKS);
  expect(told(answer)).toEqual(["new"]);
  expect(answer.marks.guidReused).toBe(true);
  expect(identify([], [], answer.marks).marks.guidReused).toBe(true);
});

test.each([
  ["link", { link: "https://a.example/better-slug" }],
  ["title", { title: "A better headline" }],
])("a changed %s alone sets no mark", (_, change) => {
  const answer = identify([linked("1", change)], [row("E1", linked("1"))], NO_MARKS);
  expect(told(answer)).toEqual(["E1"]);
  expect(answer.marks).toEqual(NO_MARKS);
});

test("one link on two guids in one document: a link alone tells nothing from then on", () => {
  const live = (id: string): ParsedEntry => linked(id, { link: "https://a.example/live" });
  const first = identify([live("1"), live("2")], [], NO_MARKS);
  expect(first.marks).toEqual({ guidReused: false, linkShared: true });
  expect(told(first)).toEqual(["new", "new"]);
  const known = [row("E1", live("1")), row("E2", live("2"))];
  expect(told(identify([live("3"), live("2"), live("1")], known, first.marks))).toEqual(["new", "E2", "E1"]);
});

test("in a feed that shares links, an entry without a guid is known by link and title", () => {
  const bare = entry({ link: "https://a.example/live", title: "At nine" });
  const marks = { guidReused: false, linkShared: true };
  expect(told(identify([bare], [row("E1", bare)], marks))).toEqual(["E1"]);
  expect(told(identify([{ ...bare, title: "At ten" }], [row("E1", bare)], marks))).toEqual(["new"]);
});

test("what one document lists twice is told once", () => {
  expect(told(identify([linked("1"), linked("1")], [], NO_MARKS))).toEqual(["new"]);
  expect(told(identify([linked("1"), linked("1")], [row("E1", linked("1"))], NO_MARKS))).toEqual(["E1"]);
  const underTwoGuids = [linked("1"), linked("1", { guid: "other" })];
  const answer = identify(underTwoGuids, [], NO_MARKS);
  expect(told(answer)).toEqual(["new"]);
  expect(answer.marks).toEqual(NO_MARKS);
});

test("several rows of one entry are one entry", () => {
  const known = [
    row("E1", linked("1")),
    row("E1", linked("1", { guid: "older", link: "https://a.example/older" })),
  ];
  expect(told(identify([entry({ guid: "older" })], known, NO_MARKS))).toEqual(["E1"]);
});

test("an entry with neither guid nor link is known by its title and text", () => {
  const bare = entry({ title: "Only a title" });
  expect(told(identify([bare, bare], [], NO_MARKS))).toEqual(["new"]);
  expect(told(identify([bare], [row("E1", bare)], NO_MARKS))).toEqual(["E1"]);
  expect(told(identify([entry({ title: "Another" })], [row("E1", bare)], NO_MARKS))).toEqual(["new"]);
});

const anyEntry = fc
  .record({
    guid: fc.option(fc.constantFrom("a", "b", "c", "d")),
    link: fc.option(fc.constantFrom("https://a.example/1", "https://a.example/2", "https://a.example/3")),
    title: fc.constantFrom("One", "Two", "Three"),
    contentHtml: fc.option(fc.constantFrom(TEXT, `${TEXT} more`)),
  })
  .map(entry);

test("a document that was stored is known entirely when it comes again", () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 8 }), (document) => {
      const first = identify(document, [], NO_MARKS);
      const known = first.entries.map(({ entry, keys }, i) => ({
        ...keys,
        entryId: `E${i}`,
        title: entry.title,
      }));
      const again = identify(document, known, first.marks);
      expect(again.entries.filter((one) => one.kind === "new")).toEqual([]);
      expect(again.entries).toHaveLength(first.entries.length);
      expect(again.marks).toEqual(first.marks);
    }),
    { numRuns: 1000 },
  );
});

test("the text of an entry is what is seen of it: scripts and styles that change at every poll tell nothing", () => {
  const words = "The harbour office said on Monday that the repairs would go on through the week. ".repeat(4);
  const keyOf = (html: string) => keysOf(linked("1", { contentHtml: html })).text;
  const key = keyOf(words);
  expect(key).not.toBeNull();
  expect(
    keyOf(`<script>var at = 17;</script>${words}<STYLE type="text/css">p { }</style ><script src="x?v=1">`),
  ).toBe(key);
  expect(keyOf(`${words}<p>scripted by hand</p>`)).not.toBe(key);
});
