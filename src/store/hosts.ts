import type { Clock, Millis } from "../domain/types.ts";
import type { Pauses } from "../lib/http/pauses.ts";
import type { Store } from "./open.ts";

/** What another process wrote down is heeded after this at the latest. */
const FRESH: Millis = 1_000;

/**
 * The pauses that hosts asked for (Retry-After), in the store: they hold for every process and survive a restart. They
 * are few, and asked for before every request: all that hold are read together, at most once a second.
 */
export function openHostPauses(store: Store, clock: Clock): Pauses {
  let readAt = -Infinity;
  let holding: Promise<Map<string, Millis>> = Promise.resolve(new Map());

  const current = (): Promise<Map<string, Millis>> => {
    if (clock.monotonic() < readAt + FRESH) return holding;
    readAt = clock.monotonic();
    holding = read(store, clock.now());
    // The next look reads anew.
    holding.catch(() => (readAt = -Infinity));
    return holding;
  };
  return {
    until: async (host) => (await current()).get(host) ?? 0,
    pause: async (host, until, reason) => {
      await store.db
        .insertInto("hosts")
        .values({ host, pausedUntil: until, reason })
        // Another process may have been told of a longer one.
        .onConflict((c) =>
          c.column("host").doUpdateSet({ pausedUntil: until, reason }).where("hosts.pausedUntil", "<", until),
        )
        .execute();
      const known = await current();
      known.set(host, Math.max(until, known.get(host) ?? 0));
    },
  };
}

async function read(store: Store, now: Millis): Promise<Map<string, Millis>> {
  const rows = await store.db
    .selectFrom("hosts")
    .select(["host", "pausedUntil"])
    .where("pausedUntil", ">", now)
    .execute();
  return new Map(rows.map((row) => [row.host, row.pausedUntil]));
}
