import type { Article } from "../domain/types.ts";
import { checkHeadline, MIN_WORDS } from "./headline.ts";

/** One reason to let a person look before an article is posted. */
export type Held = { readonly check: string; readonly reason: string };

export type CheckResult =
  | { readonly kind: "checked"; readonly held: readonly Held[] }
  | { readonly kind: "not checked"; readonly reason: string };

/**
 * Looks at an article before it is posted. Only text that can be judged is: 80 words or more, in English (the one
 * language with data so far); for the rest the result says why not. What is held waits for an admin.
 */
export function checkArticle(article: Article): CheckResult {
  const language = article.language?.split("-")[0] ?? "unknown";
  if (language !== "en") return { kind: "not checked", reason: `no data for the language ${language}` };
  const words = article.text.split(/\s+/u).length;
  if (words < MIN_WORDS) return { kind: "not checked", reason: `the text has only ${words} words` };
  const problem = checkHeadline(article.title, [article.text, ...article.keyPoints.points].join("\n"));
  return { kind: "checked", held: problem === null ? [] : [problem] };
}
