/** The thread in which foreign HTML is taken apart; extract.ts starts it, lib/thread.ts watches it and ends it. */
import type { Article, ParsedEntry } from "../domain/types.ts";
import { articleFromEntry, articleFromPage, type FeedInfo, type Page } from "./article.ts";
import { boundedHtml } from "./bounded.ts";
import { isTooDeep } from "./dom.ts";
import { detectLanguage, mayBeIn } from "./language.ts";
import { answerJobs, type Done } from "../lib/thread-jobs.ts";

export type Job =
  | {
      readonly kind: "page";
      readonly page: Page;
      readonly entry: ParsedEntry | null;
      readonly feed: FeedInfo | null;
    }
  | {
      readonly kind: "entry";
      readonly entry: ParsedEntry;
      readonly feed: FeedInfo;
      readonly source: "feed" | "feed only";
    };

const boundedEntry = (entry: ParsedEntry): ParsedEntry => ({
  ...entry,
  contentHtml: entry.contentHtml && boundedHtml(entry.contentHtml),
  descriptionHtml: entry.descriptionHtml && boundedHtml(entry.descriptionHtml),
});

/** The job with no more HTML in it than a tree may be made of. */
const bounded = (job: Job): Job =>
  job.kind === "entry"
    ? { ...job, entry: boundedEntry(job.entry) }
    : {
        ...job,
        page: { ...job.page, html: boundedHtml(job.page.html) },
        entry: job.entry && boundedEntry(job.entry),
      };

async function extract(whole: Job): Promise<Done<Article>> {
  const job = bounded(whole);
  const sources = [
    job.kind === "page" ? job.page.html : "",
    job.entry?.contentHtml,
    job.entry?.descriptionHtml,
  ];
  if (sources.some((html) => isTooDeep(html ?? "")))
    return { kind: "failed", reason: "it is nested too deep" };
  const article =
    job.kind === "page"
      ? articleFromPage(job.page, job.entry, job.feed)
      : articleFromEntry(job.entry, job.feed, job.source);
  const words = `${article.title}\n${article.text}`;
  const isBelieved = article.language !== null && mayBeIn(article.language, words);
  const language = isBelieved ? article.language : await detectLanguage(words);
  return { kind: "done", result: { ...article, language } };
}

answerJobs(extract);
