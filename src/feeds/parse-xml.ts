import type { Limits, Millis, ParsedEntry, ParsedFeed } from "../domain/types.ts";
import { authorOf, entryOf, firstLine, languageTag, textOf } from "./entry-xml.ts";
import { addressIn, type AddressRules, all, atomLink } from "./links-xml.ts";
import type { Element, FeedKind, XmlFeed } from "./xml.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PERIODS: Readonly<Record<string, Millis>> = {
  hourly: HOUR,
  daily: 24 * HOUR,
  weekly: 7 * 24 * HOUR,
  monthly: 30 * 24 * HOUR,
  yearly: 365 * 24 * HOUR,
};
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** A whole number of 1 to 10 digits; null for anything else. */
function count(text: string | null): number | null {
  return text !== null && /^\d{1,10}$/u.test(text) ? Number(text) : null;
}

/** The longest wait that `ttl` (minutes) and the Syndication module (`updateFrequency` times per period) ask for. */
function updateInterval(channel: Element): Millis | null {
  const ttl = (count(textOf(channel, "ttl")) ?? 0) * MINUTE;
  const name = textOf(channel, "sy:updateperiod")?.toLowerCase() ?? "";
  const period = Object.hasOwn(PERIODS, name) ? (PERIODS[name] ?? 0) : 0;
  const perPeriod = Math.max(1, count(textOf(channel, "sy:updatefrequency")) ?? 1);
  const longest = Math.max(ttl, period / perPeriod);
  return longest > 0 ? longest : null;
}

/** RSS 0.91 counted hours from 1 to 24, RSS 2.0 counts from 0 to 23: 24 is midnight either way. */
function skipHours(channel: Element): readonly number[] {
  const hours = all(channel, "skiphours").flatMap((skip) => all(skip, "hour"));
  const numbers = hours
    .map((hour) => count(hour.content.trim()))
    .filter((hour) => hour !== null && hour <= 24);
  return [...new Set(numbers.map((hour) => (hour ?? 0) % 24))];
}

function skipDays(channel: Element): readonly number[] {
  const days = all(channel, "skipdays").flatMap((skip) => all(skip, "day"));
  const numbers = days.map((day) => WEEKDAYS.indexOf(day.content.trim().toLowerCase()));
  return [...new Set(numbers.filter((day) => day >= 0))];
}

function iconOf(channel: Element, rules: AddressRules): string | null {
  const images = all(channel, "image").map((image) => textOf(image, "url"));
  const podcast = all(channel, "itunes:image").map(
    (image) => image.attributes.get("href") ?? image.attributes.get("url") ?? null,
  );
  const written = [textOf(channel, "icon", "logo"), ...images, ...podcast].find((url) => url !== null);
  return addressIn(channel, written, rules);
}

function siteOf(channel: Element, rules: AddressRules): string | null {
  for (const link of all(channel, "link")) {
    const address = addressIn(link, link.content, rules);
    if (address !== null) return address;
  }
  return atomLink(channel, "alternate", rules) ?? addressIn(channel, channel.attributes.get("href"), rules);
}

/**
 * The page of older entries: named by a link (RFC 5005, 3 and 4) or, with WordPress, the same address with another
 * `paged` (https://developer.wordpress.org/reference/classes/wp_query/#pagination-parameters).
 */
function olderPage(channel: Element, url: string, rules: AddressRules): string | null {
  const named = atomLink(channel, "next", rules) ?? atomLink(channel, "prev-archive", rules);
  if (named !== null || !/^https?:\/\/wordpress\.(?:org|com)\//u.test(textOf(channel, "generator") ?? ""))
    return named;
  const page = new URL(url);
  page.searchParams.set("paged", String(Number(page.searchParams.get("paged") ?? 1) + 1));
  return page.href;
}

/** Atom's feed may name an author for all entries that name none (RFC 4287, 4.2.1). */
function withAuthor(entry: ParsedEntry, author: string | null): ParsedEntry {
  return entry.author === null && author !== null ? { ...entry, author } : entry;
}

/** RSS means relative links against its site's address, Atom against xml:base or the feed's own. */
function entriesOf(
  feed: XmlFeed,
  url: string,
  siteUrl: string | null,
  limits: Limits,
): readonly ParsedEntry[] {
  const author = feed.kind === "atom" ? authorOf(feed.channel) : null;
  const base = feed.kind === "rss" ? (siteUrl ?? url) : url;
  return feed.entries.map((element) => withAuthor(entryOf(element, feed.kind, base, limits), author));
}

/** What RSS of any version, Atom or CDF (W3C NOTE-CDFsubmit) says, as data. `feed` is what `readFeedXml` read from `url`. */
export function feedOf(feed: XmlFeed, url: string, limits: Limits): ParsedFeed {
  const { channel } = feed;
  const kind: FeedKind = feed.kind;
  const rules = { from: url, longest: limits.urlLength };
  const siteUrl = siteOf(channel, rules);
  return {
    title: firstLine(channel, kind, limits.titleLength, ["title", "dc:title", "itunes:title"]),
    siteUrl,
    selfUrl: atomLink(channel, "self", rules),
    hubUrl: atomLink(channel, "hub", rules),
    language: languageTag(textOf(channel, "language", "dc:language")) ?? languageTag(feed.language),
    iconUrl: iconOf(channel, rules),
    updateInterval: updateInterval(channel),
    skipHours: skipHours(channel),
    skipDays: skipDays(channel),
    olderUrl: olderPage(channel, url, rules),
    entries: entriesOf(feed, url, siteUrl, limits),
    truncated: feed.truncated,
  };
}
