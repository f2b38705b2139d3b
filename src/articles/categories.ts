import { oneLine } from "../lib/text.ts";
import { folded } from "./wording.ts";

/** What content systems file under when nobody chose anything. */
const NONE = new Set(
  (
    "uncategorized, uncategorised, unkategorisiert, allgemein, sin categoría, sin categoria, non classé, non classe, " +
    "senza categoria, sem categoria, geen categorie, okategoriserade, ukategorisert, ukategoriseret, bez kategorii, " +
    "без рубрики, без категорії, genel, nezařazené, luokittelematon, 未分類, 未分类, 미분류, other, misc, none, default"
  )
    .split(", ")
    .map(folded),
);
/** A name has fewer words than a sentence. */
const MOST_WORDS = 6;
/** So many words that all stand in the headline are the headline again. */
const OF_HEADLINE = 4;

/**
 * The categories of an article as names that a reader would understand: lists in one field are taken apart, and what is
 * no name is left out (the system's own word for none, "rank:2", a sentence, the headline again).
 */
export function tidyCategories(categories: readonly string[], title: string): readonly string[] {
  const headline = new Set(folded(title).split(" "));
  const named = categories
    .flatMap(split)
    .map((name) => oneLine(name).replace(/^#+\s*/u, ""))
    .filter((name) => isName(name, headline));
  return named.filter((name, at) => named.findIndex((other) => plain(other) === plain(name)) === at);
}

/** A comma without a space behind it divides; one between digits is part of a number. */
const split = (text: string): readonly string[] =>
  /,(?!\s|\d)/u.test(text) ? text.split(/,(?!\d)\s*/u) : [text];

function isName(name: string, headline: ReadonlySet<string>): boolean {
  const words = folded(name).split(" ");
  if (words[0] === "" || NONE.has(folded(name)) || /^[\w-]+:\S+$/u.test(name)) return false;
  return (
    words.length <= MOST_WORDS && (words.length < OF_HEADLINE || !words.every((word) => headline.has(word)))
  );
}

const plain = (name: string): string => folded(name.normalize("NFD").replaceAll(/\p{M}/gu, ""));
