import { LABELS } from "./labels.ts";
import { fold, wordCount } from "./words.ts";

export type LabelMatch = {
  readonly strength: "strong" | "weak";
  /** The label says nothing else. */
  readonly whole: boolean;
  /** The words of LABELS that were recognised, folded. */
  readonly phrase: string;
};

type Phrase = { readonly words: readonly string[]; readonly strength: "strong" | "weak" };

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]/u;

const bySpacing = (): { spaced: Map<string, Phrase[]>; unspaced: Map<string, "strong" | "weak"> } => {
  const spaced = new Map<string, Phrase[]>();
  const unspaced = new Map<string, "strong" | "weak">();
  for (const { strong, weak } of Object.values(LABELS))
    for (const [phrases, strength] of [
      [strong, "strong"],
      [weak, "weak"],
    ] as const)
      for (const phrase of phrases) {
        if (UNSPACED.test(phrase)) {
          unspaced.set(fold(phrase), strength);
          continue;
        }
        const words = fold(phrase).split(" ");
        const first = words[0] ?? "";
        spaced.set(first, [...(spaced.get(first) ?? []), { words, strength }]);
      }
  return { spaced, unspaced };
};

const { spaced: SPACED, unspaced: UNSPACED_PHRASES } = bySpacing();

/** Words that may stand around a label without changing what it says. */
const FILLERS = new Set(
  "the a an of this our your here are is s from at in on for to and include includes article story post today report episode page three four five six seven ai generated der die das des dieses artikels zum im drei vier fünf ki la le les de l cet trois quatre cinq ia esta este el los las del tres cuatro cinco dell articolo tre da do artigo três".split(
    " ",
  ),
);

const isFiller = (word: string): boolean => FILLERS.has(word) || /^\d{1,2}$/u.test(word);

/** The longest label that may be a sentence ("Here are the key takeaways from the episode:"), in words. */
const MOST_WORDS = 16;

/** Whether the text is a label for key points, in any of the languages of LABELS; null when it isn't. */
export function matchLabel(text: string): LabelMatch | null {
  if (text.length > 160 || text.length < 2) return null;
  const whole = matchText(text);
  if (whole?.whole === true || !/[:|–—] /u.test(text) || /[.!]$/u.test(text)) return whole;
  // "Office chairs: quick facts" is a label with its subject.
  return text
    .split(/[:|–—] /u)
    .map(matchText)
    .reduce((best, part) => (part?.whole === true ? better(best, part) : best), whole);
}

function matchText(text: string): LabelMatch | null {
  const folded = fold(text);
  return UNSPACED.test(text)
    ? matchUnspaced(folded)
    : matchSpaced(folded.split(" "), /[:：]\s*$/u.test(text));
}

function matchSpaced(words: readonly string[], introduces: boolean): LabelMatch | null {
  if (words.length > MOST_WORDS) return null;
  let best: LabelMatch | null = null;
  for (const [at, word] of words.entries())
    for (const phrase of SPACED.get(word) ?? []) {
      if (!phrase.words.every((part, offset) => words[at + offset] === part)) continue;
      best = better(best, judgeSpaced(words, at, phrase, introduces));
    }
  return best;
}

/** One word, or a weak label, must open a longer label; where a colon says that a list follows, it may stand later. */
function judgeSpaced(
  words: readonly string[],
  at: number,
  phrase: Phrase,
  introduces: boolean,
): LabelMatch | null {
  const end = at + phrase.words.length;
  const rest = [...words.slice(0, at), ...words.slice(end)].filter((word) => !isFiller(word));
  const whole = rest.length === 0;
  const match = { strength: phrase.strength, whole, phrase: phrase.words.join(" ") };
  if (whole || (phrase.strength === "strong" && phrase.words.length > 1)) return match;
  const before = words.slice(0, at).filter((word) => !isFiller(word)).length;
  const stands = introduces
    ? before <= 1
    : before === 0 || (phrase.strength === "strong" && end === words.length);
  return stands && words.length <= 12 ? match : null;
}

function matchUnspaced(folded: string): LabelMatch | null {
  let best: LabelMatch | null = null;
  for (const [phrase, strength] of UNSPACED_PHRASES) {
    if (!folded.includes(phrase)) continue;
    const rest = wordCount(folded.replace(phrase, "").normalize("NFC"));
    if (rest > (strength === "strong" && phrase.length > 2 ? MOST_WORDS : 3)) continue;
    best = better(best, { strength, whole: rest <= 1, phrase });
  }
  return best;
}

const rank = (match: LabelMatch | null): number =>
  match === null ? 0 : (match.strength === "strong" ? 3 : 1) + (match.whole ? 1.5 : 0);

const better = (one: LabelMatch | null, other: LabelMatch | null): LabelMatch | null =>
  rank(other) > rank(one) ? other : one;
