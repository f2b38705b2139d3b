import type { Clock, Millis } from "../../domain/types.ts";
import { offAbort, onAbort } from "../abort.ts";

export type Priority = "feed" | "page";

/** Held while a request runs; disposing of it lets the next one begin after the gap. */
export type Turn = Disposable & {
  /** Nothing was asked in it: the next one need not wait for the gap. */
  readonly spare: () => void;
};

export type Turns = {
  /** Waits for the turn of `domain`; null when a signal aborted first. */
  readonly take: (
    domain: string,
    priority: Priority,
    signals: readonly AbortSignal[],
  ) => Promise<Turn | null>;
  /** How many domains are remembered: those with a request running, waiting, or done less than a gap ago. */
  readonly domains: () => number;
};

type Waiter = { readonly priority: Priority; readonly begin: (turn: Turn) => void };

/**
 * Manners towards publishers: in each domain one request at a time, `gap` milliseconds of quiet after each, feeds
 * before pages, otherwise first come first served. Domains don't wait for one another.
 */
export function openTurns(gap: Millis, clock: Clock, closing: AbortSignal): Turns {
  const lines = new Map<string, Waiter[]>();

  /** Serves one domain until nobody waits any more, then forgets it. */
  async function serve(domain: string, line: Waiter[]): Promise<void> {
    for (let next = pick(line); next !== undefined; next = pick(line)) {
      const done = Promise.withResolvers<void>();
      let quiet = gap;
      next.begin({ spare: () => (quiet = 0), [Symbol.dispose]: () => done.resolve() });
      await done.promise;
      if (quiet > 0) await clock.sleep(quiet, closing);
    }
    lines.delete(domain);
  }

  function join(domain: string, waiter: Waiter): void {
    const line = lines.get(domain);
    if (line !== undefined) {
      line.push(waiter);
      return;
    }
    const fresh = [waiter];
    lines.set(domain, fresh);
    void serve(domain, fresh);
  }

  function take(domain: string, priority: Priority, signals: readonly AbortSignal[]): Promise<Turn | null> {
    const { promise, resolve } = Promise.withResolvers<Turn | null>();
    if (signals.some(({ aborted }) => aborted)) return Promise.resolve(null);
    const waiter: Waiter = {
      priority,
      begin: (turn) => {
        for (const signal of signals) offAbort(signal, leave);
        resolve(turn);
      },
    };
    const leave = (): void => {
      for (const signal of signals) offAbort(signal, leave);
      const line = lines.get(domain);
      if (line?.includes(waiter) === true) line.splice(line.indexOf(waiter), 1);
      resolve(null);
    };
    for (const signal of signals) onAbort(signal, leave);
    join(domain, waiter);
    return promise;
  }

  return { take, domains: () => lines.size };
}

/** Takes the first feed out of the line, or the first page when no feed waits. */
function pick(line: Waiter[]): Waiter | undefined {
  const feed = line.findIndex(({ priority }) => priority === "feed");
  return line.splice(Math.max(feed, 0), 1)[0];
}
