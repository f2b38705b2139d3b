import { above, type Above } from "./above.ts";
import { lineOf, type Found } from "./found.ts";
import { matchLabel } from "./match-label.ts";
import type { Block, Page } from "./page.ts";

const BULLET =
  /^([•●▪■◆►▸▶‣·∙○◦➤➔→✓★☆♦◾]\ufe0f?\s*|[-–—*]\s+|\p{Extended_Pictographic}\ufe0f?\s+|[①-⑳]\s*|\(?\d{1,2}[.)]\s+)(?=\S)/u;

type Line = { readonly text: string; readonly block: Block; readonly alone: boolean };

/** Runs of two lines or more that open with the same kind of bullet; lines end at `<br>` or with their block. */
export function textBullets(page: Page): readonly Found[] {
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

/** The kind of bullet that a line opens with; numbers are one kind, and so are emoji. */
export function glyphOf(text: string): string | null {
  const mark = BULLET.exec(text)?.[1]?.trim();
  if (mark === undefined) return null;
  if (/[\d①-⑳]/u.test(mark)) return "1";
  return /\p{Extended_Pictographic}/u.test(mark) ? "emoji" : mark;
}

function bulletsOf(page: Page, glyph: string, lines: readonly Line[], before: Line | undefined): Found {
  const first = (lines[0] as Line).block;
  const last = (lines.at(-1) as Line).block;
  const items = lines.map(({ text, block }) => lineOf(text.replace(BULLET, ""), text, block));
  const inBlock = before !== undefined && before.block === first ? matchLabel(before.text) : null;
  const label: Above =
    inBlock !== null && before !== undefined
      ? { label: { text: before.text, match: inBlock, marked: true }, heading: null }
      : above(page, first.index, first.box);
  return { form: "lines", items, start: first.index, end: last.index + 1, box: first.box, glyph, ...label };
}
