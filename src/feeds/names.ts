import type { Attributes } from "./scan-xml.ts";

/** Namespaces by address without scheme, `www.` and final slash, all in lower case; the empty name is RSS's own. */
const BY_ADDRESS: ReadonlyMap<string, string> = new Map([
  ["purl.org/rss/1.0", ""],
  ["my.netscape.com/rdf/simple/0.9", ""],
  ["channel.netscape.com/rdf/simple/0.9", ""],
  ["backend.userland.com/rss", ""],
  ["backend.userland.com/rss2", ""],
  ["backend.userland.com/rss091", ""],
  ["blogs.law.harvard.edu/tech/rss", ""],
  ["purl.org/net/rss1.1#", ""],
  ["w3.org/2005/atom", "atom"],
  ["purl.org/atom/ns#", "atom"],
  ["w3.org/1999/02/22-rdf-syntax-ns#", "rdf"],
  ["w3.org/1999/xhtml", "xhtml"],
  ["w3.org/xml/1998/namespace", "xml"],
  ["purl.org/dc/elements/1.1", "dc"],
  ["purl.org/dc/elements/1.0", "dc"],
  ["purl.org/dc/terms", "dcterms"],
  ["purl.org/rss/1.0/modules/content", "content"],
  ["purl.org/rss/1.0/modules/syndication", "sy"],
  ["search.yahoo.com/mrss", "media"],
  ["video.search.yahoo.com/mrss", "media"],
  ["itunes.com/dtds/podcast-1.0.dtd", "itunes"],
  ["itunes.com/dtds/podcast-1.0", "itunes"],
  ["rssnamespace.org/feedburner/ext/1.0", "feedburner"],
]);

/** Prefixes that mean the same everywhere, for documents that forgot to declare them or did so with a typing error. */
const COMMON = new Map(
  ["atom", "rdf", "xhtml", "xml", "dc", "dcterms", "content", "sy", "media", "itunes", "feedburner"].map(
    (prefix) => [prefix, prefix] as const,
  ),
).set("a10", "atom");

/** The declarations in force at an element, innermost first. */
export type Scope = {
  readonly declared: ReadonlyMap<string, string>;
  readonly outer: Scope | null;
  readonly depth: number;
};

/** Deeper declarations are not heeded: a chain that every name climbs must stay short. */
const MAX_SCOPES = 16;

const bareAddress = (address: string): string =>
  address
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//u, "")
    .replace(/^www\./u, "")
    .replace(/\/$/u, "");

/** The scope inside an element: the same one where it declares nothing. */
export function scopeWithin(attributes: Attributes, outer: Scope | null): Scope | null {
  if (attributes.size === 0 || (outer !== null && outer.depth >= MAX_SCOPES)) return outer;
  const declared = new Map<string, string>();
  for (const [name, value] of attributes) {
    if (name === "xmlns") declared.set("", bareAddress(value));
    else if (name.startsWith("xmlns:")) declared.set(name.slice(6), bareAddress(value));
  }
  return declared.size === 0 ? outer : { declared, outer, depth: (outer?.depth ?? 0) + 1 };
}

function addressOf(prefix: string, scope: Scope | null): string | null {
  for (let at = scope; at !== null; at = at.outer) {
    const address = at.declared.get(prefix);
    if (address !== undefined) return address;
  }
  return null;
}

/**
 * One spelling for each name, whatever prefix the document chose: `dc:creator`, `media:content`, and `title` without
 * a prefix for RSS's own. A prefix counts by the address it is bound to, else by its common meaning, else as it is.
 */
export function canonicalName(name: string, scope: Scope | null): string {
  const colon = name.indexOf(":");
  const prefix = colon < 0 ? "" : name.slice(0, colon);
  const local = name.slice(colon + 1);
  const space = BY_ADDRESS.get(addressOf(prefix, scope) ?? "") ?? COMMON.get(prefix) ?? prefix;
  return space === "" ? local : `${space}:${local}`;
}
