import type { Clock, Millis } from "../../domain/types.ts";

/** A signal that aborts after `ms` or when one of the outer signals does; disposed of, it never does. */
export type Deadline = Disposable & { readonly signal: AbortSignal };

export function openDeadline(clock: Clock, ms: Millis, outer: readonly AbortSignal[]): Deadline {
  const late = new AbortController();
  const done = new AbortController();
  void clock.sleep(ms, done.signal).then(() => late.abort(new Error(`no answer within ${ms / 1000} s`)));
  return { signal: AbortSignal.any([late.signal, ...outer]), [Symbol.dispose]: () => done.abort() };
}

/**
 * Gives `work` the signal of a deadline, and leaves it then, even where it does not heed it. The deadline bounds all the
 * requests of one send together, so that a send never outlives the lease of its delivery.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: Millis,
  outer: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using deadline = openDeadline(clock, ms, outer);
  const { signal } = deadline;
  signal.throwIfAborted();
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason as Error);
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([work(signal), left.promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
