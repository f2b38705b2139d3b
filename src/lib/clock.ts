import { clearTimeout, setTimeout } from "node:timers";
import { setImmediate as immediate, setTimeout as delay } from "node:timers/promises";

/** Resolves when the event loop has dealt with what is there already: not a matter of time. */
export const nextTurn = (): Promise<void> => immediate();

/**
 * The machine's own clock: the one place that reads time, waits and rolls dice. Its shape is the domain's `Clock`;
 * `app` makes one and hands it out, tests hand out their own.
 */
export const systemClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: async (ms: number, signal?: AbortSignal): Promise<void> => {
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch {
      // An aborted wait is a wait that is over: whoever waits looks at the signal next.
    }
  },
};

/** Calls `run` after so long on the machine's own clock; what it gives takes that back. It keeps no program running. */
export function timer(ms: number, run: () => void): () => void {
  const handle = setTimeout(run, ms).unref();
  return () => clearTimeout(handle);
}
