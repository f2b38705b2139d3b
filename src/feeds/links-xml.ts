import { webUrl } from "../lib/address.ts";
import { decodeReferences } from "./references.ts";
import type { Element } from "./xml.ts";

/** The children of that name, in the order of the document. */
export const all = (element: Element, name: string): readonly Element[] => element.named.get(name) ?? NONE;
const NONE: readonly Element[] = [];

/** How addresses are read: what relative ones start from where no element says it, and how long they may be. */
export type AddressRules = { readonly from: string; readonly longest: number };

/** The absolute http(s) address that an element means. */
export const addressIn = (
  { base }: Element,
  text: string | null | undefined,
  { from, longest }: AddressRules,
): string | null => addressOf(text, base ?? from, longest);

/** The absolute http(s) address, at most `max` characters long; null for anything else. */
export function addressOf(text: string | null | undefined, base: string, max: number): string | null {
  if (text === null || text === undefined) return null;
  const bare = text.slice(0, max * 4).trim();
  if (bare === "") return null;
  const href = webUrl(bare.includes("&") ? decodeReferences(bare) : bare, base)?.href ?? null;
  return href !== null && href.length <= max ? href : null;
}

/** A link without a relation is the alternate (RFC 4287, 4.2.7.2). */
const relationOf = (link: Element): string => (link.attributes.get("rel") ?? "alternate").toLowerCase();

/** Of both names, in the order of the document. */
function linksOf(element: Element): readonly Element[] {
  const own = all(element, "link");
  const prefixed = all(element, "atom:link");
  if (own.length === 0 || prefixed.length === 0) return own.length === 0 ? prefixed : own;
  return element.children.filter(({ name }) => name === "link" || name === "atom:link");
}

/** Atom's links by their relation. */
export function atomLink(element: Element, relation: string, rules: AddressRules): string | null {
  const links = linksOf(element).filter((link) => link.attributes.has("href"));
  const ofRelation = links.filter((link) => relationOf(link) === relation);
  const html = ofRelation.find((link) => /html/iu.test(link.attributes.get("type") ?? "html"));
  const chosen = html ?? ofRelation[0];
  return chosen ? addressIn(chosen, chosen.attributes.get("href"), rules) : null;
}

/** The first address written as text; a link that says to be for something else (`rel`) is passed over. */
function firstAddress(element: Element, name: string, rules: AddressRules): string | null {
  for (const child of all(element, name)) {
    if (relationOf(child) !== "alternate") continue;
    const address = addressIn(child, child.content, rules);
    if (address !== null) return address;
  }
  return null;
}

/** A guid is a link unless it says that it is none; only a whole address is believed. */
function permaLink(element: Element, rules: AddressRules): string | null {
  const guid = all(element, "guid").find(
    (child) => child.attributes.get("ispermalink")?.toLowerCase() !== "false",
  );
  return guid && webUrl(guid.content.trim()) ? addressIn(guid, guid.content, rules) : null;
}

/** Where the article stands: FeedBurner's original before its redirect, the link, a guid that is one, CDF's attribute. */
export function linkOf(element: Element, rules: AddressRules): string | null {
  const about = element.attributes.get("rdf:about");
  return (
    firstAddress(element, "feedburner:origlink", rules) ??
    firstAddress(element, "link", rules) ??
    atomLink(element, "alternate", rules) ??
    permaLink(element, rules) ??
    (about !== undefined && webUrl(about) ? addressIn(element, about, rules) : null) ??
    addressIn(element, element.attributes.get("href"), rules)
  );
}
