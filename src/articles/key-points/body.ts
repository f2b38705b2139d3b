import type { Block, Box, Page } from "./page.ts";
import { fold, share, stems, wordCount } from "./words.ts";
import type { Zone } from "./zones.ts";

/** Where the article stands on its page. */
export type Body = {
  /** The headline's block; -1 when there is none. */
  readonly title: number;
  /** The smallest box that holds most of the paragraphs. */
  readonly text: Box;
  /** The smallest box that holds the paragraphs and the headline. */
  readonly article: Box;
  /** The first and last paragraph of the text, as block numbers; -1 when there is none. */
  readonly first: number;
  readonly last: number;
  /** Running count of words in paragraphs: `words[i]` stand before block i. */
  readonly words: Uint32Array;
  readonly total: number;
  /** Whether a paragraph outside of the blocks `from` up to `to` has this stem. */
  readonly speaksOf: (stem: string, from: number, to: number) => boolean;
};

const PARAGRAPH_WORDS = 14;

/** With fewer words in paragraphs nobody can tell which part of a page is the article. */
const LEAST_WORDS = 60;

/** Long enough, not made of links, and not in a part of the page that is not the article. */
const mayBeParagraph = (block: Block, zones: readonly (Zone | null)[]): boolean =>
  block.level === 0 &&
  !block.caption &&
  !isBesideImage(block.box) &&
  block.text.length >= 30 &&
  block.linked < block.text.length / 2 &&
  block.box.item === null &&
  (zones[block.box.index] ?? null) === null;

/** Nothing but an image and up to three lines around it: a caption, whatever its name. */
function isBesideImage(box: Box): boolean {
  let at: Box | null = box.tag === "p" ? box.parent : box;
  for (let up = 0; up < 3 && at !== null && at.end - at.start <= 3; up++, at = at.parent)
    if (at.images > 0) return true;
  return false;
}

/** Finds headline and text. In a fragment (a feed's content) everything is text. */
export function findBody(page: Page, zones: readonly (Zone | null)[], fragment: boolean): Body {
  const { blocks } = page;
  const root = page.boxes[0] as Box;
  const words = new Uint32Array(blocks.length + 1);
  const paragraphs: Block[] = [];
  for (const [index, block] of blocks.entries()) {
    const count = mayBeParagraph(block, zones) ? wordCount(block.text) : 0;
    const counts = count >= PARAGRAPH_WORDS;
    if (counts) paragraphs.push(block);
    words[index + 1] = (words[index] ?? 0) + (counts ? count : 0);
  }
  const total = words[blocks.length] ?? 0;
  const within = (box: Box): number => (words[box.end] ?? 0) - (words[box.start] ?? 0);
  const text =
    fragment || total < LEAST_WORDS
      ? root
      : smallestWith(root, page.boxes, (box) => within(box) >= total * 0.6);
  const inside = paragraphs.filter((block) => block.index >= text.start && block.index < text.end);
  const first = inside[isDek(inside) ? 1 : 0]?.index ?? -1;
  const title = fragment ? -1 : findTitle(page, first);
  const article =
    title < 0
      ? text
      : smallestWith(root, page.boxes, (box) => holds(box, text) && box.start <= title && box.end > title);
  return {
    title,
    text,
    article,
    first,
    last: inside.at(-1)?.index ?? -1,
    words,
    total,
    speaksOf: indexStems(paragraphs),
  };
}

const DEK = new Set(
  "dek deck standfirst intro einleitung lead lede excerpt subtitle subheadline subhead description teaser summary abstract chapo chapeau sottotitolo sommario entradilla bajada ingress manchet".split(
    " ",
  ),
);

/** The first paragraph stands for the article (bold, or named so, in itself or its box) and the text begins after it. */
function isDek([first, second]: readonly Block[]): boolean {
  if (first === undefined || second === undefined || first.box.form === second.box.form) return false;
  if (first.bold > first.text.length * 0.6 && second.bold < second.text.length * 0.6) return true;
  const parent = first.box.parent === second.box.parent ? null : first.box.parent;
  return [first.box, parent].some((box) => box !== null && [...box.words].some((word) => DEK.has(word)));
}

const holds = (outer: Box, inner: Box): boolean => outer.start <= inner.start && outer.end >= inner.end;

function smallestWith(root: Box, boxes: readonly Box[], test: (box: Box) => boolean): Box {
  let best = root;
  for (const box of boxes)
    if (box.end - box.start <= best.end - best.start && test(box) && box !== root) best = box;
  return best;
}

/** The heading that says most of what the document's title says; one before the text, if any does. */
function findTitle(page: Page, first: number): number {
  const headings = page.blocks.filter(({ level, text }) => level > 0 && level <= 3 && text.length >= 8);
  const before = headings.filter(({ index }) => first < 0 || index <= first);
  return best(before, page.titles) ?? best(headings, page.titles) ?? -1;
}

/** The block number of the best heading; an `h1` needs less likeness than others. */
function best(headings: readonly Block[], titles: readonly string[]): number | undefined {
  const wanted = titles.map((title) => new Set(fold(title).split(" ")));
  let found: number | undefined;
  let most = 0.3;
  for (const { index, level, text } of headings) {
    const words = new Set(fold(text).split(" "));
    const likeness = Math.max(0, ...wanted.map((title) => alike(title, words))) + (level === 1 ? 0.35 : 0);
    if (likeness <= most) continue;
    most = likeness;
    found = index;
  }
  return found;
}

/** Dice's measure of two sets: 1 when equal, 0 when apart. */
const alike = (one: ReadonlySet<string>, other: ReadonlySet<string>): number =>
  (2 * share(one, other) * one.size) / (one.size + other.size || 1);

/** Where each stem is said first and last: enough to know whether a paragraph elsewhere says it. */
function indexStems(paragraphs: readonly Block[]): Body["speaksOf"] {
  let known: Map<string, { readonly first: number; last: number }> | undefined;
  return (stem, from, to) => {
    known ??= stemsOf(paragraphs);
    const said = known.get(stem);
    return said !== undefined && (said.first < from || said.last >= to);
  };
}

function stemsOf(paragraphs: readonly Block[]): Map<string, { readonly first: number; last: number }> {
  const known = new Map<string, { readonly first: number; last: number }>();
  for (const { index, text } of paragraphs)
    for (const stem of stems(text)) {
      const said = known.get(stem);
      if (said === undefined) known.set(stem, { first: index, last: index });
      else said.last = index;
    }
  return known;
}
