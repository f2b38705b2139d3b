import type { Article } from "../../domain/types.ts";
import { checkHeadline, MIN_WORDS } from "../headline.ts";
import { type Finding, hit, notChecked } from "./finding.ts";

/** A block with fewer words is a row of a table, a menu or a caption rather than a part of the text. */
const SENTENCE_WORDS = 8;

/**
 * The headline against the text. Only text that can be judged is: 80 words or more in sentences, in English (the one
 * language with data so far); for the rest the finding says why not.
 */
export function headline(article: Pick<Article, "title" | "text" | "language" | "keyPoints">): Finding {
  const language = article.language?.split("-")[0] ?? "unknown";
  if (language !== "en") return notChecked(`no data for the language ${language}`);
  const words = wordsInSentences(article.text);
  if (words < MIN_WORDS) return notChecked(`the text has only ${words} words in sentences`);
  const problem = checkHeadline(article.title, [article.text, ...article.keyPoints.points].join("\n"));
  return problem === null ? null : hit(problem.reason);
}

function wordsInSentences(text: string): number {
  const blocks = text.split(/\n+/u).map((block) => block.match(/\S+/gu)?.length ?? 0);
  return blocks.filter((words) => words >= SENTENCE_WORDS).reduce((sum, words) => sum + words, 0);
}
