import { labelOf, type Label } from "./above.ts";
import { areLines } from "./decks.ts";
import { itemOf, lineOf, sum, type Found } from "./found.ts";
import type { Block, Box, Page } from "./page.ts";

const MOST_BOX_TEXT = 4_000;
const MOST_BOX_BLOCKS = 60;

/** Points that are no list: boxes of one form, or lines divided by `<br>`, that follow a label. */
export function labelledRows(page: Page): readonly Found[] {
  const found: Found[] = [];
  for (const block of page.blocks) {
    if (block.box.item !== null || (block.lines[0] ?? "").length > 100) continue;
    const label = labelOf(block);
    if (label === null || label.text.length > 100 || (!label.marked && !label.match.whole)) continue;
    const points = linesAfter(page, block, label) ?? (isLabelOnly(block) ? repeatedAfter(page, block) : null);
    if (points !== null) found.push({ ...points, label, heading: null, glyph: null, form: "rows" });
  }
  return found;
}

const isLabelOnly = (block: Block): boolean => block.text.length <= 100;

/** The lines below the label in its own block, or else those of the next block; bullets are found elsewhere. */
function linesAfter(page: Page, block: Block, label: Label): Repeated | null {
  const own = label.text === block.lines[0] && block.lines.length >= 3;
  const holder = own ? block : page.blocks[block.index + 1];
  if (holder === undefined || holder.level > 0 || holder.box.item !== null) return null;
  const lines = own ? holder.lines.slice(1) : holder.lines;
  if (lines.length < 2 || lines.length > 12 || !areLines(lines)) return null;
  const items = lines.map((text) => lineOf(text, text, holder));
  return { items, start: holder.index, end: holder.index + 1, box: holder.box };
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
    if (child.start < from || child.end === child.start || hasColumns(page, child)) continue;
    const key = `${child.parent?.index}/${child.form}`;
    families.set(key, [...(families.get(key) ?? []), child]);
  }
  let best: Box[] | null = null;
  for (const family of families.values())
    if (family.length >= 2 && family.length <= 12 && (best === null || spread(family) > spread(best)))
      best = family;
  if (best === null) return null;
  const items = best.map((row) => itemOf(page.blocks.slice(row.start, row.end), row.images > 0));
  const start = best[0]?.start ?? from;
  const end = best.at(-1)?.end ?? from;
  return box.end - end <= 2 && start - from <= 2 ? { items, start, end, box } : null;
}

/** A row of a table whose cells stand side by side is data, not a point. */
const hasColumns = ({ boxes }: Page, row: Box): boolean =>
  row.tag === "tr" && boxes[row.index + 1]?.parent === row && nextCell(boxes, row) !== undefined;

function nextCell(boxes: readonly Box[], row: Box): Box | undefined {
  for (let at = row.index + 2; (boxes[at]?.start ?? row.end) < row.end; at++)
    if (boxes[at]?.parent === row) return boxes[at];
  return undefined;
}

const spread = (family: readonly Box[]): number =>
  family.reduce((total, row) => total + row.end - row.start, 0);
