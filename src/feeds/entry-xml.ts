import { createHash } from "node:crypto";
import type { ImageRef, Limits, Millis, ParsedEntry } from "../domain/types.ts";
import { oneLine } from "../lib/text.ts";
import { parseDate } from "./dates.ts";
import { asHtml, looksLikeHtml, plainLine } from "./plain.ts";
import { all, linkOf } from "./links-xml.ts";
import { enclosuresOf, imageOf } from "./media.ts";
import type { Element, FeedKind } from "./xml.ts";

export const MAX_NAME = 200;
const MAX_CATEGORIES = 50;

const EMAIL = /[^\s<>()"]{1,64}@[^\s<>()"]{1,255}/gu;
const IDENTITY_TITLES = ["title", "media:title", "dc:title", "itunes:title"];
const PUBLISHED = [
  "pubdate",
  "published",
  "issued",
  "dc:date",
  "dcterms:issued",
  "dcterms:created",
  "created",
];
const CONTENTS = ["content:encoded", "content", "atom:content", "xhtml:body", "xhtml:div"];
const SUMMARIES = ["description", "summary", "atom:summary", "dc:description", "itunes:summary", "abstract"];
const UPDATED = ["updated", "modified", "dcterms:modified", "atom:updated", "lastbuilddate"];

/** What stands inside the first child that bears one of the names and is not empty; earlier names go first. */
export function textOf(element: Element, ...names: readonly string[]): string | null {
  for (const name of names) {
    for (const child of all(element, name)) {
      const text = child.content.trim();
      if (text !== "") return text;
    }
  }
  return null;
}

const TEXT_TYPE = /^(?:text|text\/plain|plain)$/u;
/** Types whose content stands there as it is: Atom's three words, text and XML. Any other is base64. */
const WRITTEN_TYPE = /^[^/]*$|^text\/|xml|html/u;

/** What base64 says, in bytes; null for what is none (RFC 4648, 4). */
function base64Bytes(written: string): Uint8Array | null {
  const bare = written.replaceAll(/\s/gu, "");
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/u.test(bare) ? Buffer.from(bare, "base64") : null;
}

/** Null for what is no text, a picture say. */
function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

type Words = { readonly type: string; readonly text: string };

/**
 * What an element says, in words, and of which type it is: Atom tells (RFC 4287, 3.1.1 and 4.1.3.3; Atom 0.3 has a
 * mode `base64`), RSS does not and means HTML. Null for what is no text.
 */
function wordsOf(element: Element, kind: FeedKind): Words | null {
  const { attributes, content } = element;
  const type = attributes.get("type")?.trim().toLowerCase() ?? (kind === "atom" ? "text" : "html");
  const isEncoded = kind === "atom" && (attributes.get("mode") === "base64" || !WRITTEN_TYPE.test(type));
  if (!isEncoded) return WRITTEN_TYPE.test(type) ? { type, text: content } : null;
  const bytes = base64Bytes(content);
  // Words under a type that nobody knows are words all the same.
  if (bytes === null) return { type: "text", text: content };
  const text = utf8Text(bytes);
  return text === null ? null : { type: "html", text };
}

/** A title, name or subtitle as one plain line. */
export function lineOf(element: Element, kind: FeedKind, max: number): string {
  const words = wordsOf(element, kind);
  if (words === null) return "";
  return plainLine(words.text, TEXT_TYPE.test(words.type) && !element.markup ? "text" : "html", max);
}

/** The first non-empty line of those names. */
export function firstLine(
  element: Element,
  kind: FeedKind,
  max: number,
  names: readonly string[],
): string | null {
  for (const name of names) {
    for (const child of all(element, name)) {
      const line = lineOf(child, kind, max);
      if (line !== "") return line;
    }
  }
  return null;
}

/** The markup of XHTML content without the `div` around it (RFC 4287, 3.1.1.3) and without prefixes, unknown to HTML. */
function xhtmlOf(markup: string): string {
  const trimmed = markup.trim();
  const opening = /^<(?:[\w.-]{1,40}:)?div(?:\s[^<>]*)?>/iu.exec(trimmed);
  if (opening === null) return trimmed;
  const close = trimmed.lastIndexOf("</");
  const inner = trimmed.slice(opening[0].length, close > opening[0].length ? close : undefined).trim();
  return inner.replaceAll(/<(\/?)[\w.-]{1,40}:/gu, "<$1");
}

/** Content as HTML, whatever the feed calls it; null for what is empty or no text at all. */
function htmlOf(element: Element | undefined, kind: FeedKind): string | null {
  const words = element && wordsOf(element, kind);
  if (!words) return null;
  const { type, text } = words;
  if (element.markup) return orNull(type.includes("xhtml") ? xhtmlOf(text) : text);
  return orNull(TEXT_TYPE.test(type) && !looksLikeHtml(text) ? asHtml(text) : text);
}

const orNull = (text: string): string | null => text.trim() || null;

function firstHtml(element: Element, kind: FeedKind, names: readonly string[]): string | null {
  for (const name of names) {
    for (const child of all(element, name)) {
      const html = htmlOf(child, kind);
      if (html !== null) return html;
    }
  }
  return null;
}

/** The entry's own identifier, as it is written; one too long to keep is replaced by its hash. */
export function boundedGuid(text: string | null | undefined, max: number): string | null {
  const guid = text?.trim() ?? "";
  if (guid === "") return null;
  return guid.length <= max ? guid : `sha256:${createHash("sha256").update(guid).digest("hex")}`;
}

function guidOf(element: Element, kind: FeedKind, max: number): string | null {
  const names = kind === "atom" ? ["id", "guid"] : ["guid", "atom:id", "dc:identifier", "id"];
  return boundedGuid(textOf(element, ...names) ?? element.attributes.get("rdf:about"), max);
}

/** `name@example.org (Name)` and `Name <name@example.org>` are the name alone; a mere address is nobody's name. */
function nameOnly(text: string): string | null {
  const line = plainLine(text, "html", MAX_NAME * 2);
  if (!/[@(<]/u.test(line)) return line.slice(0, MAX_NAME) || null;
  const inParentheses = /^\S{1,320}@\S{1,255}\s?\(([^()]{1,200})\)$/u.exec(line)?.[1];
  const bare = (inParentheses ?? line).replaceAll(EMAIL, "").replaceAll(/<\s*>|\(\s*\)/gu, "");
  const name = oneLine(bare).slice(0, MAX_NAME);
  return name === "" ? null : name;
}

const PEOPLE = ["author", "dc:creator", "dc:author", "atom:author", "itunes:author", "dc:contributor"];

/** The names of the authors; the first kind of element that names anybody counts. */
export function authorOf(element: Element): string | null {
  for (const kind of PEOPLE) {
    const named = all(element, kind);
    if (named.length === 0) continue;
    const people = named.map((person) => {
      const own = textOf(person, "name", "atom:name");
      return nameOnly(own ?? (person.children.length === 0 ? person.content : ""));
    });
    const names = [...new Set(people.filter((name) => name !== null))];
    if (names.length > 0)
      return names
        .slice(0, 10)
        .join(", ")
        .slice(0, MAX_NAME * 2);
  }
  return null;
}

const CATEGORIES = new Set(["category", "dc:subject", "atom:category", "media:category", "itunes:category"]);

function categoriesOf(element: Element): readonly string[] {
  const found = new Map<string, string>();
  const add = ({ attributes, content }: Element): void => {
    const written = content.trim() || (attributes.get("term") ?? attributes.get("text") ?? "");
    const name = plainLine(attributes.get("label") ?? written, "html", MAX_NAME);
    const key = name.toLowerCase();
    if (name !== "" && !found.has(key) && found.size < MAX_CATEGORIES) found.set(key, name);
  };
  for (const child of element.children) {
    if (!CATEGORIES.has(child.name)) continue;
    add(child);
    // A podcast's narrower category stands inside the wider one.
    for (const narrower of all(child, "itunes:category")) add(narrower);
  }
  return [...found.values()];
}

function dateOf(element: Element, names: readonly string[]): Millis | null {
  for (const name of names) {
    for (const child of all(element, name)) {
      const time = parseDate(child.content);
      if (time !== null) return time;
    }
  }
  return null;
}

/** A language tag that can be one (BCP 47); null otherwise. */
export function languageTag(text: string | null | undefined): string | null {
  const tag = text?.trim().replaceAll("_", "-") ?? "";
  return /^[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}$/iu.test(tag) ? tag : null;
}

function languageOf(element: Element): string | null {
  const inside = element.children.find((child) => ["content", "title", "summary"].includes(child.name));
  return (
    languageTag(element.attributes.get("xml:lang")) ??
    languageTag(textOf(element, "dc:language", "language")) ??
    languageTag(inside?.attributes.get("xml:lang"))
  );
}

/**
 * One item or entry as data. Nothing is made up: what the feed does not say is null, the title then empty. An entry
 * with only the date of its last change counts as published then. Relative addresses start from `from`.
 */
export function entryOf(element: Element, kind: FeedKind, from: string, limits: Limits): ParsedEntry {
  const rules = { from, longest: limits.urlLength };
  const group = all(element, "media:group")[0];
  const updated = dateOf(element, UPDATED) ?? parseDate(element.attributes.get("lastmod") ?? "");
  const image: ImageRef | null = imageOf(element, rules);
  return {
    guid: guidOf(element, kind, limits.urlLength),
    link: linkOf(element, rules),
    title: firstLine(element, kind, limits.titleLength, IDENTITY_TITLES) ?? "",
    published: dateOf(element, PUBLISHED) ?? updated,
    updated,
    author: authorOf(element),
    categories: categoriesOf(element),
    descriptionHtml:
      firstHtml(element, kind, SUMMARIES) ??
      firstHtml(element, "rss", ["media:description"]) ??
      (group ? firstHtml(group, "rss", ["media:description"]) : null),
    contentHtml: firstHtml(element, kind, CONTENTS),
    image,
    enclosures: enclosuresOf(element, rules),
    language: languageOf(element),
  };
}
