import type { DestinationConfig, Millis } from "../domain/types.ts";
import { lastSlot } from "../lib/cron.ts";
import { listDestinations } from "../store/destinations.ts";
import { settleSlot } from "../store/slots.ts";
import type { DestinationRow } from "../store/tables.ts";
import { type Context, destinationConfigOf } from "./context.ts";
import { nextSlotOf } from "./windows.ts";

export type Slots = {
  /** Fires each destination's newest slot since its last one; one older than `catch_up` only leaves a row. */
  readonly fire: () => Promise<void>;
};

/** Knows when each destination's next slot comes, so that a look that fires nothing computes nothing. */
export function openSlots(context: Context): Slots {
  const known = new Map<string, { readonly after: Millis; readonly at: Millis }>();

  function nextOf(row: DestinationRow, config: DestinationConfig): Millis {
    const memo = `${row.id} ${config.timezone} ${config.at.join("|")}`;
    const had = known.get(memo);
    if (had?.after === row.slotAt) return had.at;
    const at = nextSlotOf(config, row.slotAt);
    known.set(memo, { after: row.slotAt, at });
    return at;
  }

  async function fireOne(row: DestinationRow, config: DestinationConfig): Promise<void> {
    const now = context.clock.now();
    const { catchUp } = context.config().timing;
    const first = nextOf(row, config);
    if (first > now) return;
    // After a long time down only the newest slot counts: what waited for those before it goes with it.
    const { at, timezone } = config;
    const last = Math.max(...at.map((expression) => lastSlot(expression, timezone, now, first) ?? first));
    await settleSlot(context.store, row.id, last, now - last <= catchUp ? "fired" : "missed");
  }

  const fire = async (): Promise<void> => {
    const config = context.config();
    if (config.destinations.every((destination) => destination.at.length === 0)) return;
    for (const row of await listDestinations(context.store)) {
      const destination = destinationConfigOf(config, row.id);
      if (destination !== null && destination.at.length > 0) await fireOne(row, destination);
    }
  };
  return { fire };
}
