import { AdminError } from "../domain/errors.ts";
import { type Count, moveStore } from "../store/move.ts";
import { shownLocation } from "../store/open.ts";
import { isRunning } from "../store/processes.ts";
import type { Done, Operator } from "./operator.ts";

/** Takes the whole store over into an empty database or a new file; no bot may run meanwhile. */
export async function move(
  operator: Operator,
  location: string,
  report: (count: Count) => void,
): Promise<Done> {
  const { store, clock } = operator.context;
  if (await isRunning(store, clock.now()))
    throw new AdminError("The bot is running: stop every process of it first, and start it after the move.");
  await using target = await operator.openStore(location);
  const shown = shownLocation(location);
  const counts = await moveStore(store, target, shown, report);
  const rows = counts.reduce((sum, count) => sum + count.rows, 0);
  const next =
    target.engine === "postgres"
      ? `Now write into the config: store: ${shown}`
      : `Now take "store" out of the config, and see that ${shown} is the data folder's bulletin.db.`;
  return {
    lines: [`moved to ${shown}: ${rows} rows in ${counts.length} tables, read back and compared`, next],
  };
}
