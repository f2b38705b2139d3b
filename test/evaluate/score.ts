/** One labelled page, as `pages.jsonl` holds it. */
export type Gold = {
  readonly id: string;
  readonly site: string;
  readonly lang: string;
  readonly kind: string;
  readonly title?: string;
  readonly url_if_known?: string | null;
  readonly page_type: string;
  readonly key_points: readonly string[];
  readonly optional_points?: readonly string[];
};

export type PageScore = {
  readonly hits: number;
  readonly wrong: number;
  readonly missed: number;
  readonly exact: boolean;
};

export type Total = {
  readonly pages: number;
  readonly hits: number;
  readonly wrong: number;
  readonly missed: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly exact: number;
};

const SAME = 0.8;
const CHARACTERS = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]/u;

type Tokens = ReadonlyMap<string, number>;

/**
 * Words with their counts; in scripts without spaces, characters. As in Python, a word is made of letters and
 * numbers only (`[^\W_]+`: categories L* and N*), so combining marks divide.
 */
export function tokens(text: string): Tokens {
  const counts = new Map<string, number>();
  const add = (token: string): void => void counts.set(token, (counts.get(token) ?? 0) + 1);
  for (const [word] of foldCase(text.normalize("NFKC")).matchAll(/[\p{L}\p{N}]+/gu))
    if (CHARACTERS.test(word)) for (const character of word) add(character);
    else add(word);
  return counts;
}

/** Python's casefold, for what occurs in texts: lower case, with the few letters that fold further. */
const foldCase = (text: string): string =>
  text.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ").replaceAll("ŉ", "ʼn").replaceAll("ǰ", "ǰ");

const size = (counts: Tokens): number => counts.values().reduce((total, count) => total + count, 0);

function similarity(one: Tokens, other: Tokens): number {
  const all = size(one) + size(other);
  if (size(one) === 0 || size(other) === 0) return 0;
  let common = 0;
  for (const [token, count] of one) common += Math.min(count, other.get(token) ?? 0);
  return (2 * common) / all;
}

/** Pairs of equal points, one to one, the most alike first: indexes of (predicted, gold). */
export function matchPoints(
  predicted: readonly string[],
  gold: readonly string[],
): readonly (readonly [number, number])[] {
  const left = predicted.map(tokens);
  const right = gold.map(tokens);
  const pairs = left
    .flatMap((one, i) => right.map((other, j) => ({ score: similarity(one, other), i, j })))
    .filter(({ score }) => score >= SAME)
    .sort((a, b) => b.score - a.score || a.i - b.i || a.j - b.j);
  const matched: (readonly [number, number])[] = [];
  for (const { i, j } of pairs) if (!matched.some(([p, g]) => p === i || g === j)) matched.push([i, j]);
  return matched;
}

/** Scores one page; optional points may be predicted and need not be. */
export function scorePage(predicted: readonly string[], gold: Gold): PageScore {
  const matched = matchPoints(predicted, gold.key_points);
  const used = new Set(matched.map(([index]) => index));
  const rest = predicted.filter((_, index) => !used.has(index));
  const wrong = rest.length - matchPoints(rest, gold.optional_points ?? []).length;
  const missed = gold.key_points.length - matched.length;
  return { hits: matched.length, wrong, missed, exact: missed === 0 && wrong === 0 };
}

/** Adds pages up: precision, recall and F1 of points, and the share of exact pages, not rounded. */
export function total(pages: readonly PageScore[]): Total {
  const sum = (measure: (page: PageScore) => number): number =>
    pages.reduce((all, page) => all + measure(page), 0);
  const hits = sum((page) => page.hits);
  const wrong = sum((page) => page.wrong);
  const missed = sum((page) => page.missed);
  const precision = hits + wrong > 0 ? hits / (hits + wrong) : missed === 0 ? 1 : 0;
  const recall = hits + missed > 0 ? hits / (hits + missed) : 1;
  const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  const exact = pages.length === 0 ? 0 : sum((page) => (page.exact ? 1 : 0)) / pages.length;
  return { pages: pages.length, hits, wrong, missed, precision, recall, f1, exact };
}
