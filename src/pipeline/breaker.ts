import type {
  Destination,
  FindResult,
  LookUpResult,
  Millis,
  RecentResult,
  SendResult,
} from "../domain/types.ts";
import { setOutage } from "../store/outages.ts";
import type { DestinationRow } from "../store/tables.ts";
import type { Context } from "./context.ts";
import { backOff } from "./waits.ts";

/** So many requests in a row without an answer, and the destination is away. */
const AWAY_AFTER = 3;

export type Breaker = {
  /** The destination, with an ear on what it answers. */
  readonly destination: Destination;
  /** Writes down what was heard since the last look, and gives the owner's row as it is then. */
  readonly note: (owner: DestinationRow) => Promise<DestinationRow>;
};

type Result = SendResult | FindResult | RecentResult | LookUpResult | { readonly kind: "needless" };

/** What a request says of the platform: it answered, nobody was there (and why), or nothing of either kind. */
type Heard = "answer" | { readonly reason: string } | null;

/**
 * Listens to all that is asked of a destination. Whatever the request was for, one without an answer counts against the
 * destination, in the store: after three in a row it is asked ever more rarely, one request at a time, until it answers.
 */
export function openBreaker(context: Context, destination: Destination): Breaker {
  let heard: Heard = null;
  const listen = async <T extends Result>(asking: Promise<T>): Promise<T> => {
    const result = await asking;
    heard = heardIn(result) ?? heard;
    return result;
  };
  const { publish, lookUp } = destination;
  return {
    destination: {
      ...destination,
      send: (...asked) => listen(destination.send(...asked)),
      find: (...asked) => listen(destination.find(...asked)),
      recent: (...asked) => listen(destination.recent(...asked)),
      remove: (...asked) => listen(destination.remove(...asked)),
      // What was found may have been known before: only a failure tells.
      ...(lookUp === undefined
        ? {}
        : {
            lookUp: async (...asked) => {
              const result = await lookUp(...asked);
              if (result.kind === "retry") heard = heardIn(result) ?? heard;
              return result;
            },
          }),
      ...(publish === undefined ? {} : { publish: (...asked) => listen(publish(...asked)) }),
      ...(lookUp === undefined ? {} : { lookUp: (...asked) => listen(lookUp(...asked)) }),
    },
    note: async (owner) => {
      const last = heard;
      heard = null;
      // What is broken off because the program ends says nothing of the platform.
      if (last === null || context.sendSignal.aborted) return owner;
      return last === "answer"
        ? await isBack(context, destination.name, owner)
        : await isAway(context, destination.name, owner, last.reason);
    },
  };
}

function heardIn(result: Result): Heard {
  // It was known already, or comes from elsewhere.
  if (result.kind === "needless" || "notes" in result) return null;
  if (result.kind === "unknown") return result;
  if (result.kind !== "retry" && result.kind !== "unreadable") return "answer";
  if (result.outage === true) return result;
  return result.kind === "unreadable" && result.retryAfterMs === undefined ? "answer" : null;
}

async function isAway(
  context: Context,
  name: string,
  owner: DestinationRow,
  reason: string,
): Promise<DestinationRow> {
  const now = context.clock.now();
  const outages = owner.outages + 1;
  const state = {
    outages,
    outageSince: owner.outageSince ?? now,
    outageUntil: outages < AWAY_AFTER ? null : now + backOff(context, outages),
    outageReason: reason,
  };
  const notice = `${name} gives no answer: ${reason}. It is asked ever more rarely, one request at a time, until it does; what waits is kept. To ask at once: bulletin resume ${owner.id}`;
  await setOutage(context.store, owner, state, now, outages === AWAY_AFTER ? notice : null);
  return { ...owner, ...state };
}

async function isBack(context: Context, name: string, owner: DestinationRow): Promise<DestinationRow> {
  if (owner.outages === 0) return owner;
  const now = context.clock.now();
  const state = { outages: 0, outageSince: null, outageUntil: null, outageReason: null };
  const notice = `${name} answers again, after ${minutesSince(owner.outageSince ?? now, now)}. What waits goes out.`;
  await setOutage(context.store, owner, state, now, owner.outages >= AWAY_AFTER ? notice : null);
  return { ...owner, ...state };
}

function minutesSince(then: Millis, now: Millis): string {
  const minutes = Math.max(1, Math.round((now - then) / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
