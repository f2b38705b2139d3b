import { webUrl } from "../lib/address.ts";
import { readTags } from "./markup.ts";
import type { Attributes } from "./scan-xml.ts";
import { plainLine } from "./plain.ts";

export type FoundFeed = { readonly url: string; readonly title: string | null };

const TYPE =
  /^(?:application\/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json|xml|json)|text\/(?:xml|rss|atom)|text\/rss\+xml)/iu;
const COMMENTS = /comment|kommentar|coment[aá]rio|commentaire|\/replies/iu;
const MAX_LINKS = 20;
const MAX_TITLE = 200;

/** WordPress also names its JSON interfaces as alternates: JSON counts only where it calls itself a feed. */
function isFeedLink(attributes: Attributes): boolean {
  const relations = (attributes.get("rel") ?? "").toLowerCase().split(/\s+/u);
  const type = attributes.get("type")?.trim() ?? "";
  const href = attributes.get("href") ?? "";
  if (!relations.includes("alternate") && !relations.includes("feed")) return false;
  if (!TYPE.test(type) || /oembed/iu.test(type)) return false;
  const isPlainJson = /^application\/json/iu.test(type);
  return (
    !isPlainJson || (/feed/iu.test(`${href} ${attributes.get("title") ?? ""}`) && !href.includes("wp-json"))
  );
}

/**
 * The feeds that a page names in its `<link rel="alternate">`, absolute, each once, in its order but those of comments
 * last. A `<base>` is heeded. Never throws; at most 20.
 */
export function feedLinks(html: string, url: string): readonly FoundFeed[] {
  let base: string | null = null;
  const links: Attributes[] = [];
  readTags(
    html,
    (name, attributes) => {
      if (name === "base") base ??= attributes.get("href") ?? null;
      if (name === "link" && isFeedLink(attributes)) links.push(attributes);
    },
    () => links.length >= MAX_LINKS,
  );
  const from = (base === null ? null : webUrl(base, url)?.href) ?? url;
  const found = new Map<string, FoundFeed>();
  for (const link of links) {
    const address = webUrl(link.get("href") ?? "", from)?.href;
    const title = plainLine(link.get("title") ?? "", "text", MAX_TITLE);
    if (address !== undefined && !found.has(address)) {
      found.set(address, { url: address, title: title === "" ? null : title });
    }
  }
  const isComments = (feed: FoundFeed): boolean =>
    COMMENTS.test(`${new URL(feed.url).pathname} ${feed.title ?? ""}`);
  const feeds = [...found.values()];
  return [...feeds.filter((feed) => !isComments(feed)), ...feeds.filter(isComments)];
}
