import type { Body } from "./body.ts";
import type { Found } from "./found.ts";
import type { Box, Page } from "./page.ts";
import { fold } from "./words.ts";
import type { Zone } from "./zones.ts";

/** What the judge knows of the page. */
export type Setting = {
  readonly page: Page;
  readonly body: Body;
  readonly zones: readonly (Zone | null)[];
  /** How many characters of text that is no link stand before each block. */
  readonly characters: Uint32Array;
  /** How many lists of each form there are; lists without a class have none. */
  readonly forms: ReadonlyMap<string, number>;
  /** How many unlabelled lists stand before the first paragraph. */
  readonly leads: number;
  /** The page's headings, folded. */
  readonly headings: ReadonlySet<string>;
  /** How many of them are questions. */
  readonly questions: number;
};

/** Gathers what the judge has to know of all candidates at once. */
export function settingOf(
  page: Page,
  body: Body,
  zones: readonly (Zone | null)[],
  all: readonly Found[],
): Setting {
  const characters = new Uint32Array(page.blocks.length + 1);
  for (const [at, block] of page.blocks.entries())
    characters[at + 1] = (characters[at] ?? 0) + Math.max(0, block.text.length - block.linked);
  const forms = new Map<string, number>();
  for (const { box } of all)
    if (!box.form.endsWith(".")) forms.set(formOf(box), (forms.get(formOf(box)) ?? 0) + 1);
  const headings = new Set(
    page.blocks
      .filter((block) => block.level > 0 && block.box.item === null)
      .map((block) => fold(block.text)),
  );
  const questions = page.blocks.filter((block) => block.level > 0 && isQuestion(block.text)).length;
  const leads = all.filter(
    (found) => found.label === null && found.form === "list" && isLead(found, body),
  ).length;
  return { page, body, zones, characters, forms, leads, headings, questions };
}

/** What a list shares with others of its kind. */
export const formOf = (box: Box): string => `${box.parent?.form ?? ""} > ${box.form}`;

/** What speaks for a candidate, or against it (below 0), and why. */
export type Note = readonly [points: number, reason: string];

/** Whether a candidate stands between headline and text. */
export function isLead(found: Found, body: Body): boolean {
  if (body.first >= 0 && found.start > body.first) return false;
  return body.title < 0 ? true : found.start > body.title;
}

/** Whether a heading asks. */
export const isQuestion = (text: string | undefined): boolean =>
  text !== undefined && /[?？؟]["”»]?$/u.test(text);

/** Nothing but a label that is used for key points only. */
export const isCertain = ({ label }: Found): boolean =>
  label?.match.strength === "strong" && label.match.whole;
