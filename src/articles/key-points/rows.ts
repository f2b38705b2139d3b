import { labelOf } from "./above.ts";
import { itemOf, sum, type Found } from "./found.ts";
import type { Block, Box, Page } from "./page.ts";

const MOST_BOX_TEXT = 4_000;
const MOST_BOX_BLOCKS = 60;

/** Points that are no list: boxes of one form that follow a label. */
export function labelledRows(page: Page): readonly Found[] {
  const found: Found[] = [];
  for (const block of page.blocks) {
    if (block.box.item !== null || block.text.length > 100) continue;
    const label = labelOf(block);
    if (label === null || (!label.marked && !label.match.whole)) continue;
    const points = repeatedAfter(page, block);
    if (points !== null) found.push({ ...points, label, heading: null, glyph: null, form: "rows" });
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
