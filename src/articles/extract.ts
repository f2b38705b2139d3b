import type { Article, Clock, Limits, Log, ParsedEntry } from "../domain/types.ts";
import { systemClock } from "../lib/clock.ts";
import { openWall } from "../lib/thread.ts";
import type { FeedInfo, Page } from "./article.ts";
import type { Job } from "./extract-worker.ts";

export type { FeedInfo } from "./article.ts";
export { isWhole } from "./whole.ts";

/** Extraction behind a wall: what a page does to the parser happens in a thread that can be stopped. */
export type Extractor = AsyncDisposable & {
  /**
   * The article on a page. A page that is nested too deep, takes longer than `limits.parseMs` of CPU or more than the
   * thread's memory is given up: the answer is then the entry's article, with source "feed only".
   */
  readonly articleFromPage: (
    page: Page,
    entry: ParsedEntry | null,
    feed: FeedInfo | null,
    signal?: AbortSignal,
  ) => Promise<Article>;
  /** The article as the feed tells it; content that can't be read in time is left out. */
  readonly articleFromEntry: (
    entry: ParsedEntry,
    feed: FeedInfo,
    source: "feed" | "feed only",
    signal?: AbortSignal,
  ) => Promise<Article>;
};

export type ExtractorOptions = {
  readonly limits: Pick<Limits, "parseMs">;
  /** Measures the deadline; CPU time can't be faked, so the machine's own unless said. */
  readonly clock?: Clock;
  /** Told why a page was given up. */
  readonly log?: Log;
};

/** Several times what the trees of the largest page take that is read (bounded.ts), beside the language tables. */
const MEMORY_MB = 256;

/** Opens the extractor. Its one thread starts with the first article, and anew after one that had to be stopped. */
export function openExtractor({ limits, clock = systemClock, log }: ExtractorOptions): Extractor {
  const module = new URL("./extract-worker.ts", import.meta.url);
  const wall = openWall<Job, Article>({ module, parseMs: limits.parseMs, memoryMb: MEMORY_MB, clock });

  async function run(job: Job, signal?: AbortSignal): Promise<Article | null> {
    const outcome = await wall.run(job, signal);
    if (outcome.kind === "done") return outcome.result;
    log?.warn("article given up", { url: urlOf(job), reason: outcome.reason });
    return null;
  }

  const articleFromEntry: Extractor["articleFromEntry"] = async (entry, feed, source, signal) =>
    (await run({ kind: "entry", entry, feed, source }, signal)) ??
    (await certainly({ kind: "entry", entry: withoutHtml(entry), feed, source: "feed only" }, signal));

  const articleWithoutPage = async (
    entry: ParsedEntry | null,
    feed: FeedInfo | null,
    url: string,
    signal?: AbortSignal,
  ) =>
    entry === null
      ? certainly({ kind: "page", page: { html: "", url }, entry, feed }, signal)
      : articleFromEntry(entry, feed ?? NO_FEED, "feed only", signal);

  /** For jobs without foreign HTML in them: these can't fail but by a bug. */
  async function certainly(job: Job, signal?: AbortSignal): Promise<Article> {
    const article = await run(job, signal);
    if (article === null) throw new Error("extraction failed without any HTML to extract from");
    return { ...article, source: "feed only" };
  }

  return {
    articleFromEntry,
    articleFromPage: async (page, entry, feed, signal) =>
      (await run({ kind: "page", page, entry, feed }, signal)) ??
      (await articleWithoutPage(entry, feed, page.url, signal)),
    [Symbol.asyncDispose]: () => wall[Symbol.asyncDispose](),
  };
}

const NO_FEED: FeedInfo = { title: null, siteUrl: null, iconUrl: null, language: null };

const withoutHtml = (entry: ParsedEntry): ParsedEntry => ({
  ...entry,
  contentHtml: null,
  descriptionHtml: null,
});

const urlOf = (job: Job): string | null => (job.kind === "page" ? job.page.url : job.entry.link);
