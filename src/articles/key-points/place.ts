import { namesDeck } from "./decks.ts";
import type { Found } from "./found.ts";
import type { Block, Box, Page } from "./page.ts";
import { formOf, isCertain, isLead, isQuestion, type Note, type Setting } from "./setting.ts";
import { wordCount } from "./words.ts";
import { namesKeyPoints } from "./zones.ts";

/** What stands over a candidate, and what its box is called. */
export function noteLabel({ label, box }: Found): readonly Note[] {
  const notes: Note[] = [];
  if (label !== null) {
    const { strength, whole } = label.match;
    const introduces = /[:：]$/u.test(label.text);
    const points = strength === "strong" ? (whole ? 4 : 2.5) : whole ? 3 : introduces ? 2.5 : 1.5;
    notes.push([label.marked || introduces ? points : points - 0.5, `under "${label.text}"`]);
  }
  const named = namedBox(box);
  if (named > 0) notes.push([label === null ? named : 0.5, "in a box named for key points"]);
  return notes;
}

function namedBox(box: Box): number {
  let at: Box | null = box;
  let named = 0;
  for (let up = 0; up < 4 && at !== null; up++, at = at.parent)
    if (at.end - at.start <= (box.end - box.start) * 2 + 6) named = Math.max(named, namesKeyPoints(at));
  return named;
}

/** Where a candidate stands on the page. */
export function notePlace(found: Found, setting: Setting): readonly Note[] {
  const { body, page, zones } = setting;
  const notes: Note[] = [];
  const zone = zones[found.box.index] ?? null;
  if (zone !== null) notes.push([-4, `in the page's ${zone} part`]);
  const inside = found.start >= body.article.start && found.end <= body.article.end;
  if (!inside) notes.push([isCertain(found) ? -1.5 : -3, "outside the article"]);
  if (found.form === "rows" && isText(found, setting)) notes.push([-5, "the paragraphs of the text itself"]);
  if (isOffer(page)) notes.push([-1.5, "on a page that offers something"]);
  if (FORUMS.some((type) => page.types.has(type))) notes.push([-2, "on a page of questions or talk"]);
  if (found.form === "deck") return [...notes, ...noteDeck(found, setting)];
  return [...notes, ...(found.label === null ? noteUnlabelled : noteLabelled)(found, setting)];
}

/** Paragraphs after a label are points only when they are few beside the text, and not set like it. */
function isText({ start, end }: Found, { body, page, prose }: Setting): boolean {
  const { words, total } = body;
  if (((words[end] ?? 0) - (words[start] ?? 0)) * 3 > total) return true;
  const box = page.blocks[start]?.box;
  // Lines that one paragraph holds are set apart by their breaks.
  if (box === undefined || end - start < 2) return false;
  let own = 0;
  for (let at = start; at < end; at++) if ((words[at + 1] ?? 0) > (words[at] ?? 0)) own++;
  return (prose.get(formOf(box)) ?? 0) - own >= 2;
}

const isOffer = ({ types }: Page): boolean => OFFERS.some((type) => types.has(type)) && !isArticle(types);

const isArticle = (types: ReadonlySet<string>): boolean => ARTICLES.some((type) => types.has(type));

function noteLabelled(found: Found, setting: Setting): readonly Note[] {
  const notes: Note[] = [];
  const { label } = found;
  if (label !== null && (setting.labels.get(label.match.phrase) ?? 0) > 2)
    notes.push([-3, "one of many with this label"]);
  return [...notes, ...noteDepth(found, setting)];
}

function noteDepth(found: Found, setting: Setting): readonly Note[] {
  if (isLead(found, setting.body)) return [[0.5, "before the first paragraph"]];
  const { start, end } = setting.body.article;
  const before = (setting.characters[found.start] ?? 0) - (setting.characters[start] ?? 0);
  const part = before / ((setting.characters[end] ?? 0) - (setting.characters[start] ?? 0) || 1);
  if (part < 0.25 || part > 0.8 || isCertain(found)) return [];
  return [[-2, "in the middle of the text"]];
}

function noteUnlabelled(found: Found, setting: Setting): readonly Note[] {
  const { body, page } = setting;
  const notes: Note[] = [];
  if (isLead(found, setting.body)) notes.push([2.5, "before the first paragraph"]);
  else if (isQuestion(found.heading?.text)) notes.push(...noteQuestion(setting));
  if (isLead(found, setting.body) && isSectionHeading(found.heading, body.title))
    notes.push([-2, "under a heading of its own"]);
  if (setting.leads > 2) notes.push([-1.5, "one of many lists up there"]);
  if (found.start > body.last && body.last >= 0) notes.push([-2, "after the last paragraph"]);
  if (page.types.has("Recipe") || page.types.has("HowTo")) notes.push([-2, "on a page with steps"]);
  else notes.push(...noteArticle(setting));
  if (/[:：]$/u.test(page.blocks[found.start - 1]?.text ?? ""))
    notes.push([-2, "a sentence of the text introduces it"]);
  if ((setting.forms.get(formOf(found.box)) ?? 0) > 3) notes.push([-2, "one of many lists of this form"]);
  return notes;
}

/** A short heading opens a section; a long one under the headline is a deck. */
const isSectionHeading = (heading: Block | null, title: number): boolean =>
  heading !== null && heading.index !== title && wordCount(heading.text) <= 7;

const OFFERS = ["Product", "JobPosting", "Course", "Event", "SoftwareApplication", "LocalBusiness", "Hotel"];
const FORUMS = ["QAPage", "DiscussionForumPosting"];
const ARTICLES = ["Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "LiveBlogPosting"];

/**
 * A question sums up when the text is a story without other sections and lists; guides and pages of questions and
 * answers ask too.
 */
function noteQuestion({ questions, sections, lists }: Setting): readonly Note[] {
  return [[questions === 1 && sections <= 3 && lists <= 2 ? 2 : 0.5, "under a question"]];
}

/** Lines in a heading may be the headline itself, broken by the designer; a box that is named as a deck is one. */
function noteDeck(found: Found, setting: Setting): readonly Note[] {
  const { body } = setting;
  const close = body.title >= 0 && found.start > body.title && (body.first < 0 || found.start < body.first);
  if (!close) return [[-2, "lines elsewhere"]];
  const lines: Note = namesDeck(found.box)
    ? [3, "lines of the deck"]
    : [2.5, "lines between headline and text"];
  return [lines, ...noteArticle(setting)];
}

/**
 * Key points belong to articles, and an article says that it is one: in its metadata, or by the element around it. A
 * draft, saved without a title or anything around it, says nothing yet.
 */
const noteArticle = ({ body, page, fragment }: Setting): readonly Note[] =>
  fragment || page.titles.length === 0 || isArticle(page.types) || isInArticle(body.text)
    ? []
    : [[-1.5, "on a page that does not say it is an article"]];

/** In an `<article>`, or in what microformats call an entry (https://microformats.org/wiki/hentry). */
function isInArticle(box: Box): boolean {
  for (let at: Box | null = box; at !== null; at = at.parent)
    if (at.tag === "article" || at.words.has("hentry")) return true;
  return false;
}
