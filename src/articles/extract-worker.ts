/** The thread in which foreign HTML is taken apart; thread.ts starts it, watches it and ends it. */
import { parentPort } from "node:worker_threads";
import type { Article, ParsedEntry } from "../domain/types.ts";
import { articleFromEntry, articleFromPage, type FeedInfo, type Page } from "./article.ts";
import { isTooDeep } from "./dom.ts";
import { detectLanguage } from "./language.ts";

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

/** What the thread says: that it is there, and the outcome of each job in turn. */
export type Said =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly article: Article }
  | { readonly kind: "failed"; readonly reason: string };

async function extract(job: Job): Promise<Said> {
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
  return {
    kind: "done",
    article: {
      ...article,
      language: article.language ?? (await detectLanguage(`${article.title}\n${article.text}`)),
    },
  };
}

async function answer(job: Job): Promise<Said> {
  try {
    return await extract(job);
  } catch (error) {
    return { kind: "failed", reason: String(error) };
  }
}

function say(said: Said): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(said);
}

parentPort?.on("message", (job: Job) => void answer(job).then(say));
say({ kind: "ready" });
