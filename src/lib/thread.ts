import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clock, Millis } from "../domain/types.ts";
import type { Answer } from "./thread-jobs.ts";

/** How a job ended. After `stopped` its thread is gone; the next job gets a new one. */
export type Outcome<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "stopped"; readonly reason: string };

export type ThreadOptions = {
  /** A module that calls `answerJobs`. */
  readonly module: URL;
  /** The CPU time of one job. */
  readonly parseMs: Millis;
  readonly memoryMb: number;
  /** Measures the deadline; CPU time can't be faked. */
  readonly clock: Clock;
};

/** Work on foreign data behind a wall: whatever it does there, it can be stopped. */
export type Wall<Job, Result> = AsyncDisposable & {
  /** One job at a time, in order. Rejects when the signal aborts, and when the wall was closed. */
  readonly run: (job: Job, signal?: AbortSignal) => Promise<Outcome<Result>>;
};

/** A small nursery: V8 would let it grow to many times this, and hardly be faster for it. */
const YOUNG_MB = 4;
/** A thread that gets hardly any CPU on a busy machine is given this many times the deadline. */
const WALL_FACTOR = 15;

/** Opens the wall. Its one thread starts with the first job, and anew after one that had to be stopped. */
export function openWall<Job, Result>(options: ThreadOptions): Wall<Job, Result> {
  let thread: Thread<Job, Result> | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  async function attempt(job: Job, signal?: AbortSignal): Promise<Outcome<Result>> {
    signal?.throwIfAborted();
    if (closed) throw new Error("the thread is closed");
    thread ??= openThread<Job, Result>(options);
    const outcome = await thread.run(job, signal);
    if (outcome.kind === "stopped") {
      await thread[Symbol.asyncDispose]();
      thread = null;
    }
    signal?.throwIfAborted();
    return outcome;
  }

  return {
    // One after the other, so that the deadline counts the job's own work.
    run: (job, signal) => {
      const outcome = queue.then(() => attempt(job, signal));
      queue = outcome.catch(() => null);
      return outcome;
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await thread?.[Symbol.asyncDispose]();
      thread = null;
    },
  };
}

/** A thread for one job at a time. */
type Thread<Job, Result> = AsyncDisposable & {
  readonly run: (job: Job, signal?: AbortSignal) => Promise<Outcome<Result>>;
};

/** A thread compiles nothing that Node has kept compiled; the folder is named with Node's version below it. */
function environment(): Readonly<Record<string, string>> {
  const compiled = getCompileCacheDir();
  return compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) };
}

/** Starts a thread. It sees nothing of the environment, and keeps the process alive only while it works. */
function openThread<Job, Result>({ module, parseMs, memoryMb, clock }: ThreadOptions): Thread<Job, Result> {
  type Said = Answer<Result> | Outcome<Result>;
  const worker = new Worker(module, {
    env: environment(),
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let settle: (said: Said) => void = () => {};
  const next = (): Promise<Said> => new Promise((resolve) => (settle = resolve));
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
  async function deadline(signal: AbortSignal): Promise<Outcome<Result>> {
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
