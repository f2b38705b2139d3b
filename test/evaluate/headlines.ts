import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { articleFromPage } from "../../src/articles/article.ts";
import { headline } from "../../src/articles/checks/headline.ts";
import { COUNTRIES, type Country } from "../../src/articles/countries.ts";
import type { Article } from "../../src/domain/types.ts";
import type { Gold } from "./score.ts";

/** How the headline check does on real pages, and on the same pages with another country planted in the headline. */
export type HeadlineScore = {
  readonly pages: number;
  readonly judged: number;
  /** Clean pages that were held, with the reason. */
  readonly held: readonly string[];
  /** Judged pages whose headline names a country. */
  readonly named: number;
  readonly swaps: number;
  /** Swaps that were not held: the page, and what its headline became. */
  readonly missed: readonly string[];
};

const SWAPS = 10;

const word = (text: string): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}])${text.replaceAll(".", String.raw`\.`)}(?![\p{L}\p{N}])`, "u");

/** The first country in a headline, and the word that names it. */
function namedIn(
  title: string,
): { readonly country: Country; readonly word: string; readonly isName: boolean } | null {
  for (const country of COUNTRIES)
    for (const name of [...country.names, ...country.people])
      if (word(name).test(title)) return { country, word: name, isName: country.names.includes(name) };
  return null;
}

/** Ten other countries for a page, always the same ones: in the order of a hash of page and country. */
function othersFor(id: string, country: Country): readonly Country[] {
  const rank = ({ name }: Country) => createHash("sha256").update(`${id} ${name}`).digest("hex");
  return COUNTRIES.filter((other) => other !== country)
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .slice(0, SWAPS);
}

/** The headline with each of ten other countries in the place of its own: a name for a name, "Danish" for "Polish". */
function swapsOf(id: string, title: string): readonly string[] {
  const found = namedIn(title);
  if (found === null) return [];
  return othersFor(id, found.country).map((other) =>
    title.replace(word(found.word), found.isName ? other.name : (other.people[0] ?? other.name)),
  );
}

function articleOf(gold: Gold, folder: URL): Article {
  const html = readFileSync(new URL(`html/${gold.id}.html`, folder), "utf8");
  const article = articleFromPage({ html, url: gold.url_if_known ?? `https://${gold.site}/` }, null, null);
  // Pages without a title of their own come from feeds, which give one.
  const title = article.title === article.url ? (gold.title ?? "") : article.title;
  return { ...article, title, language: gold.lang };
}

/** Judges every English page as it is, then with planted countries; the check has no data for other languages. */
export function scoreHeadlines(golds: readonly Gold[], folder: URL): HeadlineScore {
  const held: string[] = [];
  const missed: string[] = [];
  let judged = 0;
  let named = 0;
  let swaps = 0;
  for (const gold of golds.filter(({ lang }) => lang === "en")) {
    const article = articleOf(gold, folder);
    const clean = headline(article);
    if (clean?.kind === "not checked") continue;
    judged += 1;
    if (clean !== null) held.push(`${gold.id}: ${clean.reason}`);
    const planted = swapsOf(gold.id, article.title);
    named += planted.length > 0 ? 1 : 0;
    swaps += planted.length;
    missed.push(
      ...planted
        .filter((title) => headline({ ...article, title })?.kind !== "hit")
        .map((title) => `${gold.id}: ${title}`),
    );
  }
  return { pages: golds.length, judged, held, named, swaps, missed };
}
