import { AdminError } from "../domain/errors.ts";
import { isRunning } from "../store/processes.ts";
import { closeDestinations, lastWriteAt } from "../store/standing.ts";
import { type Done, type Operator, timeText } from "./operator.ts";

/** For a store that was put back by other means, as by pg_restore. No bot may run meanwhile. */
export async function reread(operator: Operator): Promise<Done> {
  const { store, clock } = operator.context;
  if (await isRunning(store, clock.now())) throw new AdminError(BOT_RUNS);
  return await closeAll(operator);
}

export const BOT_RUNS =
  "The bot is running: stop every process of it first. One that was killed counts for twenty seconds more.";

/**
 * The store is as it was some time ago: every destination is closed until what it was sent since then is read back, so
 * that nothing is posted twice.
 */
export async function closeAll({ context }: Operator): Promise<Done> {
  const { store, clock, config } = context;
  const copiedAt = await lastWriteAt(store);
  const from = await closeDestinations(store, copiedAt, clock.now());
  const { timezone } = config();
  return {
    lines: [
      `The store is as it was at ${timeText(copiedAt, timezone)}. Every destination is closed until its posts since ${timeText(from, timezone)} were read back; that happens when the bot runs: npm start`,
      "What was undone or dropped since then is not known any more: say it once more.",
    ],
  };
}
