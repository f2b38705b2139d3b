import type { Article } from "../../domain/types.ts";
import { checkHeadline, MIN_WORDS } from "../headline.ts";
import { type Finding, hit, notChecked } from "./finding.ts";

/**
 * The headline against the text. Only text that can be judged is: 80 words or more, in English (the one language with
 * data so far); for the rest the finding says why not.
 */
export function headline(article: Pick<Article, "title" | "text" | "language" | "keyPoints">): Finding {
  const language = article.language?.split("-")[0] ?? "unknown";
  if (language !== "en") return notChecked(`no data for the language ${language}`);
  const words = article.text.split(/\s+/u).length;
  if (words < MIN_WORDS) return notChecked(`the text has only ${words} words`);
  const problem = checkHeadline(article.title, [article.text, ...article.keyPoints.points].join("\n"));
  return problem === null ? null : hit(problem.reason);
}
