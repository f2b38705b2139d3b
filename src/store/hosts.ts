import type { Pauses } from "../lib/http/pauses.ts";
import type { Store } from "./open.ts";

/** The pauses that hosts asked for (Retry-After), in the store: they hold for every process and survive a restart. */
export function openHostPauses(store: Store): Pauses {
  return {
    until: async (host) => {
      const row = await store.db
        .selectFrom("hosts")
        .select("pausedUntil")
        .where("host", "=", host)
        .executeTakeFirst();
      return row?.pausedUntil ?? 0;
    },
    pause: async (host, until, reason) => {
      await store.db
        .insertInto("hosts")
        .values({ host, pausedUntil: until, reason })
        .onConflict((c) => c.column("host").doUpdateSet({ pausedUntil: until, reason }))
        .execute();
    },
  };
}
