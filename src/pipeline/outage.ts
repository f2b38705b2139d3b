import { type AdminError, reasonOf } from "../domain/errors.ts";
import type { Log, Millis } from "../domain/types.ts";
import { isStoreLost } from "../store/faults.ts";
import { movedError } from "../store/moved.ts";
import type { Context } from "./context.ts";

/** Between two tries to write down what is already true outside. */
const TRY_AGAIN: Millis = 1_000;

export type Outage = {
  /** Whether this error only says that the store cannot be used now (its database is away, its disk is full), or was moved; told once, however many say so. */
  readonly isCause: (error: unknown) => boolean;
  /** Resolves, with what an admin must do, when the store was moved away: nothing can be written here any more. */
  readonly moved: Promise<AdminError>;
  /** The store was used: told once after an outage. */
  readonly over: () => void;
};

/** While the store cannot be used nothing can be written down, and nothing need be: leases run out by themselves. */
export function openOutage(log: Log): Outage {
  let isAway = false;
  const { promise: moved, resolve: moveAway } = Promise.withResolvers<AdminError>();
  return {
    moved,
    isCause: (error) => {
      const gone = movedError(error);
      if (gone !== null) moveAway(gone);
      if (gone !== null) return true;
      if (!isStoreLost(error)) return false;
      if (!isAway)
        log.error("the store cannot be used; tried again every second", { reason: reasonOf(error) });
      isAway = true;
      return true;
    },
    over: () => {
      if (isAway) log.warn("the store can be used again");
      isAway = false;
    },
  };
}

/** Writes, again and again while the store cannot be used, until it is written or `until` has come. */
export async function persistently<T>(
  { clock, sendSignal }: Context,
  until: Millis,
  write: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isStoreLost(error) || sendSignal.aborted || clock.now() >= until) throw error;
      await clock.sleep(TRY_AGAIN, sendSignal);
    }
  }
}
