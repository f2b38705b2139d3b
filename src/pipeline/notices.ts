import { closeEndedHolds, expireReviews } from "../store/holds.ts";
import { claimNotices, settleNotice } from "../store/notices.ts";
import type { NoticeRow } from "../store/tables.ts";
import { showCard } from "./cards.ts";
import type { Context } from "./context.ts";

/** How many notices are told in one go. */
const AT_ONCE = 10;

/**
 * Tells the admin what he must know: a line in the log, and a message in the admin channel when there is one; a hold
 * is a card there, drawn again whenever it changes.
 */
export async function tellNotices(context: Context): Promise<void> {
  const { store, clock, log } = context;
  const { lease } = context.config().timing;
  try {
    await expireReviews(store, clock.now());
    await closeEndedHolds(store, clock.now());
    for (const notice of await claimNotices(store, clock.now(), lease, AT_ONCE))
      await tell(context, notice).catch((error: unknown) => log.error("telling broke", { error }));
  } catch (error) {
    log.error("telling broke", { error });
  }
}

async function tell(context: Context, notice: NoticeRow): Promise<void> {
  if (notice.attempt === 1) context.log.warn(notice.message, {});
  const board = notice.entryId === null ? null : context.cards();
  if (board !== null) return await showCard(context, board, notice);
  if (notice.entryId !== null || (await told(context, notice)))
    await settleNotice(context.store, notice, context.clock.now());
}

async function told(context: Context, notice: NoticeRow): Promise<boolean> {
  if (context.tell === null) return true;
  const result = await context.tell(notice.message, notice.key, context.sendSignal);
  return result.kind === "sent" || result.kind === "rejected" || result.kind === "refused";
}
