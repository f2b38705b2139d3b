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
  let holding: Holding | Promise<Holding> = new Map();

  const current = (): Holding | Promise<Holding> => {
    if (clock.monotonic() < readAt + FRESH) return holding;
    readAt = clock.monotonic();
    const reading = read(store, clock.now());
    holding = reading;
    void reading.then(
      (found) => (holding = holding === reading ? found : holding),
      // The next look reads anew.
      () => (readAt = -Infinity),
    );
    return reading;
  };
  return {
    until: (host) => {
      const known = current();
      return known instanceof Map ? untilOf(known, host) : known.then((found) => untilOf(found, host));
    },
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

/** Until when each host wants to be left alone. */
type Holding = Map<string, Millis>;

const untilOf = (holding: Holding, host: string): Millis =>
  holding.size === 0 ? 0 : (holding.get(host) ?? 0);

async function read(store: Store, now: Millis): Promise<Holding> {
  const rows = await store.db
    .selectFrom("hosts")
    .select(["host", "pausedUntil"])
    .where("pausedUntil", ">", now)
    .execute();
  return new Map(rows.map((row) => [row.host, row.pausedUntil]));
}
