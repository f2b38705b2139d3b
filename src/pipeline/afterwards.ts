import { reasonOf } from "../domain/errors.ts";
import type { Destination, Millis, RemoteRef, SendResult } from "../domain/types.ts";
import { nextAfterwards, settleAfterwards } from "../store/deliveries.ts";
import { findEntry } from "../store/entries.ts";
import { IN_A_LIST } from "../store/overflow.ts";
import type { DeliveryRow, DestinationRow } from "../store/tables.ts";
import { carrierOf, setStood, stoodBefore, takenBack } from "../store/taken-back.ts";
import type { Context } from "./context.ts";
import { refuse } from "./refuse.ts";
import { frozenOf, type Step } from "./step.ts";
import { serverTime } from "./waits.ts";

/**
 * What comes after a post was sent, before the next one is: publishing it (crosspost), or taking it back. Both may be
 * repeated without harm, and neither holds up the line. Null: nothing of the kind is due.
 */
export async function afterwards(
  context: Context,
  owner: DestinationRow,
  destination: Destination,
): Promise<Step | null> {
  const row = await nextAfterwards(context.store, owner.id, context.clock.now());
  if (row === null || row.refId === null) return null;
  const ref: RemoteRef = { id: row.refId, url: row.refUrl, cid: row.refCid };
  const { publish } = destination;
  if (row.undo === 1 && (row.stood === null || row.stood === "yes")) {
    const looked = await lookWhetherStood(context, destination, row);
    if (looked !== null) return looked;
  }
  if (row.undo === 1)
    return await settleUndo(
      context,
      destination,
      row,
      await once(context, () => destination.remove(ref, context.sendSignal)),
    );
  if (publish !== undefined)
    return await settlePublish(
      context,
      destination,
      row,
      await once(context, () => publish(ref, context.sendSignal)),
    );
  const reason = "this destination has nothing to publish";
  await settleAfterwards(context.store, row, context.clock.now(), { publish: "failed", reason });
  return { kind: "settled" };
}

async function once<T>(context: Context, send: () => Promise<T>): Promise<T | SendResult> {
  try {
    return await send();
  } catch (error) {
    context.log.error("second step broke", { error });
    return { kind: "unknown", reason: `internal error: ${reasonOf(error)}` };
  }
}

type Failed = Exclude<SendResult, { readonly kind: "sent" }>;
const mayPass = ({ kind }: Failed): boolean => kind === "retry" || kind === "unknown";
const serverWait = (context: Context, result: Failed): Millis =>
  result.kind === "retry" ? serverTime(context, result) : 0;

/**
 * Before a post that lists others too is deleted, it is looked for: those are posted anew, but not where a moderator
 * had deleted all of it. That it stood there is written down before the first request, and it is looked for again
 * before each: where it is gone by then, nobody can tell whether an unanswered request or a moderator did it. Null: it
 * may be deleted now.
 */
async function lookWhetherStood(
  context: Context,
  destination: Destination,
  row: DeliveryRow,
): Promise<Step | null> {
  // Something else of the same post was taken back before: what is known of it counts for this too.
  const known = row.stood === null ? await stoodBefore(context.store, row) : null;
  if (known !== null) {
    await setStood(context.store, row, known);
    return { kind: "settled" };
  }
  const carrier = await carrierOf(context.store, row);
  if (carrier === null) return null;
  const frozen = carrier === "unknown" ? null : frozenOf(carrier, { url: "" });
  const found =
    frozen === null
      ? null
      : await once(context, () => destination.find(frozen, new Set(), context.sendSignal));
  if (found?.kind === "unreadable" && found.retryAfterMs !== undefined) {
    const now = context.clock.now();
    const dueAt = now + Math.max(found.retryAfterMs, context.config().timing.firstRetry);
    await settleAfterwards(context.store, row, now, { dueAt, reason: `undo: ${found.reason}` });
    return { kind: "settled" };
  }
  if (found?.kind === "refused") return await refuse(context, destination, found);
  if (found?.kind === "found" && row.stood === "yes") return null;
  const isGone = found?.kind === "absent" && row.stood === null;
  await setStood(context.store, row, found?.kind === "found" ? "yes" : isGone ? "no" : "unknown");
  return { kind: "settled" };
}

async function settleUndo(
  context: Context,
  destination: Destination,
  row: DeliveryRow,
  result: SendResult,
): Promise<Step> {
  const { store, clock } = context;
  const now = clock.now();
  if (result.kind === "sent") {
    await takenBack(store, row, now, now + context.config().timing.expire);
    return { kind: "settled" };
  }
  if (mayPass(result) || result.kind === "refused") {
    const dueAt = now + Math.max(serverWait(context, result), context.config().timing.firstRetry);
    await settleAfterwards(store, row, now, { dueAt, reason: `undo: ${result.reason}` });
    return result.kind === "refused" ? await refuse(context, destination, result) : { kind: "settled" };
  }
  const reason = `could not be undone: ${result.reason}`;
  const where = row.refUrl === null ? destination.name : `${destination.name} (${row.refUrl})`;
  const notice = `“${await titleOf(context, row)}” still stands in ${where}: it ${reason}. Delete it there by hand`;
  await settleAfterwards(store, row, now, { undo: 0, reason }, notice);
  return { kind: "settled" };
}

/** A post that could not be published is out all the same: only a dead account stops its destination. */
async function settlePublish(
  context: Context,
  destination: Destination,
  row: DeliveryRow,
  result: SendResult | { readonly kind: "needless" },
): Promise<Step> {
  const { store, clock } = context;
  const now = clock.now();
  if (result.kind === "sent" || result.kind === "needless") {
    const publish = result.kind === "sent" ? "done" : null;
    const reason = row.overflow === null ? null : IN_A_LIST;
    await settleAfterwards(store, row, now, { publish, reason });
    return { kind: "settled" };
  }
  const age = now - (row.sentAt ?? now);
  const { firstRetry, maxRetry, expire } = context.config().timing;
  const isDead = result.kind === "refused" && result.scope === "account";
  if (isDead || (mayPass(result) && age < expire)) {
    const dueAt = now + Math.max(serverWait(context, result), firstRetry, Math.min(age / 2, maxRetry));
    await settleAfterwards(store, row, now, {
      dueAt: Math.round(dueAt),
      reason: `publish: ${result.reason}`,
    });
    return isDead ? await refuse(context, destination, result) : { kind: "settled" };
  }
  const title = await titleOf(context, row);
  const reason = `could not be published: ${result.reason}`;
  const notice = `“${title}” was posted to ${destination.name}, but ${reason}. When that is mended: bulletin retry ${row.refUrl ?? row.entryId}`;
  await settleAfterwards(store, row, now, { publish: "failed", reason }, notice);
  return { kind: "settled" };
}

async function titleOf(context: Context, row: DeliveryRow): Promise<string> {
  const entry = await findEntry(context.store, row.entryId);
  return entry?.editedTitle ?? entry?.title ?? row.key;
}
