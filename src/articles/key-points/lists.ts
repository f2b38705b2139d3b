import { above } from "./above.ts";
import { itemOf, type Found } from "./found.ts";
import type { Block, Box, Page } from "./page.ts";

/** All lists of two to forty entries, with what stands over them. */
export function listsOf(page: Page): readonly Found[] {
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
