import { isBoilerplate } from "../boilerplate.ts";
import type { Found, Item } from "./found.ts";
import { isMetadata } from "./metadata.ts";
import { isCertain, type Note, type Setting } from "./setting.ts";
import { fold, share, stems, wordCount } from "./words.ts";

const isLink = (item: Item): boolean => item.linked >= item.length * 0.85;

const leadsAway = (item: Item): boolean => item.anchored === 0 && item.linked > item.length / 2;

/** Without promo, boilerplate and what was said before; a link among items without links points elsewhere. */
export function keepPoints(items: readonly Item[]): readonly Item[] {
  const links = items.filter(isLink).length;
  const strange =
    links <= items.length / 3 && items.every((item) => isLink(item) || item.linked < item.length * 0.1);
  const seen = new Set<string>();
  return items.filter((item) => {
    if (seen.has(item.text) || wordCount(item.text) < 1) return false;
    seen.add(item.text);
    if (isBoilerplate(item.text) || isMetadata(item.text)) return false;
    return !(strange && isLink(item));
  });
}

type Lengths = {
  readonly words: number;
  readonly shortest: number;
  readonly longest: number;
  readonly links: number;
};

function measure(items: readonly Item[]): Lengths {
  const words = items.map((item) => wordCount(item.text)).sort((one, other) => one - other);
  return {
    words: words[Math.floor((words.length - 1) / 2)] ?? 0,
    shortest: words[0] ?? 0,
    longest: words.at(-1) ?? 0,
    links: items.length === 0 ? 0 : items.filter(isLink).length / items.length,
  };
}

const mostly = (items: readonly Item[], test: (item: Item) => boolean): boolean =>
  items.length > 0 && items.filter(test).length > items.length / 2;

/** A sentence ends, another one begins. */
const SENTENCES = /[.!?][”"»)]?\s+[“"«(]?\p{Lu}|。./u;
const SPEECH = /^[«„“"]|\?["”»]?$/u;
const TIMED = /^\W*\d{1,2}:\d{2}(?::\d{2})?\b/u;
const MEASURED = /^[^:]{1,30}:\s*\S+(?:\s+\S+){0,3}$/u;

/** What the points are like: how long, how alike, and whether they are links, times or values. */
export function noteItems(found: Found, kept: readonly Item[]): readonly Note[] {
  const facts = measure(kept);
  const notes: Note[] = [];
  if (kept.length < 2) notes.push([-10, "fewer than two points"]);
  if (kept.length > (isCertain(found) ? 20 : 12)) notes.push([-2, "too many points"]);
  if (facts.words >= 5) notes.push([1, "points are sentences"]);
  else if (facts.words < 3) notes.push([-2.5, "points are single words"]);
  else notes.push([found.label === null ? -1 : 0, "points are short"]);
  if (found.form === "rows" && (facts.words > 45 || mostly(kept, ({ text }) => SENTENCES.test(text))))
    notes.push([-2, "points are paragraphs"]);
  if (!isCertain(found) && mostly(kept, (item) => item.pictured))
    notes.push([-2, "points come with pictures"]);
  if (found.form === "deck" && mostly(kept, ({ text }) => SPEECH.test(text)))
    notes.push([-2, "points are speech"]);
  if (facts.shortest <= 2 && facts.longest >= 15 && !isCertain(found))
    notes.push([-1.5, "points are unlike each other"]);
  if (facts.longest > 160) notes.push([-1, "a point is very long"]);
  if (facts.links > 0.6) notes.push(noteLinks(kept));
  else if (found.label === null && mostly(kept, leadsAway))
    notes.push([-3, "points are links with a word before"]);
  if (mostly(kept, (item) => isStammer(item.text))) notes.push([-3, "points repeat their own words"]);
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

/** "Follow Follow followed": the states of a button. */
function isStammer(text: string): boolean {
  const words = fold(text).split(" ");
  return (
    words.length >= 3 &&
    words.length <= 12 &&
    new Set(words.map((word) => word.slice(0, 5))).size < words.length * 0.7
  );
}

/** Key points repeat what the text says; another story's don't. */
export function noteMeaning(found: Found, kept: readonly Item[], { body }: Setting): readonly Note[] {
  const away = found.start < body.article.start || found.end > body.article.end;
  if (body.total < 60 || (isCertain(found) && !away)) return [];
  const mine = stems(kept.map((item) => item.text).join(" "));
  const common = share(mine, { has: (stem) => body.speaksOf(stem, found.start, found.end) });
  if (common < 0.2) return [[-1.5, "the text hardly speaks of it"]];
  return common >= 0.4 ? [[0.5, "the text speaks of it"]] : [];
}

/** A list that repeats the headings of the page is its table of contents. */
export function noteSections(found: Found, kept: readonly Item[], { headings }: Setting): readonly Note[] {
  const repeated = mostly(kept, ({ text }) => {
    const at = headings.get(fold(text)) ?? found.start;
    return at < found.start || at >= found.end;
  });
  if (!repeated) return [];
  return [[isCertain(found) ? -1 : -4, "points are the headings of sections"]];
}
