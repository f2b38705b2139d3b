import { closeEndedHolds, expireReviews } from "../store/holds.ts";
import { claimNotices, settleNotice } from "../store/notices.ts";
import type { NoticeRow } from "../store/tables.ts";
import type { Context } from "./context.ts";

/** How many notices are told in one go. */
const AT_ONCE = 10;

/** Tells the admin what he must know: a line in the log, and a message in the admin channel when there is one. */
export async function tellNotices(context: Context): Promise<void> {
  const { store, clock, log } = context;
  const { lease } = context.config().timing;
  try {
    await expireReviews(store, clock.now());
    await closeEndedHolds(store, clock.now());
    for (const notice of await claimNotices(store, clock.now(), lease, AT_ONCE)) {
      if (notice.attempt === 1) log.warn(notice.message, {});
      if (await told(context, notice)) await settleNotice(store, notice, clock.now());
    }
  } catch (error) {
    log.error("telling broke", { error });
  }
}

async function told(context: Context, notice: NoticeRow): Promise<boolean> {
  if (context.tell === null) return true;
  const result = await context.tell(notice.message, notice.key, context.sendSignal);
  return result.kind === "sent" || result.kind === "rejected" || result.kind === "refused";
}
