import { styleText } from "node:util";
import { oneLine } from "../lib/text.ts";

type Style = Parameters<typeof styleText>[0];

/** Where a command reads and writes; made once by `main`, by tests out of buffers. */
export type Terminal = {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Somebody reads along and can answer. */
  readonly interactive: boolean;
  readonly color: boolean;
};

export type Paint = (style: Style, text: string) => string;

/** Colours only on a terminal; NO_COLOR and pipes get plain text. */
export const painter =
  ({ color }: Terminal): Paint =>
  (style, text) =>
    color ? styleText(style, text, { validateStream: false }) : text;

/** Foreign text as one harmless line. */
export const safe = (text: string | null): string => (text === null ? "" : oneLine(text));

/** Foreign text that has lines of its own (a post): each made harmless, with the given margin. */
export const safeLines = (text: string, margin: string): string =>
  text
    .split("\n")
    .map((line) => (margin + oneLine(line)).trimEnd())
    .join("\n");
