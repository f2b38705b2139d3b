import type { Clock, Limits, Log } from "../domain/types.ts";
import { systemClock } from "../lib/clock.ts";
import { openWall } from "../lib/thread.ts";
import { readDocument, type ReadResult, type Source } from "./document.ts";
import type { Job } from "./read-worker.ts";

/** Reads the documents that strangers sent. */
export type FeedReader = AsyncDisposable & {
  /**
   * A feed with its entries' keys, or the feeds that a page names. A document too large to be read between two other
   * things is read in a thread, and given up as no feed when it takes longer than `limits.parseMs` of CPU.
   */
  readonly read: (source: Source, signal?: AbortSignal) => Promise<ReadResult>;
};

export type FeedReaderOptions = {
  readonly limits: Limits;
  readonly clock?: Clock;
  /** Told why a document was given up. */
  readonly log?: Log;
};

/** The worst document of this size holds the event loop for about 20 ms; most feeds are smaller. */
const SMALL = 64_000;
/** Enough for 5 MB of the worst. */
const MEMORY_MB = 256;

/** Opens the reader. Its one thread starts with the first large document. */
export function openFeedReader({ limits, clock = systemClock, log }: FeedReaderOptions): FeedReader {
  const module = new URL("./read-worker.ts", import.meta.url);
  const wall = openWall<Job, ReadResult>({ module, parseMs: limits.parseMs, memoryMb: MEMORY_MB, clock });

  async function readBehindWall(source: Source, signal?: AbortSignal): Promise<ReadResult> {
    const outcome = await wall.run({ source, limits }, signal);
    if (outcome.kind === "done") return outcome.result;
    log?.warn("document given up", { url: source.url, reason: outcome.reason });
    return { kind: "not a feed", reason: `it could not be read: ${outcome.reason}`, links: [] };
  }

  return {
    read: async (source, signal) =>
      source.body.length <= SMALL ? readDocument(source, limits) : await readBehindWall(source, signal),
    [Symbol.asyncDispose]: () => wall[Symbol.asyncDispose](),
  };
}
