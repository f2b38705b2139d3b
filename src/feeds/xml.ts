import { webUrl } from "../lib/address.ts";
import { canonicalName, scopeWithin } from "./names.ts";
import type { Scope } from "./names.ts";
import { type Attributes, scanXml } from "./scan-xml.ts";

/** An element of a feed under its canonical name: Atom's own elements bear no prefix in an Atom feed. */
export type Element = {
  readonly name: string;
  readonly attributes: Attributes;
  /** Empty where text or markup is expected: what stands inside is in `content` then. */
  readonly children: readonly Element[];
  /** The children by their names, in the order of the document. */
  readonly named: ReadonlyMap<string, readonly Element[]>;
  /** All that stands inside: its text decoded once or, when it holds tags, its markup as it is written. */
  readonly content: string;
  /** `content` is markup that the document left unescaped (XHTML, or HTML by mistake). */
  readonly markup: boolean;
  /** What relative addresses inside it start from (xml:base); null: nothing is said. */
  readonly base: string | null;
};

export type FeedKind = "rss" | "atom";

export type XmlFeed = {
  readonly kind: FeedKind;
  /** The channel or feed with all its children but the entries; RSS 1.0's root stands in when there is no channel. */
  readonly channel: Element;
  readonly entries: readonly Element[];
  /** xml:lang of the root or the channel. */
  readonly language: string | null;
  readonly truncated: boolean;
};

export type XmlResult =
  | { readonly kind: "feed"; readonly feed: XmlFeed }
  /** No element of a feed; the first element, null when there is none. */
  | { readonly kind: "other"; readonly root: string | null };

const MAX_DEPTH = 200;
/** Of one element; every form of entry has a few dozen. */
const MAX_CHILDREN = 500;
/** That are kept in mind; no feed has more that are of use. */
const MAX_NAMES = 200;

const ROOTS: ReadonlyMap<string, FeedKind> = new Map([
  ["rss", "rss"],
  ["rdf:rdf", "rss"],
  ["channel", "rss"],
  ["feed", "atom"],
  ["atom:feed", "atom"],
]);
const ENTRIES = new Set(["item", "entry"]);
/** What lists entries: the roots and, in RSS 1.1, an element of its own. */
const LISTS = new Set([...ROOTS.keys(), "items"]);

/** What may have children of interest; inside everything else tags are text. */
const CONTAINERS = new Set([
  ...LISTS,
  ...ENTRIES,
  "author",
  "contributor",
  "source",
  "image",
  "skiphours",
  "skipdays",
  "media:group",
  "media:content",
  "itunes:owner",
  "itunes:category",
]);
/** An `<item>` right inside one of these means that its closing tag and the item's were forgotten. */
const TEXTS = new Set(["title", "link", "description", "guid", "pubdate", "author", "category", "comments"]);
/** HTML that never closes and that no feed format uses as a name of its own. */
const VOID = new Set(["br", "hr", "img", "input", "wbr", "embed", "col", "area", "meta"]);

/** An element whose closing tag was not read yet: `content` is its text, `start` where that begins. */
type Building = Pick<Element, "name" | "attributes" | "base"> & {
  children: Element[];
  named: Element["named"];
  content: string;
  markup: boolean;
  readonly start: number;
};
/** Most elements have none: the first child makes a list of its own. */
const NO_CHILDREN: Element[] = [];
Object.freeze(NO_CHILDREN);

type Open = {
  readonly tag: string;
  readonly scope: Scope | null;
  /** Null inside text, where only the tag is remembered. */
  readonly element: Building | null;
};

type Reading = {
  readonly source: string;
  readonly url: string;
  readonly maxEntries: number;
  readonly stack: Open[];
  /** Names of the innermost scope, which is mostly the root's. */
  names: { readonly scope: Scope | null; readonly known: Map<string, string> };
  readonly entries: Element[];
  kind: FeedKind | null;
  root: string | null;
  channel: Building | null;
  language: string | null;
  /** Elements below the depth that is kept, whose closing tags are still to come. */
  tooDeep: number;
  broken: boolean;
  done: boolean;
};

/** The first tag of a feed decides what the document is. A page may quote a feed, so HTML is not searched for one. */
function readRoot(reading: Reading, tag: string, attributes: Attributes): void {
  reading.root ??= tag;
  reading.kind = ROOTS.get(canonicalName(tag, scopeWithin(attributes, null))) ?? null;
  if (reading.kind === null && tag === "html") reading.done = true;
}

function nameOf(reading: Reading, tag: string, scope: Scope | null): string {
  if (reading.names.scope !== scope) reading.names = { scope, known: new Map() };
  const { known } = reading.names;
  const seen = known.get(tag);
  if (seen !== undefined) return seen;
  const name = canonicalName(tag, scope);
  const bare = reading.kind === "atom" && name.startsWith("atom:") ? name.slice(5) : name;
  if (known.size < MAX_NAMES) known.set(tag, bare);
  return bare;
}

function begin(
  { url }: Reading,
  name: string,
  attributes: Attributes,
  outerBase: string | null,
  start: number,
): Building {
  const base = attributes.get("xml:base");
  return {
    name,
    attributes,
    children: NO_CHILDREN,
    named: NONE,
    content: "",
    markup: false,
    base: base === undefined ? outerBase : (webUrl(base, outerBase ?? url)?.href ?? outerBase),
    start,
  };
}

const unwrapCdata = (markup: string): string => markup.replaceAll("<![CDATA[", "").replaceAll("]]>", "");

function finish({ source }: Reading, element: Building, end: number): Element {
  if (element.markup) element.content = unwrapCdata(source.slice(element.start, end));
  element.named = byName(element.children);
  return element;
}

const NONE: ReadonlyMap<string, readonly Element[]> = new Map();

function byName(children: readonly Element[]): ReadonlyMap<string, readonly Element[]> {
  if (children.length === 0) return NONE;
  const named = new Map<string, Element[]>();
  for (const child of children) {
    const same = named.get(child.name);
    if (same === undefined) named.set(child.name, [child]);
    else same.push(child);
  }
  return named;
}

function pop(reading: Reading, end: number): void {
  const open = reading.stack.pop();
  if (open === undefined) return;
  const closed = open.element;
  const parent = reading.stack.at(-1)?.element;
  if (!closed || !parent || ROOTS.has(closed.name)) return;
  if (ENTRIES.has(closed.name) && LISTS.has(parent.name)) {
    reading.entries.push(finish(reading, closed, end));
    reading.done = reading.entries.length >= reading.maxEntries;
  } else if (parent.children.length === 0) {
    parent.children = [finish(reading, closed, end)];
  } else if (parent.children.length < MAX_CHILDREN) {
    parent.children.push(finish(reading, closed, end));
  }
}

/** Closes the element at that place of the stack and, in a malformed document, what is still open inside it. */
function popTo(reading: Reading, index: number, end: number): void {
  const inside = reading.stack.length > index + 1 ? reading.stack.slice(index + 1) : [];
  if (inside.some((open) => open.element !== null)) reading.broken = true;
  while (reading.stack.length > index) pop(reading, end);
}

/** `<item>` while another is open, with nothing of that one open but a text: it ended here, untold. */
function endForgottenEntry(reading: Reading, end: number): void {
  const index = reading.stack.findLastIndex(
    (open) => open.element !== null && ENTRIES.has(open.element.name),
  );
  if (index < 0) return;
  const inside = reading.stack.at(-1)?.element;
  const inText = index === reading.stack.length - 2 && TEXTS.has(inside?.name ?? "");
  if (index < reading.stack.length - 1 && !inText) return;
  reading.broken = true;
  popTo(reading, index, end);
}

function openElement(reading: Reading, tag: string, attributes: Attributes, start: number): void {
  const scope = scopeWithin(attributes, reading.stack.at(-1)?.scope ?? null);
  const name = nameOf(reading, tag, scope);
  const base = reading.stack.at(-1)?.element?.base ?? null;
  const element = begin(reading, name, attributes, base, start);
  if (ROOTS.has(name)) {
    if (reading.channel === null || name === "channel") reading.channel = element;
    reading.language = attributes.get("xml:lang") ?? reading.language;
  }
  reading.stack.push({ tag, scope, element });
}

/** A tag inside text: the text is markup, and its tags are followed only to find its end. */
function openInText(reading: Reading, tag: string): void {
  const outer = reading.stack.at(-1);
  if (outer?.element) outer.element.markup = true;
  if (!VOID.has(tag)) reading.stack.push({ tag, scope: outer?.scope ?? null, element: null });
}

function open(reading: Reading, tag: string, attributes: Attributes, start: number): void {
  if (reading.kind === null) readRoot(reading, tag, attributes);
  if (reading.kind === null) return;
  if (ENTRIES.has(tag)) endForgottenEntry(reading, reading.source.lastIndexOf("<", start - 1));
  if (reading.stack.length >= MAX_DEPTH) {
    reading.tooDeep++;
    return;
  }
  const outer = reading.stack.at(-1);
  const inText = outer !== undefined && !CONTAINERS.has(outer.element?.name ?? "");
  if (inText) openInText(reading, tag);
  else openElement(reading, tag, attributes, start);
}

function close(reading: Reading, tag: string, end: number): void {
  // Below the depth that is kept a closing tag may belong to anything; only a real element's is believed.
  const closes = (open: Open): boolean =>
    open.tag === tag && (reading.tooDeep === 0 || open.element !== null);
  // The stack is short: the search is cheap even where closing tags that close nothing are many.
  const index = reading.stack.findLastIndex(closes);
  if (index >= 0) {
    reading.tooDeep = 0;
    popTo(reading, index, end);
  } else if (reading.tooDeep > 0) {
    reading.tooDeep--;
  }
}

/**
 * Reads a feed's XML as it comes: names in any case, undeclared prefixes, tags left open or closed in the wrong order,
 * HTML where text should be, junk before the beginning. Each entry is a small tree of its own; one that was not closed
 * before the document broke off is left out. At most `maxEntries` are read, in time linear in the length; elements
 * nested deeper than 200 are text. A relative xml:base starts from `url`. Never throws.
 */
export function readFeedXml(source: string, url: string, maxEntries: number): XmlResult {
  const reading: Reading = {
    source,
    url,
    maxEntries,
    stack: [],
    names: { scope: null, known: new Map() },
    entries: [],
    kind: null,
    root: null,
    channel: null,
    language: null,
    tooDeep: 0,
    broken: false,
    done: false,
  };
  const handler = {
    open: (tag: string, attributes: Attributes, start: number) => open(reading, tag, attributes, start),
    close: (tag: string, end: number) => close(reading, tag, end),
    text: (text: string) => {
      const element = reading.stack.at(-1)?.element;
      if (element) element.content += text;
    },
  };
  scanXml(source, handler, () => reading.done);
  const { kind, channel, entries, language, root, broken, done, stack } = reading;
  if (kind === null || channel === null) return { kind: "other", root };
  const truncated = broken || (!done && stack.length > 0);
  // The channel's own text is of no interest: it is finished without an end.
  const head = finish(reading, channel, channel.start);
  return { kind: "feed", feed: { kind, channel: head, entries, language, truncated } };
}
