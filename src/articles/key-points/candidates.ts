import { matchLabel, type LabelMatch } from "./labels.ts";
import type { Block, Box, Page } from "./page.ts";
import { namesKeyPoints } from "./zones.ts";

/** One entry of what may be a list of key points. */
export type Item = {
  readonly text: string;
  readonly length: number;
  readonly linked: number;
  readonly anchored: number;
};

export type Label = {
  readonly text: string;
  readonly match: LabelMatch;
  /** A heading or bold, not a plain sentence. */
  readonly marked: boolean;
};

/** Something that may be key points, before anyone judged it. */
export type Found = {
  readonly form: "list" | "boxes" | "lines" | "headlines";
  readonly items: readonly Item[];
  /** The blocks it takes up: from start up to, without, end. */
  readonly start: number;
  readonly end: number;
  readonly box: Box;
  readonly label: Label | null;
  /** The heading right above, when it is no label. */
  readonly heading: Block | null;
  /** The glyph of plain-text bullets. */
  readonly glyph: string | null;
};

const itemOf = (blocks: readonly Block[]): Item => ({
  text: withoutGlyph(blocks.map((block) => block.text).join(" ")),
  length: sum(blocks, (block) => block.text.length),
  linked: sum(blocks, (block) => block.linked),
  anchored: sum(blocks, (block) => block.anchored),
});

const withoutGlyph = (text: string): string => text.replace(/^[•●▪■◆►▸‣·]\s*/u, "");

const sum = (blocks: readonly Block[], measure: (block: Block) => number): number =>
  blocks.reduce((total, block) => total + measure(block), 0);

/** Everything on the page that has the form of key points, in the order of the page. */
export const findCandidates = (page: Page): readonly Found[] =>
  [...listsOf(page), ...labelledBoxes(page), ...textBullets(page), ...headlineLines(page)].sort(
    (one, other) => one.start - other.start,
  );

// ------------------------------------------------------------------ lists

function listsOf(page: Page): readonly Found[] {
  const items = new Map<Box, Map<Box, Block[]>>();
  for (const block of page.blocks) {
    if (block.caption) continue;
    const outer = block.box.list?.parent ?? null;
    addToItem(items, block.box, block);
    // What a list inside an item says belongs to that item too.
    if (outer !== null) addToItem(items, outer, block);
  }
  const found: Found[] = [];
  for (const [list, own] of items)
    if (own.size >= 2 && own.size <= 40)
      found.push({
        form: "list",
        items: [...own.values()].map(itemOf),
        start: list.start,
        end: list.end,
        box: list,
        glyph: null,
        ...above(page, list.start, list),
      });
  return found;
}

function addToItem(items: Map<Box, Map<Box, Block[]>>, { list, item }: Box, block: Block): void {
  if (list === null || item === null) return;
  const own = items.get(list) ?? new Map<Box, Block[]>();
  items.set(list, own);
  const blocks = own.get(item);
  if (blocks === undefined) own.set(item, [block]);
  else blocks.push(block);
}

// ----------------------------------------------------------------- labels

const FARTHEST = 6;

type Above = { readonly label: Label | null; readonly heading: Block | null };

/** The label or heading that stands over what begins at block `start`. */
export function above(page: Page, start: number, box: Box): Above {
  const own = ownName(box);
  if (own !== null) return { label: own, heading: null };
  let before = page.blocks[start - 1];
  for (let distance = 1; distance <= FARTHEST && before !== undefined; distance++) {
    const inOtherList =
      before.box.item !== null && before.box.item !== box.item && !holds(before.box.item, start);
    if (inOtherList) return NONE;
    const label = labelOf(before);
    if (label !== null && near(label, before, distance, box)) return { label, heading: null };
    if (before.level > 0) return { label: null, heading: distance <= 2 ? before : null };
    if (before.text.length > 220) return NONE;
    before = page.blocks[start - 1 - distance];
  }
  return NONE;
}

/** A label in aria-label, on the list or a small box around it. */
function ownName(box: Box): Label | null {
  let at: Box | null = box;
  for (let up = 0; up < 3 && at !== null; up++, at = at.parent) {
    const match =
      at.name === "" || at.end - at.start > (box.end - box.start) * 2 + 4 ? null : matchLabel(at.name);
    if (match?.whole === true) return { text: at.name, match, marked: true };
  }
  return null;
}

const NONE: Above = { label: null, heading: null };

const holds = (box: Box, at: number): boolean => box.start <= at && box.end > at;

/** A plain sentence must stand right before; a heading may have a line or two between; a box may have more. */
function near(label: Label, block: Block, distance: number, box: Box): boolean {
  if (distance === 1) return true;
  if (!label.marked) return sharedSmallBox(block, box, distance) && label.match.whole;
  return distance === 2 || sharedSmallBox(block, box, distance);
}

function sharedSmallBox(block: Block, box: Box, distance: number): boolean {
  let at: Box | null = box;
  for (let up = 0; at !== null && up < 5; up++, at = at.parent)
    if (holds(at, block.index)) return at.end - at.start <= (box.end - box.start) * 2 + distance + 6;
  return false;
}

const isBold = (block: Block): boolean => block.bold >= block.text.replaceAll(" ", "").length * 0.7;

/** The label that a block is, or opens with. */
export function labelOf(block: Block): Label | null {
  const marked = block.level > 0 || isBold(block);
  for (const text of [block.text, block.lead, block.lines[0] ?? ""]) {
    if (text === "") continue;
    const match = matchLabel(text);
    if (match === null) continue;
    if (marked || match.whole || text !== block.text || /[:：]$/u.test(text) || text.length < 50)
      return { text, match, marked: marked || text === block.lead };
  }
  return firstSentenceLabel(block);
}

/** "Report highlights. The average student pays ..." in bold. */
function firstSentenceLabel(block: Block): Label | null {
  if (block.lead === "") return null;
  const text = /^[^.:!?]{3,40}[.:]/u.exec(block.lead)?.[0];
  const match = text === undefined ? null : matchLabel(text);
  return text !== undefined && match?.whole === true ? { text, match, marked: true } : null;
}

// ------------------------------------------------- boxes without ul and li

const MOST_BOX_TEXT = 4_000;
const MOST_BOX_BLOCKS = 60;

function labelledBoxes(page: Page): readonly Found[] {
  const found: Found[] = [];
  for (const block of page.blocks) {
    if (block.box.item !== null || block.text.length > 100) continue;
    const label = labelOf(block);
    if (label === null || (!label.marked && !label.match.whole)) continue;
    const points = repeatedAfter(page, block);
    if (points !== null) found.push({ ...points, label, heading: null, glyph: null, form: "boxes" });
  }
  return found;
}

type Repeated = Pick<Found, "items" | "start" | "end" | "box">;

/** Climbs from the label to the first box that holds more; its repeated children after the label are the points. */
function repeatedAfter(page: Page, label: Block): Repeated | null {
  let box = label.box;
  while (box.end <= label.index + 1 && box.parent !== null) box = box.parent;
  for (let up = 0; up < 3; up++) {
    if (box.end - label.index > MOST_BOX_BLOCKS) return null;
    const inside = page.blocks.slice(label.index + 1, box.end);
    if (
      sum(inside, (block) => block.text.length) > MOST_BOX_TEXT ||
      inside.some((block) => block.box.list !== null)
    )
      return null;
    const rows = rowsIn(page, box, label.index + 1);
    if (rows !== null) return rows;
    if (box.parent === null) return null;
    box = box.parent;
  }
  return null;
}

/** Sibling boxes of one form, two to twelve, that hold all the text from `from` to the end of `box`. */
function rowsIn(page: Page, box: Box, from: number): Repeated | null {
  const families = new Map<string, Box[]>();
  for (let at = box.index + 1; at < page.boxes.length; at++) {
    const child = page.boxes[at];
    if (child === undefined || child.start >= box.end) break;
    if (child.start < from || child.end === child.start) continue;
    const key = `${child.parent?.index}/${child.form}`;
    families.set(key, [...(families.get(key) ?? []), child]);
  }
  let best: Box[] | null = null;
  for (const family of families.values())
    if (family.length >= 2 && family.length <= 12 && (best === null || spread(family) > spread(best)))
      best = family;
  if (best === null) return null;
  const items = best.map((row) => itemOf(page.blocks.slice(row.start, row.end)));
  const start = best[0]?.start ?? from;
  const end = best.at(-1)?.end ?? from;
  return box.end - end <= 2 && start - from <= 2 ? { items, start, end, box } : null;
}

const spread = (family: readonly Box[]): number =>
  family.reduce((total, row) => total + row.end - row.start, 0);

// ------------------------------------------------------ plain-text bullets

const BULLET =
  /^([•●▪■◆►▸▶‣·∙○◦➤➔→✓★☆♦◾]\ufe0f?\s*|[-–—*]\s+|\p{Extended_Pictographic}\ufe0f?\s+|[①-⑳]\s*|\(?\d{1,2}[.)]\s+)(?=\S)/u;

type Line = { readonly text: string; readonly block: Block; readonly alone: boolean };

/** Runs of two lines or more that open with the same kind of bullet; lines end at `<br>` or with their block. */
function textBullets(page: Page): readonly Found[] {
  const found: Found[] = [];
  let run: { readonly glyph: string; readonly lines: Line[]; readonly before: Line | undefined } | null =
    null;
  let previous: Line | undefined;
  const close = (): void => {
    if (run !== null && run.lines.length >= 2) found.push(bulletsOf(page, run.glyph, run.lines, run.before));
    run = null;
  };
  for (const block of page.blocks) {
    for (const text of block.lines) {
      const line = { text, block, alone: block.lines.length === 1 };
      const glyph = block.box.item === null || block.lines.length > 1 ? glyphOf(text) : null;
      if (glyph === null || (run !== null && run.glyph !== glyph)) close();
      if (glyph !== null) {
        run ??= { glyph, lines: [], before: previous };
        run.lines.push(line);
      }
      previous = line;
    }
  }
  close();
  return found;
}

function glyphOf(text: string): string | null {
  const mark = BULLET.exec(text)?.[1]?.trim();
  if (mark === undefined) return null;
  if (/[\d①-⑳]/u.test(mark)) return "1";
  return /\p{Extended_Pictographic}/u.test(mark) ? "emoji" : mark;
}

function bulletsOf(page: Page, glyph: string, lines: readonly Line[], before: Line | undefined): Found {
  const first = (lines[0] as Line).block;
  const last = (lines.at(-1) as Line).block;
  const items = lines.map(({ text, block }) => {
    const clean = text.replace(BULLET, "");
    const part = text.length / block.text.length;
    return {
      text: clean,
      length: clean.length,
      linked: block.linked * part,
      anchored: block.anchored * part,
    };
  });
  const inBlock = before !== undefined && before.block === first ? matchLabel(before.text) : null;
  const label: Above =
    inBlock !== null && before !== undefined
      ? { label: { text: before.text, match: inBlock, marked: true }, heading: null }
      : above(page, first.index, first.box);
  return { form: "lines", items, start: first.index, end: last.index + 1, box: first.box, glyph, ...label };
}

// ------------------------------------------------------ lines of a heading

/** Two to six short lines, divided by `<br>`, in a heading or a box named as a deck. */
function headlineLines(page: Page): readonly Found[] {
  return page.blocks
    .filter((block) => block.lines.length >= 2 && block.lines.length <= 6)
    .filter((block) => block.level >= 2 || namesDeck(block.box))
    .filter(({ lines }) =>
      lines.every((line, at) => line.length <= 160 && glyphOf(line) === null && opens(line, at, lines)),
    )
    .map((block) => ({
      form: "headlines" as const,
      items: block.lines.map((text) => ({ text, length: text.length, linked: 0, anchored: 0 })),
      start: block.index,
      end: block.index + 1,
      box: block.box,
      label: null,
      heading: null,
      glyph: null,
    }));
}

/** A line of its own, not one that the designer broke: the one before has ended, or a new one visibly begins. */
const opens = (line: string, at: number, lines: readonly string[]): boolean =>
  at === 0 ? true : !/^\p{Ll}/u.test(line) && !/[,;:–—-]$/u.test(lines[at - 1] ?? "");

const DECK = new Set(
  "sub subtitle subhead subheadline subheading deck dek standfirst lead summary tit".split(" "),
);

function namesDeck(box: Box): boolean {
  if (namesKeyPoints(box) > 0) return true;
  for (const word of box.words) if (DECK.has(word)) return true;
  return false;
}
