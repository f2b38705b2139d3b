import type { DefaultTreeAdapterTypes as Tree } from "parse5";
import { normaliseSpace } from "../../lib/text.ts";

/** What a document says of itself: its titles, and the schema.org types it claims. */
export type Claims = { readonly titles: string[]; readonly types: Set<string> };

/** The value of an element's attribute, when it has it. */
export const attribute = (element: Tree.Element, name: string): string | undefined =>
  element.attrs.find((attr) => attr.name === name)?.value;

/** Takes titles and types from the document's head. */
export function readHead(head: Tree.Element, claims: Claims): void {
  for (const node of head.childNodes) {
    if (!("tagName" in node)) continue;
    if (node.tagName === "script") readTypes(node, claims);
    const first = node.childNodes[0];
    if (node.tagName === "title" && first !== undefined && "value" in first)
      claims.titles.push(normaliseSpace(first.value));
    if (node.tagName === "meta") readMeta(node, claims);
  }
}

/** The Open Graph calls it an article by its type, or by giving the time when it appeared (https://ogp.me/#type_article). */
function readMeta(meta: Tree.Element, claims: Claims): void {
  const property = attribute(meta, "property") ?? attribute(meta, "name");
  const content = attribute(meta, "content") ?? "";
  if (property === "og:title") claims.titles.push(normaliseSpace(content));
  if (property === "article:published_time" || (property === "og:type" && content === "article"))
    claims.types.add("Article");
}

/** "@type": "NewsArticle", or a list of them; anywhere in the data, whatever its shape. */
const JSON_LD_TYPES = /"@type"\s*:\s*(\[[^\]]{0,200}\]|"[^"]{1,60}")/gu;

/** Takes the types from a script of JSON-LD; other scripts say nothing. */
export function readTypes(script: Tree.Element, claims: Claims): void {
  if (attribute(script, "type") !== "application/ld+json") return;
  const first = script.childNodes[0];
  if (first === undefined || !("value" in first)) return;
  for (const [, types = ""] of first.value.matchAll(JSON_LD_TYPES))
    for (const type of types.match(/\w+/gu) ?? []) claims.types.add(type);
}
