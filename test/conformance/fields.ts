import type { Enclosure, ParsedEntry, ParsedFeed } from "../../src/domain/types.ts";
import { sameAddress, sameHtml, sameLine, samePerson, sameTime } from "./compare.ts";
import type { Literal } from "./expectation.ts";

/** The core: the fields that a reader cannot do without. */
export const CORE = [
  "entry title",
  "entry link",
  "entry id",
  "entry dates",
  "entry summary",
  "entry content",
  "entry author",
  "entry categories",
  "entry enclosures",
  "feed title",
  "feed link",
] as const;

/**
 * What else the published comparisons counted as the core: the feed's subtitle, id, language and image, and parts of a
 * field such as an author's mail address or a category's scheme. Most of it the product keeps no place for.
 */
export const BESIDE = "beside the core";

export type Field = (typeof CORE)[number] | typeof BESIDE;

type Steps = readonly (string | number)[];
type Answer = (expected: Literal) => boolean;
/** A field of the product's result and whether its value is the expected one; null: there is no place for it. */
export type Reading = { readonly field: Field; readonly is: Answer | null };

const ENTRY_FIELDS: Readonly<Record<string, Field>> = {
  title: "entry title",
  title_detail: "entry title",
  link: "entry link",
  id: "entry id",
  guid: "entry id",
  published: "entry dates",
  published_parsed: "entry dates",
  updated: "entry dates",
  updated_parsed: "entry dates",
  created: "entry dates",
  created_parsed: "entry dates",
  summary: "entry summary",
  summary_detail: "entry summary",
  description: "entry summary",
  content: "entry content",
  author: "entry author",
  author_detail: "entry author",
  authors: "entry author",
  tags: "entry categories",
  category: "entry categories",
  enclosures: "entry enclosures",
};
const FEED_FIELDS: Readonly<Record<string, Field>> = {
  title: "feed title",
  title_detail: "feed title",
  link: "feed link",
  language: BESIDE,
  image: BESIDE,
  id: BESIDE,
  guid: BESIDE,
  subtitle: BESIDE,
  subtitle_detail: BESIDE,
  tagline: BESIDE,
  tagline_detail: BESIDE,
  description: BESIDE,
  summary: BESIDE,
};
/** What is told about a text beside its value: not the field that is asked for. */
const ABOUT = new Set(["type", "language", "base"]);
/** Parts of a core field. */
const PARTS = new Set(["email", "url", "href", "scheme", "src"]);

/** The field that a path such as `entries[0].title` asks for; null for what is not counted. */
function fieldOf(steps: Steps): Field | null {
  const [root, ...inside] = steps;
  const isEntry = root === "entries" && inside.length > 1;
  if (!isEntry && root !== "feed") return null;
  const [name, ...rest] = isEntry ? inside.slice(1) : inside;
  const field = (isEntry ? ENTRY_FIELDS : FEED_FIELDS)[String(name)] ?? null;
  const last = String(rest.at(-1));
  if (field === "entry enclosures") return field;
  if (field === null || ABOUT.has(last) || (isEntry && name === "language")) return null;
  return PARTS.has(last) ? BESIDE : field;
}

const named = (author: string | null, at: number | null): string | null =>
  at === null ? author : (author?.split(", ")[at] ?? null);

function sameEnclosure(expected: Literal, file: Enclosure | undefined, part: string, base: string): boolean {
  if (file === undefined) return false;
  if (part === "length") return Number(expected) === file.size;
  if (part === "type") return expected === file.type;
  if (typeof expected !== "object" || expected === null) return sameAddress(expected, file.url, base);
  return Object.entries(expected).every(([name, value]) => sameEnclosure(value, file, name, base));
}

function entryIs(entry: ParsedEntry, field: Field, [name, ...rest]: Steps, base: string): Answer | null {
  const at = typeof rest[0] === "number" ? rest[0] : null;
  switch (field) {
    case "entry title":
      return (expected) => sameLine(expected, entry.title);
    case "entry link":
      return (expected) => sameAddress(expected, entry.link, base);
    case "entry id":
      return (expected) => sameLine(expected, entry.guid) || sameAddress(expected, entry.guid, base);
    case "entry dates": {
      const isUpdate = String(name).startsWith("updated");
      return (expected) => sameTime(expected, (isUpdate ? entry.updated : null) ?? entry.published);
    }
    case "entry summary":
    case "entry content":
      // Which of two texts is the summary is told by each reader in another way.
      return (expected) =>
        [entry.descriptionHtml, entry.contentHtml].some((html) => sameHtml(expected, html, base));
    case "entry author":
      return (expected) => samePerson(expected, named(entry.author, at));
    case "entry categories":
      return (expected) => sameLine(expected, entry.categories[at ?? 0] ?? null);
    case "entry enclosures":
      return (expected) => sameEnclosure(expected, entry.enclosures?.[at ?? 0], String(rest.at(-1)), base);
    case "feed title":
    case "feed link":
    case BESIDE:
      return null;
  }
}

function feedIs(feed: ParsedFeed, steps: Steps, base: string): Answer | null {
  switch (steps.join(".")) {
    case "title":
    case "title_detail.value":
      return (expected) => sameLine(expected, feed.title);
    case "link":
      return (expected) => sameAddress(expected, feed.siteUrl, base);
    case "language":
      return (expected) => sameLine(expected, feed.language);
    case "image.href":
    case "image.url":
      return (expected) => sameAddress(expected, feed.iconUrl, base);
    default:
      return null;
  }
}

/** An entry that says nothing, for expectations about an entry that the product did not find. */
const NOTHING: ParsedEntry = {
  guid: null,
  link: null,
  title: "",
  published: null,
  updated: null,
  author: null,
  categories: [],
  descriptionHtml: null,
  contentHtml: null,
  image: null,
  language: null,
};

/** What the product read for a path such as `entries[0].title` or `feed.link`; null for what is not counted. */
export function readingOf(feed: ParsedFeed, steps: Steps, base: string): Reading | null {
  const field = fieldOf(steps);
  if (field === null) return null;
  const [root, ...inside] = steps;
  if (root === "feed") return { field, is: feedIs(feed, inside, base) };
  const entry = feed.entries[Number(inside[0])] ?? NOTHING;
  return { field, is: entryIs(entry, field, inside.slice(1), base) };
}

/** What `len(...)` of a path is, and of which field; null where it is not counted. */
export function lengthOf(feed: ParsedFeed, steps: Steps): { field: Field; length: number } | null {
  const [root, at, name] = steps;
  if (root !== "entries" || name !== "tags") return null;
  return { field: "entry categories", length: feed.entries[Number(at)]?.categories.length ?? 0 };
}
