import { type Count, moveStore } from "../store/move.ts";
import { shownLocation } from "../store/open.ts";
import { isRunning } from "../store/processes.ts";
import type { Done, Operator } from "./operator.ts";

/** Takes the whole store over into an empty database or a new file; a bot that runs on the old one ends, and says why. */
export async function move(
  operator: Operator,
  location: string,
  report: (count: Count) => void,
): Promise<Done> {
  const { store, clock } = operator.context;
  const isBusy = await isRunning(store, clock.now());
  await using target = await operator.openStore(location);
  const shown = shownLocation(location);
  const counts = await moveStore(store, target, shown, report);
  const rows = counts.reduce((sum, count) => sum + count.rows, 0);
  const next =
    target.engine === "postgres"
      ? `Now write into the config: store: ${shown}, and start Bulletin again.`
      : `Now take "store" out of the config, and see that ${shown} is the data folder's bulletin.db.`;
  return {
    lines: [
      `moved to ${shown}: ${rows} rows in ${counts.length} tables, read back and compared`,
      ...(isBusy ? ["The bot that ran writes nothing to the old store any more, and ends by itself."] : []),
      next,
    ],
  };
}
