/** Scripts written without spaces between words: two characters of these count as about one word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const LOOSELY_SPACED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/** Most texts have neither; to look is cheaper than to count. */
const MAY_BE_UNSPACED =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7a3\uf900-\ufaff\ud800-\udfff]/u;
const ASCII = /^[\0-\x7f]*$/u;

const countMatches = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** About how many words a text has, in any script. */
export function wordCount(text: string): number {
  const words = countMatches(text, WORD);
  if (!MAY_BE_UNSPACED.test(text)) return words;
  const unspaced = countMatches(text, UNSPACED);
  const loose = countMatches(text, LOOSELY_SPACED);
  if (unspaced + loose === 0) return words;
  return Math.round(words + unspaced / 2 + loose / 5);
}

/** Letters that are written in more than one way, mostly where capitals are: KISACA, GROSSE, ΣΥΝΟΨΗΣ, نكات. */
const ALIKE: Readonly<Record<string, string>> = { ı: "i", ß: "ss", ς: "σ", ي: "ی", ك: "ک" };

/** Compatibility forms, case and accents folded, punctuation to single spaces: how labels and titles are compared. */
export function fold(text: string): string {
  if (ASCII.test(text))
    return text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, " ")
      .trim();
  return text
    .normalize("NFKD")
    .replaceAll(/\p{Mn}+/gu, "")
    .toLowerCase()
    .replaceAll(/[ıßςـيك]/gu, (letter) => ALIKE[letter] ?? "")
    .replaceAll(/[^\p{L}\p{N}\p{Mc}]+/gu, " ")
    .trim();
}

/** Words cut to their first six letters (inflections meet), Korean ones to two, pairs of characters where words have no spaces. */
export function stems(text: string): Set<string> {
  const found = new Set<string>();
  const unspaced = MAY_BE_UNSPACED.test(text);
  for (const word of text.toLowerCase().match(WORD) ?? []) {
    if (unspaced && word.search(UNSPACED) >= 0) addPairs(word, found);
    else if (unspaced && HANGUL.test(word)) found.add(word.slice(0, 2));
    else if (word.length >= 4 || /\p{N}/u.test(word)) found.add(word.slice(0, 6));
  }
  return found;
}

/** Korean puts its particles behind words of two syllables, mostly. */
const HANGUL = /^\p{Script=Hangul}{2}/u;

function addPairs(word: string, found: Set<string>): void {
  for (let at = 0; at + 1 < word.length; at++) found.add(word.slice(at, at + 2));
}

/** The share of `part`'s members that `whole` has too; 0 when `part` is empty. */
export function share(part: ReadonlySet<string>, whole: Pick<ReadonlySet<string>, "has">): number {
  if (part.size === 0) return 0;
  let common = 0;
  for (const member of part) if (whole.has(member)) common++;
  return common / part.size;
}
