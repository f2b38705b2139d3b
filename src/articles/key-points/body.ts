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
  readonly vocabulary: (skipFrom: number, skipTo: number) => ReadonlySet<string>;
};

const PARAGRAPH_WORDS = 14;

/** With fewer words in paragraphs nobody can tell which part of a page is the article. */
const LEAST_WORDS = 60;

/** Long enough, not made of links, and not in a part of the page that is not the article. */
const isParagraph = (block: Block, zones: readonly (Zone | null)[]): boolean =>
  block.level === 0 &&
  !block.caption &&
  !isBesideImage(block.box) &&
  block.text.length >= 30 &&
  block.linked < block.text.length / 2 &&
  block.box.item === null &&
  (zones[block.box.index] ?? null) === null &&
  wordCount(block.text) >= PARAGRAPH_WORDS;

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
    const counts = isParagraph(block, zones);
    if (counts) paragraphs.push(block);
    words[index + 1] = (words[index] ?? 0) + (counts ? wordCount(block.text) : 0);
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
    vocabulary: vocabularyOf(paragraphs),
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

/** The heading that says most of what the document's title says, the earlier of equals. */
function findTitle(page: Page, first: number): number {
  const wanted = page.titles.map((title) => new Set(fold(title).split(" ")));
  let best = -1;
  let bestScore = 0.3;
  for (const block of page.blocks) {
    if (block.level === 0 || block.level > 3 || block.text.length < 8) continue;
    const words = new Set(fold(block.text).split(" "));
    const overlap = Math.max(0, ...wanted.map((title) => (share(title, words) + share(words, title)) / 2));
    const score = overlap + (block.level === 1 ? 0.35 : 0) + (first < 0 || block.index <= first ? 0.35 : 0);
    if (score > bestScore + 0.01 && (overlap > 0.3 || block.level === 1)) {
      best = block.index;
      bestScore = score;
    }
  }
  return best;
}

/** The stems of all paragraphs but those between two block numbers. */
function vocabularyOf(paragraphs: readonly Block[]): Body["vocabulary"] {
  let known: { index: number; stems: Set<string> }[] | undefined;
  return (skipFrom, skipTo) => {
    known ??= paragraphs.map((block) => ({ index: block.index, stems: stems(block.text) }));
    const all = new Set<string>();
    for (const { index, stems } of known)
      if (index < skipFrom || index >= skipTo) for (const stem of stems) all.add(stem);
    return all;
  };
}
