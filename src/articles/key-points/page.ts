import type { DefaultTreeAdapterTypes as Tree } from "parse5";
import { normaliseSpace } from "../../lib/text.ts";
import { parseBounded } from "./bounded.ts";
import { attribute, readHead, readTypes } from "./claims.ts";

/** A block-level element: where it stands and what its attributes say of it. */
export type Box = {
  readonly index: number;
  readonly parent: Box | null;
  readonly tag: string;
  /** The words of class, id, role, data-component and aria-label, in lower case. */
  readonly words: ReadonlySet<string>;
  /** What aria-label calls it; empty when nothing. */
  readonly name: string;
  /** tag and class as written: siblings that share it repeat one form. */
  readonly form: string;
  /** The blocks inside: from `start` up to, without, `end`. */
  readonly start: number;
  end: number;
  /** How many images stand inside. */
  images: number;
  /** The nearest list and list item around, itself included. */
  list: Box | null;
  item: Box | null;
};

/** A run of text that a browser would set on lines of its own. */
export type Block = {
  readonly index: number;
  readonly box: Box;
  /** 1 to 6 for a heading, 0 for everything else. */
  readonly level: number;
  readonly caption: boolean;
  /** White space normalised. */
  readonly text: string;
  /** The text, divided at `<br>`. */
  readonly lines: readonly string[];
  /** Characters inside links, inside links to a place on the same page, and in bold. */
  readonly linked: number;
  readonly anchored: number;
  readonly bold: number;
  /** The bold text that the block opens with. */
  readonly lead: string;
};

export type Page = {
  readonly boxes: readonly Box[];
  readonly blocks: readonly Block[];
  /** What the document calls itself: `<title>` and `og:title`. */
  readonly titles: readonly string[];
  /** The schema.org types that it claims, in JSON-LD or microdata. */
  readonly types: ReadonlySet<string>;
  /** A limit was met; the page is what came before it. */
  readonly cut: boolean;
};

const INLINE = new Set(
  "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q rb rp rt ruby s samp small span strike strong sub sup time tt u var wbr".split(
    " ",
  ),
);
const SKIPPED = new Set(
  "script style noscript template svg math iframe head select textarea object canvas audio video".split(" "),
);
const BOLD = new Set(["b", "strong"]);

type Step = { readonly nodes: readonly Tree.ChildNode[]; at: number; readonly leave: () => void };

/** The state of the walk: the block that is being gathered, and the inline elements that are open. */
type Gathering = {
  readonly url: string | null;
  readonly words: Map<string, ReadonlySet<string>>;
  readonly boxes: Box[];
  readonly blocks: Block[];
  readonly titles: string[];
  readonly types: Set<string>;
  images: number;
  box: Box;
  level: number;
  caption: number;
  links: number;
  anchors: number;
  bolds: number;
  text: string;
  linked: number;
  anchored: number;
  bold: number;
  lead: string;
  leading: boolean;
};

/** Stands for `<br>`: white space to everyone else, and in no document (U+000B is not allowed in HTML). */
const BREAK = "\v";

const linesOf = (text: string): readonly string[] =>
  text
    .split(BREAK)
    .map(normaliseSpace)
    .filter((line) => line !== "");

const NOTHING = (): void => undefined;

/** Reads a document, found at `url`, into blocks and boxes, in one pass that never recurses. */
export function readPage(html: string, url: string | null): Page {
  const { document, cut } = parseBounded(html);
  const root: Box = {
    index: 0,
    parent: null,
    tag: "",
    words: new Set(),
    name: "",
    form: "",
    start: 0,
    end: 0,
    images: 0,
    list: null,
    item: null,
  };
  const state: Gathering = {
    url: url?.replace(/#.*$/u, "") ?? null,
    words: new Map(),
    boxes: [root],
    blocks: [],
    titles: [],
    types: new Set(),
    images: 0,
    box: root,
    level: 0,
    caption: 0,
    links: 0,
    anchors: 0,
    bolds: 0,
    text: "",
    linked: 0,
    anchored: 0,
    bold: 0,
    lead: "",
    leading: true,
  };
  walk(document, state);
  closeBlock(state);
  root.end = state.blocks.length;
  return { boxes: state.boxes, blocks: state.blocks, titles: state.titles, types: state.types, cut };
}

function walk(document: Tree.Document, state: Gathering): void {
  const stack: Step[] = [{ nodes: document.childNodes, at: 0, leave: NOTHING }];
  for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
    const node = step.nodes[step.at++];
    if (node === undefined) {
      step.leave();
      stack.pop();
    } else if ("value" in node) addText(node.value, state);
    else if ("tagName" in node) {
      const leave = enter(node, state);
      if (leave !== null) stack.push({ nodes: childrenOf(node), at: 0, leave });
    }
  }
}

/** A browser shows what a declarative shadow root holds; other templates it does not. */
const isShadowRoot = (element: Tree.Element): boolean => attribute(element, "shadowrootmode") !== undefined;

const childrenOf = (element: Tree.Element): readonly Tree.ChildNode[] =>
  "content" in element ? (element as Tree.Template).content.childNodes : element.childNodes;

/** Opens an element; what it returns closes it. Null: its content is not text of the page. */
function enter(element: Tree.Element, state: Gathering): (() => void) | null {
  const tag = element.tagName;
  if (tag === "head") readHead(element, state);
  if (tag === "script") readTypes(element, state);
  if (SKIPPED.has(tag) && !(tag === "template" && isShadowRoot(element))) return null;
  if (tag === "img") state.images++;
  if (tag === "br") {
    state.text += BREAK;
    return null;
  }
  return INLINE.has(tag) ? enterInline(element, state) : enterBox(element, state);
}

function enterInline(element: Tree.Element, state: Gathering): () => void {
  if (element.tagName === "a") {
    const anchor = leadsWithin(attribute(element, "href") ?? "", state.url) ? 1 : 0;
    state.links++;
    state.anchors += anchor;
    return () => {
      state.links--;
      state.anchors -= anchor;
    };
  }
  if (!BOLD.has(element.tagName)) return NOTHING;
  state.bolds++;
  return () => void state.bolds--;
}

const leadsWithin = (href: string, url: string | null): boolean =>
  href.startsWith("#") || (url !== null && href.startsWith(`${url}#`));

function enterBox(element: Tree.Element, state: Gathering): () => void {
  closeBlock(state);
  const outer = state.box;
  const before = { level: state.level, caption: state.caption, images: state.images };
  state.box = openBox(element, outer, state);
  state.level = headingLevel(element) ?? state.level;
  if (element.tagName === "figcaption" || element.tagName === "caption") state.caption++;
  return () => {
    closeBlock(state);
    state.box.end = state.blocks.length;
    state.box.images = state.images - before.images;
    state.box = outer;
    state.level = before.level;
    state.caption = before.caption;
  };
}

function openBox(element: Tree.Element, parent: Box, state: Gathering): Box {
  const tag = element.tagName;
  const itemtype = attribute(element, "itemtype");
  if (itemtype !== undefined) state.types.add(itemtype.slice(itemtype.lastIndexOf("/") + 1));
  const classes = attribute(element, "class")?.slice(0, 300) ?? "";
  const names = element.attrs
    .filter(({ name }) => TELLING.has(name))
    .map(({ value }) => value.slice(0, 300))
    .join(" ");
  const words = names === "" ? NO_WORDS : wordsIn(names, state.words);
  const box: Box = {
    index: state.boxes.length,
    parent,
    tag,
    words,
    name: attribute(element, "aria-label")?.slice(0, 100) ?? "",
    form: `${tag}.${classes}`,
    start: state.blocks.length,
    end: state.blocks.length,
    images: 0,
    list: parent.list,
    item: parent.item,
  };
  if (tag === "ul" || tag === "ol" || attribute(element, "role") === "list") {
    box.list = box;
    box.item = null;
  } else if (tag === "li" || attribute(element, "role") === "listitem") box.item = box;
  state.boxes.push(box);
  return box;
}

/** The attributes whose words say what a box is for. */
const TELLING = new Set([
  "class",
  "id",
  "role",
  "aria-label",
  "data-component",
  "data-testid",
  "data-type",
  "itemprop",
]);

const NO_WORDS: ReadonlySet<string> = new Set();

/** "storyHighlights__list" -> story, highlights, list; names repeat, so what was read is remembered. */
function wordsIn(names: string, known: Map<string, ReadonlySet<string>>): ReadonlySet<string> {
  const earlier = known.get(names);
  if (earlier !== undefined) return earlier;
  const words = names
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .match(/[\p{L}\p{N}]{2,}/gu);
  const found: ReadonlySet<string> = new Set(words);
  known.set(names, found);
  return found;
}

function headingLevel(element: Tree.Element): number | null {
  if (/^h[1-6]$/u.test(element.tagName)) return Number(element.tagName.slice(1));
  if (element.tagName === "summary" || element.tagName === "legend") return 6;
  if (attribute(element, "role") !== "heading") return null;
  const level = Number(attribute(element, "aria-level") ?? 4);
  return level >= 1 && level <= 6 ? level : 6;
}

function addText(value: string, state: Gathering): void {
  state.text += value;
  const length = value.trim().length;
  if (length === 0) return;
  if (state.links > 0) state.linked += length;
  if (state.anchors > 0) state.anchored += length;
  if (state.bolds > 0) {
    state.bold += length;
    if (state.leading) state.lead += value;
  } else state.leading = false;
}

function closeBlock(state: Gathering): void {
  if (state.text !== "") {
    const text = normaliseSpace(state.text);
    if (text !== "") state.blocks.push(blockOf(text, state));
  }
  state.text = "";
  state.lead = "";
  state.leading = true;
  state.linked = state.anchored = state.bold = 0;
}

const blockOf = (text: string, state: Gathering): Block => ({
  index: state.blocks.length,
  box: state.box,
  level: state.level,
  caption: state.caption > 0,
  text,
  lines: state.text.includes(BREAK) ? linesOf(state.text) : [text],
  linked: state.linked,
  anchored: state.anchored,
  bold: state.bold,
  lead: normaliseSpace(state.lead),
});
