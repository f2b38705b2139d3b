import type { Enclosure, Json, Limits, ParsedEntry, ParseResult } from "../domain/types.ts";
import { parseDate } from "./dates.ts";
import { boundedGuid, languageTag, MAX_NAME } from "./entry-xml.ts";
import { addressOf } from "./links-xml.ts";
import { looksLikePicture } from "./media.ts";
import { asHtml, plainLine } from "./plain.ts";

/** https://www.jsonfeed.org/version/1.1/; nothing is taken for granted, and only own properties are read. */
type Fields = { readonly [key: string]: Json | undefined };

function fields(value: Json | undefined): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(of: Fields, name: string): readonly Json[] {
  const value = Object.hasOwn(of, name) ? of[name] : undefined;
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** The text of a property; numbers count as text, since some feeds number their items. */
function text(of: Fields, name: string): string | null {
  const value = Object.hasOwn(of, name) ? of[name] : undefined;
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

function line(of: Fields, name: string, max: number): string {
  return plainLine(text(of, name) ?? "", "text", max);
}

function authorOf(of: Fields): string | null {
  const one = Object.hasOwn(of, "author") ? [fields(of["author"])] : [];
  const people = [...list(of, "authors").slice(0, 10).map(fields), ...one];
  const names = people.map((person) => line(person, "name", MAX_NAME)).filter((name) => name !== "");
  return names.length === 0 ? null : [...new Set(names)].join(", ").slice(0, MAX_NAME * 2);
}

function tagsOf(of: Fields): readonly string[] {
  const tags = list(of, "tags")
    .slice(0, 50)
    .filter((tag) => typeof tag === "string")
    .map((tag) => plainLine(tag, "text", MAX_NAME));
  return [...new Set(tags.filter((tag) => tag !== ""))];
}

function attachmentsOf(of: Fields, url: string, max: number): readonly Enclosure[] {
  return list(of, "attachments")
    .slice(0, 20)
    .map(fields)
    .flatMap((file) => {
      const address = addressOf(text(file, "url"), url, max);
      const size = Object.hasOwn(file, "size_in_bytes") ? file["size_in_bytes"] : null;
      const type = text(file, "mime_type")?.toLowerCase().slice(0, MAX_NAME) ?? null;
      return address === null ? [] : [{ url: address, type, size: typeof size === "number" ? size : null }];
    });
}

function imageOf(of: Fields, url: string, max: number): string | null {
  const attached = list(of, "attachments")
    .slice(0, 50)
    .map(fields)
    .filter(
      (file) =>
        /^image\/(?!svg)/iu.test(text(file, "mime_type") ?? "") || looksLikePicture(text(file, "url") ?? ""),
    )
    .map((file) => addressOf(text(file, "url"), url, max));
  const named = [text(of, "image"), text(of, "banner_image")].map((image) => addressOf(image, url, max));
  return [...named, ...attached].find((image) => image !== null) ?? null;
}

function entryOf(item: Fields, url: string, limits: Limits, author: string | null): ParsedEntry {
  const plain = text(item, "content_text");
  const summary = text(item, "summary");
  const image = imageOf(item, url, limits.urlLength);
  const updated = parseDate(text(item, "date_modified") ?? "");
  const id = text(item, "id");
  return {
    guid: boundedGuid(id, limits.urlLength),
    link:
      addressOf(text(item, "url"), url, limits.urlLength) ??
      (/^https?:/iu.test(id ?? "") ? addressOf(id, url, limits.urlLength) : null),
    title: line(item, "title", limits.titleLength),
    published: parseDate(text(item, "date_published") ?? "") ?? updated,
    updated,
    author: authorOf(item) ?? author,
    categories: tagsOf(item),
    descriptionHtml: summary === null ? null : asHtml(summary),
    contentHtml: text(item, "content_html") ?? (plain === null ? null : asHtml(plain)),
    image: image === null ? null : { url: image, alt: null },
    enclosures: attachmentsOf(item, url, limits.urlLength),
    language: languageTag(text(item, "language")),
  };
}

function hubOf(feed: Fields, url: string, max: number): string | null {
  const hubs = list(feed, "hubs").slice(0, 10).map(fields);
  const hub = hubs.find((one) => text(one, "type")?.toLowerCase() === "websub");
  return hub ? addressOf(text(hub, "url"), url, max) : null;
}

function parsed(source: string): Json | undefined {
  try {
    return JSON.parse(source) as Json;
  } catch {
    return undefined;
  }
}

/** JSON Feed 1 and 1.1. Broken JSON cannot be read in part, so a truncated one is no feed. Never throws. */
export function parseJsonFeed(source: string, url: string, limits: Limits): ParseResult {
  const document = parsed(source);
  if (document === undefined) return { kind: "not a feed", reason: "broken JSON" };
  const feed = fields(document);
  const isFeed = text(feed, "version")?.includes("jsonfeed.org/version/") ?? false;
  if (!isFeed || !Array.isArray(feed["items"]))
    return { kind: "not a feed", reason: "JSON, but no JSON Feed" };
  const max = limits.urlLength;
  const author = authorOf(feed);
  const title = line(feed, "title", limits.titleLength);
  const entries = list(feed, "items")
    .slice(0, limits.entries)
    .map((item) => entryOf(fields(item), url, limits, author));
  return {
    kind: "feed",
    feed: {
      title: title === "" ? null : title,
      siteUrl: addressOf(text(feed, "home_page_url"), url, max),
      selfUrl: addressOf(text(feed, "feed_url"), url, max),
      hubUrl: hubOf(feed, url, max),
      language: languageTag(text(feed, "language")),
      iconUrl: addressOf(text(feed, "icon") ?? text(feed, "favicon"), url, max),
      updateInterval: null,
      skipHours: [],
      skipDays: [],
      olderUrl: addressOf(text(feed, "next_url"), url, max),
      entries,
      truncated: false,
    },
  };
}
