import type { Clock, Millis } from "../../domain/types.ts";

/** Remembers which routes Discord has asked us to leave alone, and until when. */
export type Gate = {
  /** How long the route must still rest; 0: go. */
  readonly rest: (route: string) => Millis;
  /** Reads the rate-limit headers of an answer. */
  readonly note: (route: string, status: number, headers: { get: (name: string) => string | null }) => void;
};

/** A little longer than Discord says, as clocks differ (discord.js adds 50 ms, and would wait itself below that). */
const MARGIN: Millis = 100;
const EVERY_ROUTE = "*";

/** The name of a request's bucket: ids of messages and tokens of interactions don't make a route of their own. */
export const routeOf = (method: string, path: string): string =>
  `${method} ${path
    .replace(/\/messages\/\d+/, "/messages/:id")
    .replace(/^\/(interactions|webhooks)\/\d+\/[^/?]+/, "/$1/:id")
    .replace(/\?.*/, "")}`;

/**
 * Keeps a request back here instead of in discord.js, which holds each caller and a timer (so also the end of the
 * process) for as long as the limit lasts; for crossposts that is up to an hour.
 */
export function openGate(clock: Clock): Gate {
  const until = new Map<string, Millis>();
  return {
    rest: (route) => {
      const open = Math.max(until.get(route) ?? 0, until.get(EVERY_ROUTE) ?? 0);
      return Math.max(0, open - clock.monotonic());
    },
    note: (route, status, headers) => {
      const wait = waitIn(status, headers);
      if (wait === null) until.delete(route);
      else
        until.set(
          status === 429 && isGlobal(headers) ? EVERY_ROUTE : route,
          clock.monotonic() + wait + MARGIN,
        );
    },
  };
}

const isGlobal = (headers: { get: (name: string) => string | null }): boolean =>
  headers.get("X-RateLimit-Global") !== null || headers.get("X-RateLimit-Scope") === "global";

function waitIn(status: number, headers: { get: (name: string) => string | null }): Millis | null {
  const spent = headers.get("X-RateLimit-Remaining") === "0";
  const seconds = headers.get(status === 429 ? "Retry-After" : "X-RateLimit-Reset-After");
  if (seconds === null || !(status === 429 || spent)) return null;
  return Number.isFinite(Number(seconds)) ? Number(seconds) * 1000 : null;
}
