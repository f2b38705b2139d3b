import { flushCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";

/** How a job ended inside its thread. */
export type Done<Result> =
  { readonly kind: "done"; readonly result: Result } | { readonly kind: "failed"; readonly reason: string };

/** What a thread says: that it is there, and the outcome of each job in turn. */
export type Answer<Result> = { readonly kind: "ready" } | Done<Result>;

/** Makes this module the inside of a wall (`openWall`): `work` is called for each job; what it throws is `failed`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what is posted to a thread has no type
export function answerJobs<Job, Result>(work: (job: Job) => Done<Result> | Promise<Done<Result>>): void {
  const answer = async (job: Job): Promise<Answer<Result>> => {
    try {
      return await work(job);
    } catch (error) {
      return { kind: "failed", reason: String(error) };
    }
  };
  const say = (said: Answer<Result>): void =>
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage(said);
  parentPort?.on("message", (job: Job) => void answer(job).then(say));
  say({ kind: "ready" });
  // Kept now: a program that is killed would keep nothing.
  flushCompileCache();
}
