import type { Millis } from "../../domain/types.ts";

const SECOND = 1000;
const LONGEST = 7 * 86_400 * SECOND;

/** The hosts that asked to be left alone. Whoever opens the client keeps them, so that they outlive it. */
export type Pauses = {
  /** Until when nothing may be asked of `host` (with its port); 0, or a moment that is over: it may. */
  readonly until: (host: string) => Millis | Promise<Millis>;
  readonly pause: (host: string, until: Millis, reason: string) => Promise<void>;
};

/** Pauses that are forgotten with the program. */
export function openPauses(): Pauses {
  const hosts = new Map<string, Millis>();
  return {
    until: (host) => hosts.get(host) ?? 0,
    pause: (host, until) => {
      hosts.set(host, until);
      return Promise.resolve();
    },
  };
}

/**
 * What Retry-After asks for in a 429 or a 503, as seconds or as a date (RFC 9110, 10.2.3), to 7 days; 0 when it is
 * missing, unreadable or in the past.
 */
export function retryAfter(status: number, headers: Readonly<Record<string, string>>, now: Millis): Millis {
  if (status !== 429 && status !== 503) return 0;
  const value = headers["retry-after"]?.trim() ?? "";
  const wait = /^\d{1,15}$/u.test(value) ? Number(value) * SECOND : Date.parse(value) - now;
  return wait > 0 ? Math.min(wait, LONGEST) : 0;
}
