import type { Clock, Millis } from "../../domain/types.ts";

/**
 * Counts the answers of which Discord takes 10,000 within ten minutes from one address before it bans it: 401, 403 and
 * 429, but not a 429 of the scope `shared` (https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
 */
export type InvalidRequests = {
  readonly note: (status: number, headers: { get: (name: string) => string | null }) => void;
  /** How long nothing may be asked any more; 0: go. */
  readonly rest: () => Millis;
};

const WINDOW: Millis = 600_000;
/** So many and no more, in one process: a host may run twenty of them before it comes near the ban. */
export const MOST_INVALID = 500;

/** `alarm` hears of it each time when the count has become too high, and for how long nothing is asked. */
export function openInvalidRequests(
  clock: Clock,
  alarm: (reason: string, rest: Millis) => void,
): InvalidRequests {
  let times: readonly Millis[] = [];
  const rest = (): Millis => {
    const oldest = times.at(-MOST_INVALID);
    return oldest === undefined ? 0 : Math.max(0, oldest + WINDOW - clock.monotonic());
  };
  return {
    rest,
    note: (status, headers) => {
      const isShared = headers.get("X-RateLimit-Scope") === "shared";
      if (status !== 401 && status !== 403 && (status !== 429 || isShared)) return;
      const wasOpen = rest() === 0;
      times = [...times, clock.monotonic()].slice(-MOST_INVALID);
      if (wasOpen && rest() > 0) alarm(tooMany, rest());
    },
  };
}

export const tooMany = `Discord refused ${MOST_INVALID} requests within ten minutes (401, 403, 429), and bans an address after 10,000`;
