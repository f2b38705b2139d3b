import type { LinkedHub } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";

/** More of the header is not read. */
const LONGEST = 4_096;

/** `rel` may name several relations; of a parameter that comes twice the first counts (RFC 8288, 3.3). */
type Link = { readonly url: string; readonly relations: readonly string[] };

/** Where a link's value ends: at a comma that is in no quotes. */
function endOf(header: string, from: number): number {
  let quoted = false;
  for (let at = from; at < header.length; at++) {
    if (quoted && header[at] === "\\") at++;
    else if (header[at] === '"') quoted = !quoted;
    else if (header[at] === "," && !quoted) return at;
  }
  return header.length;
}

/** The value of each parameter, without its quotes; names in lower case. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const pattern = /;\s*([^\s=;"]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?/gu;
  for (const [, name = "", quoted, bare] of text.matchAll(pattern))
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), quoted ?? bare ?? "");
  return parameters;
}

/** The links of a `Link` header that are about the document itself (RFC 8288, 3), absolute, no fragment. */
function linksOf(text: string, url: string, max: number): readonly Link[] {
  const header = text.slice(0, LONGEST);
  const links: Link[] = [];
  for (let at = header.indexOf("<"); at >= 0; at = header.indexOf("<", at)) {
    const end = header.indexOf(">", at);
    if (end < 0) break;
    const next = endOf(header, end + 1);
    // Header bytes come as latin1; those that are not ASCII were meant as UTF-8.
    const target = webUrl(Buffer.from(header.slice(at + 1, end), "latin1").toString("utf8"), url);
    const parameters = parametersOf(header.slice(end + 1, next));
    if (target !== null) target.hash = "";
    if (target !== null && target.href.length <= max && !parameters.has("anchor"))
      links.push({ url: target.href, relations: (parameters.get("rel") ?? "").toLowerCase().split(/\s+/u) });
    at = next;
  }
  return links;
}

/**
 * The hub and the feed's own address that a `Link` header names (W3C WebSub, 3). Of several hubs one with https is
 * taken, else the first. `max` bounds an address. Never throws.
 */
export function linkedHub(header: string, url: string, max: number): LinkedHub {
  const links = header === "" ? [] : linksOf(header, url, max);
  const named = (relation: string) => links.filter(({ relations }) => relations.includes(relation));
  const hubs = named("hub");
  return {
    hubUrl: (hubs.find((hub) => hub.url.startsWith("https:")) ?? hubs[0])?.url ?? null,
    selfUrl: named("self")[0]?.url ?? null,
  };
}
