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
