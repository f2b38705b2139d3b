import type { KeyPointOrigin } from "../../domain/types.ts";
import { isBoilerplate } from "../boilerplate.ts";
import type { Body } from "./body.ts";
import type { Found, Item } from "./candidates.ts";
import type { Box, Page } from "./page.ts";
import { fold, share, stems, wordCount } from "./words.ts";
import { namesKeyPoints, type Zone } from "./zones.ts";

export type Verdict = {
  readonly points: readonly string[];
  readonly origin: KeyPointOrigin;
  readonly score: number;
  readonly reasons: readonly string[];
};

/** A candidate is key points when its score reaches this. */
export const ACCEPTED = 3;

/** What the judge knows of the page. */
export type Setting = {
  readonly page: Page;
  readonly body: Body;
  readonly zones: readonly (Zone | null)[];
  /** How many characters of text that is no link stand before each block. */
  readonly characters: Uint32Array;
  /** How many lists of each form there are. */
  readonly forms: ReadonlyMap<string, number>;
  /** How many unlabelled lists stand before the first paragraph. */
  readonly leads: number;
  /** The page's headings, folded. */
  readonly headings: ReadonlySet<string>;
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
  for (const { box } of all) forms.set(formOf(box), (forms.get(formOf(box)) ?? 0) + 1);
  const headings = new Set(
    page.blocks
      .filter((block) => block.level > 0 && block.box.item === null)
      .map((block) => fold(block.text)),
  );
  const leads = all.filter(
    (found) => found.label === null && found.form === "list" && isLead(found, body),
  ).length;
  return { page, body, zones, characters, forms, leads, headings };
}

const formOf = (box: Box): string => `${box.parent?.form ?? ""} > ${box.form}`;

type Note = readonly [points: number, reason: string];

/** Weighs one candidate: what stands over it, where it stands, and what its items are like. */
export function judge(found: Found, setting: Setting): Verdict {
  const kept = keepPoints(found.items);
  const facts = measure(kept);
  const notes = [
    ...noteLabel(found),
    ...notePlace(found, setting),
    ...noteItems(found, kept, facts),
    ...noteMeaning(found, kept, setting),
    ...noteSections(found, kept, setting),
  ];
  const score = notes.reduce((total, [points]) => total + points, 0);
  return {
    points: kept.map((item) => item.text),
    origin: originOf(found, setting),
    score: Math.round(score * 100) / 100,
    reasons: notes.map(([points, reason]) => `${points > 0 ? "+" : ""}${points} ${reason}`),
  };
}

function originOf(found: Found, setting: Setting): KeyPointOrigin {
  if (found.label !== null) return found.form === "lines" ? "text bullets" : "box";
  if (found.form === "lines") return "text bullets";
  if (isLead(found, setting.body)) return "lead list";
  return isQuestion(found.heading?.text) ? "question list" : "section list";
}

// ------------------------------------------------------------------ items

const isLink = (item: Item): boolean => item.linked >= item.text.replaceAll(" ", "").length * 0.9;

/** Without promo, boilerplate and what was said before; a link among items without links points elsewhere. */
function keepPoints(items: readonly Item[]): readonly Item[] {
  const links = items.filter(isLink).length;
  const strange =
    links <= items.length / 3 && items.every((item) => isLink(item) || item.linked < item.length * 0.1);
  const seen = new Set<string>();
  return items.filter((item) => {
    if (seen.has(item.text) || wordCount(item.text) < 1) return false;
    seen.add(item.text);
    if (isBoilerplate(item.text)) return false;
    return !(strange && isLink(item));
  });
}

type Facts = {
  readonly words: number;
  readonly shortest: number;
  readonly longest: number;
  readonly links: number;
};

function measure(items: readonly Item[]): Facts {
  const words = items.map((item) => wordCount(item.text)).sort((one, other) => one - other);
  return {
    words: words[Math.floor((words.length - 1) / 2)] ?? 0,
    shortest: words[0] ?? 0,
    longest: words.at(-1) ?? 0,
    links: items.length === 0 ? 0 : items.filter(isLink).length / items.length,
  };
}

function noteLabel({ label, box }: Found): readonly Note[] {
  const notes: Note[] = [];
  if (label !== null) {
    const { strength, whole } = label.match;
    const introduces = /[:：]$/u.test(label.text);
    const points = strength === "strong" ? (whole ? 4 : 3) : whole ? 3 : introduces ? 2.5 : 1.5;
    notes.push([label.marked || introduces ? points : points - 0.5, `under "${label.text}"`]);
  }
  const named = namedBox(box);
  if (named > 0) notes.push([label === null ? 1 + named / 2 : 0.5, "in a box named for key points"]);
  return notes;
}

function namedBox(box: Box): number {
  let at: Box | null = box;
  let named = 0;
  for (let up = 0; up < 4 && at !== null; up++, at = at.parent)
    if (at.end - at.start <= (box.end - box.start) * 2 + 6) named = Math.max(named, namesKeyPoints(at));
  return named;
}

function isLead(found: Found, body: Body): boolean {
  if (body.first >= 0 && found.start > body.first) return false;
  return body.title < 0 ? true : found.start > body.title;
}

const isQuestion = (text: string | undefined): boolean => text !== undefined && /[?？؟]["”»]?$/u.test(text);

function notePlace(found: Found, setting: Setting): readonly Note[] {
  const { body, zones } = setting;
  const notes: Note[] = [];
  const zone = zones[found.box.index] ?? null;
  if (zone !== null) notes.push([-4, `in the page's ${zone} part`]);
  const inside = found.start >= body.article.start && found.end <= body.article.end;
  if (!inside) notes.push([isCertain(found) ? -1.5 : -3, "outside the article"]);
  if (found.form === "boxes" && isText(found, body)) notes.push([-5, "the paragraphs of the text itself"]);
  if (found.form === "headlines") return [...notes, ...noteHeadlines(found, setting)];
  return [...notes, ...(found.label === null ? noteUnlabelled : noteLabelled)(found, setting)];
}

/** Paragraphs after a label are points only when they are few beside the text. */
function isText({ start, end }: Found, { words, total }: Body): boolean {
  return ((words[end] ?? 0) - (words[start] ?? 0)) * 3 > total;
}

function noteLabelled(found: Found, setting: Setting): readonly Note[] {
  if (isLead(found, setting.body)) return [[0.5, "before the first paragraph"]];
  const { start, end } = setting.body.article;
  const before = (setting.characters[found.start] ?? 0) - (setting.characters[start] ?? 0);
  const part = before / ((setting.characters[end] ?? 0) - (setting.characters[start] ?? 0) || 1);
  if (part < 0.25 || part > 0.8 || isCertain(found)) return [];
  return [[found.label?.match.strength === "weak" ? -2 : -1, "in the middle of the text"]];
}

function noteUnlabelled(found: Found, setting: Setting): readonly Note[] {
  const { body, page } = setting;
  const notes: Note[] = [];
  if (isLead(found, setting.body)) notes.push([2.5, "before the first paragraph"]);
  else if (isQuestion(found.heading?.text)) notes.push(...noteQuestion(setting));
  if (isLead(found, setting.body) && found.heading !== null && found.heading.index !== body.title)
    notes.push([-1.5, "under a heading of its own"]);
  if (setting.leads > 2) notes.push([-1.5, "one of many lists up there"]);
  if (found.start > body.last && body.last >= 0) notes.push([-2, "after the last paragraph"]);
  if (page.types.has("Recipe") || page.types.has("HowTo")) notes.push([-2, "on a page with steps"]);
  else if (OFFERS.some((type) => page.types.has(type)) && !ARTICLES.some((type) => page.types.has(type)))
    notes.push([-1.5, "on a page that offers something"]);
  if ((setting.forms.get(formOf(found.box)) ?? 0) > 3) notes.push([-2, "one of many lists of this form"]);
  return notes;
}

const OFFERS = ["Product", "JobPosting", "Course", "Event", "SoftwareApplication", "LocalBusiness", "Hotel"];
const ARTICLES = ["Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "LiveBlogPosting"];

/** One question among plain headings sums up; many make a page of questions and answers. */
function noteQuestion({ page }: Setting): readonly Note[] {
  const questions = page.blocks.filter((block) => block.level > 0 && isQuestion(block.text)).length;
  return [[questions <= 2 ? 2 : 0.5, "under a question"]];
}

function noteHeadlines(found: Found, setting: Setting): readonly Note[] {
  const { body } = setting;
  const close = body.title >= 0 && found.start > body.title && (body.first < 0 || found.start < body.first);
  return close ? [[3, "lines between headline and text"]] : [[-2, "lines elsewhere"]];
}

const mostly = (items: readonly Item[], test: (item: Item) => boolean): boolean =>
  items.length > 0 && items.filter(test).length > items.length / 2;

const TIMED = /^\W*\d{1,2}:\d{2}(?::\d{2})?\b/u;
const MEASURED = /^[^:]{1,30}:\s*\S+(?:\s+\S+){0,3}$/u;

function noteItems(found: Found, kept: readonly Item[], facts: Facts): readonly Note[] {
  const notes: Note[] = [];
  if (kept.length < 2) notes.push([-10, "fewer than two points"]);
  if (kept.length > 12) notes.push([-2, "too many points"]);
  if (facts.words >= 5) notes.push([1, "points are sentences"]);
  else if (facts.words < 3) notes.push([-2, "points are single words"]);
  else notes.push([found.label === null ? -1 : 0, "points are short"]);
  if (found.form === "boxes" && facts.words > 45) notes.push([-2, "points are paragraphs"]);
  if (facts.longest > 160) notes.push([-1, "a point is very long"]);
  if (facts.links > 0.6) notes.push(noteLinks(kept));
  if (mostly(kept, (item) => TIMED.test(item.text))) notes.push([-3, "points are times"]);
  if (mostly(kept, (item) => MEASURED.test(item.text))) notes.push([-2, "points are names and values"]);
  if (mostly(kept, (item) => /[?？؟]$/u.test(item.text))) notes.push([-2, "points are questions"]);
  if (found.form === "lines" && found.label === null && "-–—1".includes(found.glyph ?? "")) {
    notes.push([-1, "dashes and numbers may be speech or steps"]);
  }
  return notes;
}

/** Whole sentences that jump to their place in the text are still points; other links lead away. */
function noteLinks(kept: readonly Item[]): Note {
  if (!mostly(kept, (item) => item.anchored > 0)) return [-3, "points are links"];
  const sentences = mostly(kept, (item) => /[.!。।]["”»]?$/u.test(item.text) && wordCount(item.text) >= 6);
  return sentences ? [-0.5, "points jump to the text"] : [-2, "points are links to sections"];
}

const isCertain = ({ label }: Found): boolean => label?.match.strength === "strong" && label.match.whole;

/** Key points repeat what the text says; another story's don't. */
function noteMeaning(found: Found, kept: readonly Item[], { body }: Setting): readonly Note[] {
  const away = found.start < body.article.start || found.end > body.article.end;
  if (found.form === "headlines" || body.total < 60 || (isCertain(found) && !away)) return [];
  const mine = stems(kept.map((item) => item.text).join(" "));
  const common = share(mine, body.vocabulary(found.start, found.end));
  if (common < 0.2) return [[-1.5, "the text hardly speaks of it"]];
  return common >= 0.4 ? [[0.5, "the text speaks of it"]] : [];
}

/** A list that repeats the headings of the page is its table of contents. */
function noteSections(found: Found, kept: readonly Item[], { headings }: Setting): readonly Note[] {
  const repeated = mostly(kept, (item) => headings.has(fold(item.text)));
  if (!repeated) return [];
  return [[isCertain(found) ? -1 : -4, "points are the headings of sections"]];
}
