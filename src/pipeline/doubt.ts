import { reasonOf } from "../domain/errors.ts";
import type { Article, Destination, FindResult, FrozenDelivery } from "../domain/types.ts";
import { listRefs, settleDelivery } from "../store/deliveries.ts";
import { findEntry } from "../store/entries.ts";
import { isPartUndone } from "../store/overflow.ts";
import type { DeliveryRow, EntryRow } from "../store/tables.ts";
import type { Context } from "./context.ts";
import { refuse } from "./refuse.ts";
import { frozenOf, type Step } from "./step.ts";
import { serverTime, shownAt } from "./waits.ts";

/** `find` reads from five minutes before the first attempt; refs older than that cannot be confused with it. */
const LOOK_BACK = 5 * 60_000;

/**
 * A delivery with an attempt whose outcome nobody knows. Null: it may be sent again now (the platform's key makes
 * that harmless). Otherwise what was done instead: waited for, found there, or held for the admin.
 */
export async function settleDoubt(
  context: Context,
  destination: Destination,
  row: DeliveryRow,
): Promise<Step | null> {
  const now = context.clock.now();
  const isUnwanted = row.overflow === null ? row.undo === 1 : await isPartUndone(context.store, row);
  if (!isUnwanted && row.expiresAt > now && mayResend(context, destination, row))
    return row.dueAt > now ? { kind: "wait", until: row.dueAt } : null;
  const ago = context.attempts.sinceLast(row);
  const readableAt =
    ago === null ? shownAt(context, row.lastAttemptAt ?? now) : now - ago + context.config().timing.grace;
  if (now < readableAt) return { kind: "wait", until: readableAt };
  const entry = await findEntry(context.store, row.entryId);
  const frozen = frozenOf(row, JSON.parse(entry?.article ?? "{}") as Article);
  if (entry === null || frozen === null)
    return await hold(context, destination, row, entry, "its post is missing from the store");
  const found = await look(context, destination, row, frozen);
  switch (found.kind) {
    case "found": {
      const at = row.lastAttemptAt ?? now;
      await settleDelivery(context.store, row, now, { kind: "sent", ref: found.ref, at });
      context.attempts.forget(row);
      return { kind: "sent", at };
    }
    case "absent":
      await settleDelivery(context.store, row, now, {
        kind: "again",
        dueAt: now,
        reason: `${row.reason ?? "no answer"}; looked for and not there`,
      });
      return { kind: "settled" };
    // It stays in doubt: when the account goes on, it is looked for again.
    case "refused":
      return await refuse(context, destination, found);
    case "unreadable":
      if (found.retryAfterMs !== undefined) {
        const wait = serverTime(context, { ...found, afterMs: found.retryAfterMs });
        return { kind: "wait", until: now + Math.max(wait, 1_000) };
      }
      return await hold(context, destination, row, entry, found.reason);
  }
}

/** Always where the key makes it harmless; else only for the process that made the first attempt, within the window. */
function mayResend(context: Context, destination: Destination, row: DeliveryRow): boolean {
  if (destination.resend === "always") return true;
  const since = context.attempts.sinceFirst(row);
  return since !== null && since < destination.resend.withinMs;
}

async function look(
  context: Context,
  destination: Destination,
  row: DeliveryRow,
  frozen: FrozenDelivery,
): Promise<FindResult> {
  const refs = await listRefs(
    context.store,
    destination.id,
    (row.firstAttemptAt ?? 0) - LOOK_BACK - 7 * 86_400_000,
  );
  try {
    return await destination.find(frozen, refs, context.sendSignal);
  } catch (error) {
    return { kind: "unreadable", reason: `internal error: ${reasonOf(error)}` };
  }
}

async function hold(
  context: Context,
  destination: Destination,
  row: DeliveryRow,
  entry: EntryRow | null,
  why: string,
): Promise<Step> {
  const reason = `in doubt: ${row.reason ?? "the last attempt got no answer"}, and it could not be looked for (${why})`;
  const listing = row.overflow === null ? "" : ", with others that its post lists,";
  const notice = `“${entry?.title ?? row.key}”${listing} may or may not stand in ${destination.name}: ${reason}. If it is there: bulletin settle ${row.key} --sent LINK. If not: bulletin settle ${row.key} --send`;
  await settleDelivery(context.store, row, context.clock.now(), { kind: "held", reason, notice });
  context.attempts.forget(row);
  return { kind: "settled" };
}
