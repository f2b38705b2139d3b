import type { Clock, Millis } from "../../domain/types.ts";

/**
 * Gives `work` a signal that aborts after `ms` or when one of the outer signals does. The deadline bounds all the
 * requests of one send together, so that a send never outlives the lease of its delivery: it is left then, even where
 * the work does not heed its signal.
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
  const signal = AbortSignal.any([late.signal, ...outer]);
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason as Error);
  signal.addEventListener("abort", leave, { once: true, signal: done.signal });
  try {
    signal.throwIfAborted();
    return await Promise.race([work(signal), left.promise]);
  } finally {
    done.abort();
  }
}
