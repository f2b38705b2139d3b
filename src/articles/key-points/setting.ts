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
  /** How many paragraphs there are of each form. */
  readonly prose: ReadonlyMap<string, number>;
  /** How often each label stands over something else. */
  readonly labels: ReadonlyMap<string, number>;
  /** How many unlabelled lists stand before the first paragraph. */
  readonly leads: number;
  /** The page's headings, folded, and where each stands last. */
  readonly headings: ReadonlyMap<string, number>;
  /** How many headings and lists the text has, and how many of the page's headings are questions. */
  readonly sections: number;
  readonly lists: number;
  readonly questions: number;
  /** A feed's content, without a page around it. */
  readonly fragment: boolean;
};

/** Gathers what the judge has to know of all candidates at once. */
export function settingOf(
  page: Page,
  body: Body,
  zones: readonly (Zone | null)[],
  all: readonly Found[],
  fragment: boolean,
): Setting {
  const characters = new Uint32Array(page.blocks.length + 1);
  for (const [at, block] of page.blocks.entries())
    characters[at + 1] = (characters[at] ?? 0) + Math.max(0, block.text.length - block.linked);
  const forms = new Map<string, number>();
  for (const { box } of all)
    if (!box.form.endsWith(".")) forms.set(formOf(box), (forms.get(formOf(box)) ?? 0) + 1);
  const headings = new Map<string, number>();
  for (const block of page.blocks)
    if (block.level > 0 && block.box.item === null) headings.set(fold(block.text), block.index);
  const questions = page.blocks.filter((block) => block.level > 0 && isQuestion(block.text)).length;
  const leads = all.filter(
    (found) => found.label === null && found.form === "list" && isLead(found, body),
  ).length;
  const inText = ({ start }: { start: number }): boolean => start > body.first && start <= body.last;
  const sections = page.blocks.filter(({ level, index }) => level > 0 && inText({ start: index })).length;
  const lists = all.filter((found) => found.form !== "rows" && inText(found)).length;
  return {
    page,
    body,
    zones,
    characters,
    forms,
    prose: countProse(page, body),
    labels: countLabels(all),
    leads,
    headings,
    sections,
    lists,
    questions,
    fragment,
  };
}

function countProse({ blocks }: Page, { words }: Body): ReadonlyMap<string, number> {
  const prose = new Map<string, number>();
  for (const { index, box } of blocks)
    if ((words[index + 1] ?? 0) > (words[index] ?? 0))
      prose.set(formOf(box), (prose.get(formOf(box)) ?? 0) + 1);
  return prose;
}

/** Points that stand on a page twice, for small screens and for large ones, count once. */
function countLabels(all: readonly Found[]): ReadonlyMap<string, number> {
  const under = new Map<string, Set<string>>();
  for (const { label, items } of all)
    if (label !== null) {
      const { phrase } = label.match;
      under.set(phrase, (under.get(phrase) ?? new Set()).add(items[0]?.text ?? ""));
    }
  return new Map([...under].map(([phrase, firsts]) => [phrase, firsts.size]));
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
