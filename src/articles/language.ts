/** Below this many letters a guess is no better than a throw. */
const MIN_LETTERS = 40;
const MAX_CHARACTERS = 4000;

/**
 * A language tag in its canonical form (BCP 47: `en_US` gives `en-US`); null for what is none, or says nothing
 * (`und`, `mul`, `x-default`). Of a list, the first.
 */
export function normaliseLanguage(tag: string | null | undefined): string | null {
  const first = (tag ?? "").split(",")[0]?.trim().replaceAll("_", "-").replace(/\..*$/u, "") ?? "";
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}$/iu.test(first) || /^(?:und|mul|zxx)(?:-|$)/iu.test(first))
    return null;
  try {
    return Intl.getCanonicalLocales(first)[0] ?? null;
  } catch {
    return null;
  }
}

/** The commonest words of languages in Latin letters: hardly a sentence does without. */
const COMMON: Readonly<Record<string, string>> = {
  en: "the of and to in a is that for on with was as it at by from",
  de: "der die das und in zu den von mit ist im nicht ein eine auf für des dem",
  fr: "le la les de des et en un une du est que dans pour au qui sur par",
  es: "el la los las de y en un una del que es por con para se al su",
  it: "il la le di e in un una del che è per con della i al da si",
  pt: "o a os as de e em um uma do da que é por com para no na",
  nl: "de het een van en in is dat op te voor met zijn aan niet die",
  sv: "och i att det som en på är av för med till den har inte ett",
  da: "og i at det som en på er af for med til den har ikke et de",
  no: "og i å det som en på er av for med til den har ikke et de",
  pl: "i w na z się do nie że to jest o po za od jak dla przez",
  tr: "ve bir bu da de için ile çok olan olarak daha en gibi",
  id: "yang dan di untuk dengan ini dari pada itu dalam akan tidak",
};
const SAME: Readonly<Record<string, string>> = { nb: "no", nn: "no", ms: "id" };
/** Fewer words than this say nothing of a language. */
const MIN_COMMON_WORDS = 60;
/** Of running text they are a fifth and more; a list of ingredients has still some. */
const MIN_COMMON_SHARE = 0.03;

/** ISO 15924 names of scripts that texts mix with others. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  Jpan: ["Hira", "Kana", "Hani"],
  Kore: ["Hang", "Hani"],
  Hans: ["Hani"],
  Hant: ["Hani"],
};
const MIN_SCRIPT_SHARE = 0.3;
/** Written in more than one script. */
const TWO_SCRIPTS = /^(?:sr|bs|uz|kk|az|mn|tg|pa|ku|ms|tk|ug)(?:-|$)/u;

/**
 * Whether a text can be in the language that its page states: themes say "en" over texts in any language. Only what
 * speaks clearly against it counts: another script, or hardly a word of those that no sentence does without.
 */
export function mayBeIn(language: string, text: string): boolean {
  const sample = text.slice(0, MAX_CHARACTERS);
  const letters = sample.match(/\p{L}/gu) ?? [];
  if (letters.length < MIN_LETTERS) return true;
  const script = new Intl.Locale(language).maximize().script ?? "Zzzz";
  const own = scriptPattern(SCRIPTS[script] ?? [script]);
  if (own !== null && !TWO_SCRIPTS.test(language)) {
    const share = letters.filter((letter) => own.test(letter)).length / letters.length;
    if (share < MIN_SCRIPT_SHARE) return false;
  }
  const code = language.split("-")[0] ?? "";
  const common = COMMON[SAME[code] ?? code]?.split(" ");
  const words = sample.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (common === undefined || words.length < MIN_COMMON_WORDS) return true;
  return words.filter((word) => common.includes(word)).length / words.length >= MIN_COMMON_SHARE;
}

/** Null for a script that has no letters of its own here. */
function scriptPattern(scripts: readonly string[]): RegExp | null {
  try {
    return new RegExp(scripts.map((script) => String.raw`\p{Script=${script}}`).join("|"), "u");
  } catch {
    return null;
  }
}

/**
 * The language a text is written in, as a two-letter code; null when the text is short or the detector unsure.
 * The detector's tables (some 80 MB) are loaded at the first call only.
 */
export async function detectLanguage(text: string): Promise<string | null> {
  const sample = text.slice(0, MAX_CHARACTERS);
  if ((sample.match(/\p{L}/gu) ?? []).length < MIN_LETTERS) return null;
  const { eld } = await import("eld/extrasmall");
  const result = eld.detect(sample);
  return result.language !== "" && result.isReliable() ? result.language : null;
}
