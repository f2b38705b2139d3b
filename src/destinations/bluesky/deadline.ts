import type { Clock, Millis } from "../../domain/types.ts";

/**
 * Gives `work` a signal that aborts after `ms` or when one of the outer signals does. The deadline bounds all the
 * requests of one send together, so that a send never outlives the lease of its delivery.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: Millis,
  outer: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  void clock.sleep(ms, done.signal).then(() => late.abort(new Error(`no answer within ${ms / 1000} s`)));
  try {
    return await work(AbortSignal.any([late.signal, ...outer]));
  } finally {
    done.abort();
  }
}
