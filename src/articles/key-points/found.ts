import type { Label } from "./above.ts";
import type { Block, Box } from "./page.ts";

/** One entry of what may be a list of key points. */
export type Item = {
  readonly text: string;
  readonly length: number;
  readonly linked: number;
  readonly anchored: number;
  /** An image stands inside. */
  readonly pictured: boolean;
};

/** Something that may be key points, before anyone judged it. */
export type Found = {
  readonly form: "list" | "rows" | "lines" | "deck";
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

/** A line of text as an entry, with its part of what its block holds in links. */
export const lineOf = (text: string, line: string, block: Block): Item => ({
  text,
  length: text.length,
  linked: (block.linked * line.length) / block.text.length,
  anchored: (block.anchored * line.length) / block.text.length,
  pictured: false,
});

/** What some blocks say, as one entry; a bullet that was typed before it is no part of it. */
export const itemOf = (blocks: readonly Block[], pictured: boolean): Item => ({
  text: withoutGlyph(blocks.map((block) => block.text).join(" ")),
  length: sum(blocks, (block) => block.text.length),
  linked: sum(blocks, (block) => block.linked),
  anchored: sum(blocks, (block) => block.anchored),
  pictured,
});

const withoutGlyph = (text: string): string => text.replace(/^[•●▪■◆►▸‣·]\s*/u, "");

/** Adds up what is measured of blocks. */
export const sum = (blocks: readonly Block[], measure: (block: Block) => number): number =>
  blocks.reduce((total, block) => total + measure(block), 0);
