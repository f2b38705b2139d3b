type Run = () => void;

const waiting = new WeakMap<AbortSignal, { readonly runs: Set<Run>; readonly all: Run }>();

/**
 * Has `run` called when a signal aborts (never, when it has already), until `offAbort` takes it back; `run` must not
 * throw. Node walks all listeners of a signal to add or to remove one, which hundreds of requests under one signal feel: here each signal has
 * one listener, for as long as anybody waits.
 */
export function onAbort(signal: AbortSignal, run: Run): void {
  const known = waiting.get(signal);
  if (known !== undefined) {
    known.runs.add(run);
    return;
  }
  const runs = new Set([run]);
  const all = (): void => runs.forEach((one) => one());
  waiting.set(signal, { runs, all });
  signal.addEventListener("abort", all, { once: true });
}

export function offAbort(signal: AbortSignal, run: Run): void {
  const known = waiting.get(signal);
  if (known === undefined) return;
  known.runs.delete(run);
  if (known.runs.size > 0) return;
  waiting.delete(signal);
  signal.removeEventListener("abort", known.all);
}
