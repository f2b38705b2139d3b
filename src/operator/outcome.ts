import type { Millis } from "../domain/types.ts";
import { listDeliveries } from "../store/deliveries.ts";
import { listAllDestinations } from "../store/destinations.ts";
import { findEntry } from "../store/entries.ts";
import type { DeliveryRow, DestinationRow, EntryRow } from "../store/tables.ts";
import { commandFor, type Done, type Operator, timeText } from "./operator.ts";

/** What is further off than this is not waited for: quiet hours, a slot, a long spacing. */
const SOON: Millis = 20_000;

/** Of an article everything that a command could still wait for is done, or stands still, or is far off. */
export async function isSettled({ context }: Operator, id: string): Promise<boolean> {
  const entry = await findEntry(context.store, id);
  if (entry?.state === "new") return false;
  const destinations = await destinationsById(context.store);
  const now = context.clock.now();
  return !(await listDeliveries(context.store, id)).some(
    (row) =>
      (row.state === "pending" || (row.state === "sent" && row.undo === 1)) &&
      isComing(destinations.get(row.destinationId), now),
  );
}

const isComing = (destination: DestinationRow | undefined, now: Millis): boolean =>
  destination?.state === "active" &&
  destination.wanted === 1 &&
  (destination.leaseUntil > now || (destination.dueAt ?? 0) <= now + SOON);

/** What became of articles, a line each and one for each of their posts; `failed` where an admin must do something. */
export async function outcomeOf(operator: Operator, ids: readonly string[]): Promise<Done> {
  const { store } = operator.context;
  const destinations = await destinationsById(store);
  const told = ids.map(async (id): Promise<Done> => {
    const entry = await findEntry(store, id);
    if (entry === null) return { lines: [] };
    const rows = await listDeliveries(store, id);
    const posts = rows.map((row) => outcomeOfPost(operator, row, destinations.get(row.destinationId)));
    return {
      lines: [headOf(entry), ...posts.flatMap(({ lines }) => lines)],
      failed:
        entry.state === "failed" || entry.state === "held" || posts.some(({ failed }) => failed === true),
    };
  });
  const each = await Promise.all(told);
  return {
    lines: each.flatMap(({ lines }) => lines),
    failed: each.some(({ failed }) => failed === true),
  };
}

const headOf = (entry: EntryRow): string =>
  `${entry.editedTitle ?? entry.title}${entry.state === "ready" ? "" : `: ${entry.state}`}${because(entry.reason)}`;

function outcomeOfPost({ context }: Operator, row: DeliveryRow, to: DestinationRow | undefined): Done {
  const name = to?.name ?? row.destinationId;
  const where = row.refUrl === null ? "" : ` ${row.refUrl}`;
  const waits = row.state === "pending" || (row.state === "sent" && row.undo === 1);
  const what = row.undo === 1 && waits ? "to be taken back" : row.state;
  if (to !== undefined && waits && to.state !== "active")
    return {
      lines: [
        `  ${name}: ${what}, but it is ${to.state}${because(to.reason)}. Go on: ${commandFor("resume", name)}`,
      ],
      failed: true,
    };
  const at = Math.max(to?.dueAt ?? 0, row.dueAt);
  const until =
    waits && at > context.clock.now() ? `, not before ${timeText(at, context.config().timezone)}` : "";
  return {
    lines: [`  ${name}: ${what}${until}${where}${because(row.reason)}`],
    failed: row.state === "failed" || row.state === "expired" || row.state === "held",
  };
}

async function destinationsById(
  store: Operator["context"]["store"],
): Promise<ReadonlyMap<string, DestinationRow>> {
  return new Map((await listAllDestinations(store)).map((row) => [row.id, row]));
}

const because = (reason: string | null): string => (reason === null ? "" : ` (${reason})`);
