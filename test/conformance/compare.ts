import { parseFragment, serialize, type DefaultTreeAdapterTypes } from "parse5";
import type { Millis } from "../../src/domain/types.ts";
import { parseDate } from "../../src/feeds/dates.ts";
import type { Literal } from "./expectation.ts";

type Node = DefaultTreeAdapterTypes.ChildNode;

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();
const asHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const ADDRESSES = new Set(["href", "src", "cite", "xlink:href"]);

/** An address from where the case's file would have stood; what is no address stays as it is. */
const resolved = (address: string, base: string): string => URL.parse(address.trim(), base)?.href ?? address;

function tidy(nodes: readonly Node[], base: string): Node[] {
  return nodes.flatMap((node) => {
    if (node.nodeName === "#comment") return [];
    if (node.nodeName === "#text" && "value" in node) node.value = node.value.replaceAll(/\s+/gu, " ");
    if ("attrs" in node) {
      for (const attribute of node.attrs)
        if (ADDRESSES.has(attribute.name)) attribute.value = resolved(attribute.value, base);
      node.attrs = node.attrs.filter(({ prefix, name }) => prefix !== "xmlns" && !name.startsWith("xmlns"));
      node.attrs.sort((a, b) => (a.name < b.name ? -1 : 1));
      node.childNodes = tidy(node.childNodes, base);
    }
    return [node];
  });
}

/** HTML in one spelling: attributes in order and without namespaces, addresses whole, white space single, no comments, no `div` around it. */
function canonical(html: string, base: string): string {
  const fragment = parseFragment(html.trim());
  fragment.childNodes = tidy(fragment.childNodes, base);
  const text = serialize(fragment).replaceAll("&nbsp;", " ");
  return oneLine(text.replaceAll(/> /gu, ">").replaceAll(/ </gu, "<"))
    .replace(/^<div>(.*)<\/div>$/su, "$1")
    .trim();
}

const childrenOf = (node: Node): readonly Node[] => ("childNodes" in node ? node.childNodes : []);
const textWithin = (nodes: readonly Node[]): string =>
  nodes.map((node) => ("value" in node ? node.value : textWithin(childrenOf(node)))).join("");
const textOf = (html: string): string => oneLine(textWithin(parseFragment(html).childNodes));

/** HTML fields: the expectation may be HTML or the plain text that ours shows. Nothing is expected where it is empty. */
export function sameHtml(expected: Literal, html: string | null, base: string): boolean {
  if (typeof expected !== "string") return false;
  const ours = canonical(html ?? "", base);
  return ours === canonical(expected, base) || ours === canonical(asHtml(expected), base);
}

/** Titles and names, which the product keeps as plain text: tags and references of the expectation count as read. */
export function sameLine(expected: Literal, line: string | null): boolean {
  if (typeof expected !== "string") return expected === null && line === null;
  const ours = oneLine(line ?? "");
  return ours === oneLine(expected) || ours === textOf(expected);
}

/** Addresses, resolved on both sides. */
export function sameAddress(expected: Literal, address: string | null, base: string): boolean {
  return (
    typeof expected === "string" && address !== null && resolved(expected, base) === resolved(address, base)
  );
}

function timeOf(expected: Literal): Millis | null {
  if (Array.isArray(expected)) {
    const [year = 0, month = 1, ...rest] = expected.map(Number);
    return Date.UTC(year, month - 1, rest[0], rest[1], rest[2], rest[3]);
  }
  if (typeof expected !== "string") return null;
  const time = Date.parse(expected);
  return Number.isNaN(time) ? parseDate(expected) : time;
}

/** Dates, as text or as Python's tuple; to the second. */
export function sameTime(expected: Literal, time: Millis | null): boolean {
  const wanted = timeOf(expected);
  return wanted === null
    ? time === null
    : time !== null && Math.trunc(time / 1000) === Math.trunc(wanted / 1000);
}

/** A person: the product keeps names, not mail addresses, so `Name (mail)` is met by the name. */
export function samePerson(expected: Literal, name: string | null): boolean {
  if (sameLine(expected, name)) return true;
  const bare = typeof expected === "string" ? /^(.+?) \(\S+@\S+\)$/u.exec(expected)?.[1] : undefined;
  return bare !== undefined && sameLine(bare, name);
}
