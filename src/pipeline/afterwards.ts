import type { Destination, Millis, RemoteRef, SendResult } from "../domain/types.ts";
import { reasonOf } from "../domain/errors.ts";
import { nextAfterwards, settleAfterwards } from "../store/deliveries.ts";
import type { DeliveryRow, DestinationRow } from "../store/tables.ts";
import type { Context } from "./context.ts";
import type { Step } from "./step.ts";

/**
 * What comes after a post was sent, before the next one is: publishing it (crosspost), or taking it back. Both may be
 * repeated without harm. Null: nothing of the kind is due.
 */
export async function afterwards(
  context: Context,
  owner: DestinationRow,
  destination: Destination,
): Promise<Step | null> {
  const row = await nextAfterwards(context.store, owner.id, context.clock.now());
  if (row === null || row.refId === null) return null;
  const ref: RemoteRef = { id: row.refId, url: row.refUrl, cid: row.refCid };
  if (row.undo === 1)
    return await settleUndo(
      context,
      row,
      await once(context, () => destination.remove(ref, context.sendSignal)),
    );
  const { publish } = destination;
  if (publish === undefined) {
    await settleAfterwards(context.store, row, {
      publish: "failed",
      reason: "this destination has nothing to publish",
    });
    return { kind: "settled" };
  }
  return await settlePublish(context, row, await once(context, () => publish(ref, context.sendSignal)));
}

async function once(context: Context, send: () => Promise<SendResult>): Promise<SendResult> {
  try {
    return await send();
  } catch (error) {
    context.log.error("second step broke", { error });
    return {
      kind: "retry",
      afterMs: context.config().timing.firstRetry,
      reason: `internal error: ${reasonOf(error)}`,
    };
  }
}

/** When to try again; null when the answer is final. */
function againAt(context: Context, result: SendResult): Millis | null {
  const { firstRetry } = context.config().timing;
  if (result.kind === "retry") return context.clock.now() + Math.max(result.afterMs, 1);
  return result.kind === "unknown" ? context.clock.now() + firstRetry : null;
}

async function settleUndo(context: Context, row: DeliveryRow, result: SendResult): Promise<Step> {
  const again = againAt(context, result);
  if (result.kind === "sent")
    await settleAfterwards(context.store, row, {
      state: "undone",
      undo: 0,
      publish: null,
      reason: "undone by an admin",
    });
  else if (again !== null)
    await settleAfterwards(context.store, row, {
      dueAt: again,
      reason: `undo: ${"reason" in result ? result.reason : ""}`,
    });
  else
    await settleAfterwards(context.store, row, {
      undo: 0,
      reason: `could not be undone: ${"reason" in result ? result.reason : ""}`,
    });
  return { kind: "settled" };
}

async function settlePublish(context: Context, row: DeliveryRow, result: SendResult): Promise<Step> {
  const again = againAt(context, result);
  if (result.kind === "sent") await settleAfterwards(context.store, row, { publish: "done", reason: null });
  else if (again !== null)
    await settleAfterwards(context.store, row, {
      dueAt: again,
      reason: `publish: ${"reason" in result ? result.reason : ""}`,
    });
  else
    await settleAfterwards(context.store, row, {
      publish: "failed",
      reason: `could not be published: ${"reason" in result ? result.reason : ""}`,
    });
  return { kind: "settled" };
}
