import { above } from "./above.ts";
import { itemOf, type Found } from "./found.ts";
import type { Block, Box, Page } from "./page.ts";

/** The blocks of a list, by its entries. */
type Entries = Map<Box, Block[]>;

/** One list to its readers: a list, and those of the same form that follow with nothing between. */
type Run = { readonly box: Box; end: number; readonly entries: Entries };

/** All lists of two to forty entries, with what stands over them. */
export function listsOf(page: Page): readonly Found[] {
  const lists = new Map<Box, Entries>();
  for (const block of page.blocks) {
    if (block.caption) continue;
    const outer = block.box.list?.parent ?? null;
    addToEntry(lists, block.box, block);
    // What a list inside an item says belongs to that item too.
    if (outer !== null) addToEntry(lists, outer, block);
  }
  return runsOf(lists)
    .filter(({ entries }) => entries.size >= 2 && entries.size <= 40)
    .map(({ box, end, entries }) => ({
      form: "list",
      items: [...entries].map(([item, blocks]) => itemOf(blocks, item.images > 0)),
      start: box.start,
      end,
      box,
      glyph: null,
      ...above(page, box.start, box),
    }));
}

function addToEntry(lists: Map<Box, Entries>, { list, item }: Box, block: Block): void {
  if (list === null || item === null) return;
  const own: Entries = lists.get(list) ?? new Map<Box, Block[]>();
  lists.set(list, own);
  const blocks = own.get(item);
  if (blocks === undefined) own.set(item, [block]);
  else blocks.push(block);
}

/** Editors and advertisements break lists in two: what follows at once, of the same form, goes on. */
function runsOf(lists: ReadonlyMap<Box, Entries>): readonly Run[] {
  const runs: Run[] = [];
  const open = new Map<Box | null, Run>();
  for (const [box, entries] of lists) {
    const before = open.get(box.parent);
    if (before !== undefined && before.end === box.start && before.box.form === box.form) {
      for (const [item, blocks] of entries) before.entries.set(item, blocks);
      before.end = box.end;
    } else {
      const run = { box, end: box.end, entries: new Map(entries) };
      runs.push(run);
      open.set(box.parent, run);
    }
  }
  return runs;
}
