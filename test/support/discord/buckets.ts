import type { RouteName } from "./routes.ts";

export type Limit = { readonly limit: number; readonly windowMs: number };

/** Reported limits of the routes that have a narrow one; the others get `OTHER`. */
export const REPORTED: Partial<Record<RouteName, Limit>> = {
  create: { limit: 5, windowMs: 5_000 },
  createThread: { limit: 5, windowMs: 5_000 },
  crosspost: { limit: 10, windowMs: 3_600_000 },
  history: { limit: 5, windowMs: 5_000 },
};
const OTHER: Limit = { limit: 50, windowMs: 1_000 };
const GLOBAL: Limit = { limit: 50, windowMs: 1_000 };

export type Verdict = {
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds to wait; null: let through. */
  readonly retryAfter: number | null;
  readonly global: boolean;
};

export type Buckets = { readonly take: (route: RouteName, major: string) => Verdict };

/** Counts requests in windows, as the X-RateLimit headers tell them; null limits: nothing is ever refused. */
export function openBuckets(now: () => number, limits: Partial<Record<RouteName, Limit>> | null): Buckets {
  const windows = new Map<string, { used: number; ends: number }>();
  const count = (key: string, { limit, windowMs }: Limit): { left: number; ends: number } => {
    const open = windows.get(key);
    const window = open !== undefined && now() < open.ends ? open : { used: 0, ends: now() + windowMs };
    window.used = Math.min(limit + 1, window.used + 1);
    windows.set(key, window);
    return { left: limit - window.used, ends: window.ends };
  };
  return {
    take: (route, major) => {
      if (limits === null) return { headers: {}, retryAfter: null, global: false };
      const all = count("global", GLOBAL);
      if (all.left < 0) return limited(all.ends - now(), true, "global", {});
      const limit = limits[route] ?? OTHER;
      const { left, ends } = count(`${route} ${major}`, limit);
      const headers = bucketHeaders(route, limit.limit, Math.max(0, left), ends, now());
      return left < 0
        ? limited(ends - now(), false, "user", headers)
        : { headers, retryAfter: null, global: false };
    },
  };
}

const bucketHeaders = (
  route: RouteName,
  limit: number,
  left: number,
  ends: number,
  now: number,
): Record<string, string> => ({
  "X-RateLimit-Limit": String(limit),
  "X-RateLimit-Remaining": String(left),
  "X-RateLimit-Reset": (ends / 1000).toFixed(3),
  "X-RateLimit-Reset-After": ((ends - now) / 1000).toFixed(3),
  "X-RateLimit-Bucket": `bucket-of-${route}`,
});

/** The headers and the wait of a 429 in one of Discord's three scopes. */
export function limited(
  waitMs: number,
  global: boolean,
  scope: "user" | "shared" | "global",
  headers: Readonly<Record<string, string>>,
): Verdict {
  const retryAfter = Math.max(0.001, waitMs / 1000);
  return {
    headers: {
      ...headers,
      "Retry-After": retryAfter.toFixed(3),
      "X-RateLimit-Scope": scope,
      ...(global ? { "X-RateLimit-Global": "true" } : {}),
    },
    retryAfter,
    global,
  };
}
