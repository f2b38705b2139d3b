import { matchLabel, type LabelMatch } from "./match-label.ts";
import type { Block, Box, Page } from "./page.ts";

export type Label = {
  readonly text: string;
  readonly match: LabelMatch;
  /** A heading or bold, not a plain sentence. */
  readonly marked: boolean;
};

const FARTHEST = 6;

/** What stands over a list: a label, or else a heading. */
export type Above = { readonly label: Label | null; readonly heading: Block | null };

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

const isBold = (block: Block): boolean => block.bold >= block.text.length * 0.6;

const known = new WeakMap<Block, Label | null>();

/** The label that a block is, or opens with; looked up once for each block. */
export function labelOf(block: Block): Label | null {
  let label = known.get(block);
  if (label === undefined) known.set(block, (label = readLabel(block)));
  return label;
}

function readLabel(block: Block): Label | null {
  const marked = block.level > 0 || isBold(block);
  const texts = [block.text, block.lead, block.lines[0] ?? ""];
  for (const text of block.lines.length > 1 ? texts.toReversed() : texts) {
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
