import { glyphOf } from "./bullets.ts";
import { lineOf, type Found } from "./found.ts";
import type { Box, Page } from "./page.ts";
import { namesKeyPoints } from "./zones.ts";

/** Two to six short lines, divided by `<br>`, in a heading or a box named as a deck. */
export function deckLines(page: Page): readonly Found[] {
  return page.blocks
    .filter((block) => block.lines.length >= 2 && block.lines.length <= 6)
    .filter((block) => block.level >= 2 || namesDeck(block.box))
    .filter(({ lines }) => areLines(lines) && lines.every((line) => line.length <= 160))
    .map((block) => ({
      form: "deck" as const,
      items: block.lines.map((text) => lineOf(text, text, block)),
      start: block.index,
      end: block.index + 1,
      box: block.box,
      label: null,
      heading: null,
      glyph: null,
    }));
}

/** Whether each says something of its own, and none is a typed bullet. */
export const areLines = (lines: readonly string[]): boolean =>
  lines.every((line, at) => glyphOf(line) === null && opens(line, at, lines));

/** A line of its own, not one that the designer broke: the one before has ended, or a new one visibly begins. */
const opens = (line: string, at: number, lines: readonly string[]): boolean =>
  at === 0 ? true : !/^\p{Ll}/u.test(line) && !/[,;:–—-]$/u.test(lines[at - 1] ?? "");

const DECK = new Set(
  "sub subtitle subhead subheadline subheading deck dek standfirst lead summary tit".split(" "),
);

/** Whether a box is named as the deck, the lines between headline and text. */
export function namesDeck(box: Box): boolean {
  if (namesKeyPoints(box) > 0) return true;
  for (const word of box.words) if (DECK.has(word)) return true;
  return false;
}
