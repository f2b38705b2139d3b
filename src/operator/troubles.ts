import type { Millis } from "../domain/types.ts";
import { nextDelivery } from "../store/deliveries.ts";
import { countTroubles, listTroubles, type Trouble } from "../store/troubles.ts";
import type { Store } from "../store/open.ts";
import type { DestinationRow } from "../store/tables.ts";
import { timeText } from "./operator.ts";

/** So many are listed. */
const LISTED = 10;

export type Outage = {
  readonly since: Millis;
  readonly requests: number;
  readonly reason: string;
  /** Nothing is asked before then; null: it is asked as usual. */
  readonly until: Millis | null;
};

export type Troubles = {
  readonly listed: readonly Trouble[];
  readonly held: number;
  readonly inDoubt: number;
  readonly failed: number;
};

export const outageOf = (row: DestinationRow): Outage | null =>
  row.outages === 0 || row.outageSince === null
    ? null
    : {
        since: row.outageSince,
        requests: row.outages,
        reason: row.outageReason ?? "no answer",
        until: row.outageUntil,
      };

/** How an admin reads it; null: there is none. */
export function outageText(outage: Outage | null, timezone: string): string | null {
  if (outage === null) return null;
  const { since, requests, reason, until } = outage;
  const next = until === null ? "" : `, asked again ${timeText(until, timezone)}`;
  return `no answer since ${timeText(since, timezone)} (requests in a row: ${requests}${next}): ${reason}`;
}

/** What is held, in doubt, failed or expired, each with its reason: the newest, and how many there are. */
export async function troublesOf(store: Store): Promise<Troubles> {
  return { listed: await listTroubles(store, LISTED), ...(await countTroubles(store)) };
}

/** Why the first post that waits for a destination was not sent yet; null: nothing waits, or it was not tried. */
export const reasonOfWaiting = async (store: Store, destinationId: string): Promise<string | null> =>
  (await nextDelivery(store, destinationId))?.reason ?? null;
