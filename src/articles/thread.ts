import { Worker } from "node:worker_threads";
import type { Article, Clock, Millis } from "../domain/types.ts";
import type { Job, Said } from "./extract-worker.ts";

/** How a job ended. After `stopped` the thread is of no more use. */
export type Outcome =
  | { readonly kind: "done"; readonly article: Article }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "stopped"; readonly reason: string };

/** A thread for one job at a time. */
export type Thread = AsyncDisposable & {
  readonly run: (job: Job, signal?: AbortSignal) => Promise<Outcome>;
};

/** Enough for the largest page that is fetched (8 MB) as a tree, beside the language detector's tables. */
const MEMORY_MB = 768;
/** A thread that gets hardly any CPU on a busy machine is given this many times the deadline. */
const WALL_FACTOR = 15;
/**
 * Starts a thread whose jobs may take `parseMs` of CPU each. It sees nothing of the environment, and keeps the process
 * alive only while it works.
 */
export function openThread(parseMs: Millis, clock: Clock): Thread {
  const worker = new Worker(new URL("./extract-worker.ts", import.meta.url), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  let settle: (said: Said | Outcome) => void = () => {};
  const next = (): Promise<Said | Outcome> => new Promise((resolve) => (settle = resolve));
  const ended = (reason: string) => settle({ kind: "stopped", reason });
  worker.on("message", (said: Said) => settle(said));
  worker.on("error", (error) => ended(`the thread broke: ${String(error)}`));
  worker.on("exit", () => ended("the thread ended"));

  /** The CPU time of the thread so far; none once it is gone. */
  async function cpuMs(): Promise<Millis> {
    try {
      const { user, system } = await worker.cpuUsage();
      return (user + system) / 1000;
    } catch {
      return 0;
    }
  }

  /** Resolves when the job used up its CPU time, or when the signal aborts. */
  async function deadline(signal: AbortSignal): Promise<Outcome> {
    const begun = clock.monotonic();
    const start = await cpuMs();
    for (let left = parseMs; left > 0 && !signal.aborted;) {
      await clock.sleep(Math.max(left, 5), signal);
      left = clock.monotonic() - begun > parseMs * WALL_FACTOR ? 0 : parseMs - ((await cpuMs()) - start);
    }
    return { kind: "stopped", reason: `it took longer than ${parseMs} ms` };
  }

  const started = next();

  return {
    run: async (job, signal) => {
      worker.ref();
      const first = await started;
      if (first.kind !== "ready") return { kind: "stopped", reason: "the thread did not start" };
      const watch = new AbortController();
      const answer = next();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(job);
      const over = signal ? AbortSignal.any([signal, watch.signal]) : watch.signal;
      const outcome = await Promise.race([answer, deadline(over)]);
      watch.abort();
      worker.unref();
      return outcome.kind === "ready" ? { kind: "stopped", reason: "the thread started twice" } : outcome;
    },
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}
