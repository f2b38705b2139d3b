import { glyphOf } from "./bullets.ts";
import type { Found } from "./found.ts";
import type { Box, Page } from "./page.ts";
import { namesKeyPoints } from "./zones.ts";

/** Two to six short lines, divided by `<br>`, in a heading or a box named as a deck. */
export function deckLines(page: Page): readonly Found[] {
  return page.blocks
    .filter((block) => block.lines.length >= 2 && block.lines.length <= 6)
    .filter((block) => block.level >= 2 || namesDeck(block.box))
    .filter(({ lines }) =>
      lines.every((line, at) => line.length <= 160 && glyphOf(line) === null && opens(line, at, lines)),
    )
    .map((block) => ({
      form: "deck" as const,
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
