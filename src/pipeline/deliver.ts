import { reasonOf } from "../domain/errors.ts";
import type { Article, Destination, FrozenDelivery, Millis, SendResult } from "../domain/types.ts";
import { ellipsize, oneLine, takeGraphemes } from "../lib/text.ts";
import { beginAttempt, type DeliverySettlement, nextDelivery, settleDelivery } from "../store/deliveries.ts";
import { extendLease } from "../store/destinations.ts";
import { findEntry } from "../store/entries.ts";
import { handBackDestination } from "../store/hand-back.ts";
import { lastFiredSlot } from "../store/slots.ts";
import type { DeliveryRow, DestinationRow, EntryRow } from "../store/tables.ts";
import { afterwards } from "./afterwards.ts";
import { openBreaker } from "./breaker.ts";
import { checkFirst } from "./checking.ts";
import { type Context, destinationConfigOf } from "./context.ts";
import { settleDoubt } from "./doubt.ts";
import { freezer, lookUp } from "./freeze.ts";
import { persistently } from "./outage.ts";
import { type ListedPost, listedPost } from "./overflow.ts";
import { refuse } from "./refuse.ts";
import { readBack, settleStanding } from "./reread.ts";
import { frozenOf, type Step } from "./step.ts";
import { backOff, leaseIsOver, serverTime } from "./waits.ts";
import { idealTurn, nextSlotOf, type Pace, turnOf } from "./windows.ts";

const HOUR: Millis = 3_600_000;
/** A notice shows so much of a post that failed. */
const SHOWN = 300;

/** Works one claimed destination: delivery by delivery in the order of their keys, until one must wait. */
export async function deliver(context: Context, row: DestinationRow): Promise<void> {
  const opened = context.destinations().get(row.id);
  const { timing } = context.config();
  let owner = row;
  let next: Millis | null = context.clock.now() + HOUR;
  try {
    if (opened === undefined) return;
    const { destination, note } = openBreaker(context, opened);
    if (isLeftAlone(context, row)) {
      next = row.outageUntil;
      return;
    }
    const closed = await readBack(context, row, destination);
    owner = await note(owner);
    if (closed !== null) {
      next = closed;
      return;
    }
    while (!context.signal.aborted) {
      const leaseUntil = context.clock.now() + timing.lease;
      if (!(await extendLease(context.store, owner, leaseUntil))) return;
      owner = { ...owner, leaseUntil };
      const step = await deliverNext(context, owner, destination);
      owner = await note(owner);
      if (step.kind === "wait") {
        next = step.until;
        return;
      }
      if (step.kind === "sent")
        owner = { ...owner, lastSentAt: step.at, pacedAt: step.pacedAt ?? owner.pacedAt };
      if (isLeftAlone(context, owner)) {
        next = owner.outageUntil;
        return;
      }
    }
    next = context.clock.now();
  } finally {
    await handBackDestination(context.store, owner, next);
  }
}

const isLeftAlone = ({ clock }: Context, { outageUntil }: DestinationRow): boolean =>
  outageUntil !== null && outageUntil > clock.now();

async function deliverNext(context: Context, owner: DestinationRow, destination: Destination): Promise<Step> {
  const now = context.clock.now();
  const config = destinationConfigOf(context.config(), owner.id);
  if (config === null) return { kind: "wait", until: now + HOUR };
  const second = await afterwards(context, owner, destination);
  if (second !== null) return second;
  const delivery = await nextDelivery(context.store, owner.id);
  if (delivery === null) return { kind: "wait", until: null };
  const known = await settleStanding(context, owner, destination, delivery);
  if (known !== null) return known;
  const gap = context.config().timing.firstRetry;
  const firedAt = config.at.length === 0 ? 0 : await lastFiredSlot(context.store, owner.id);
  const pace: Pace = { firedAt, lastSentAt: owner.lastSentAt, pacedAt: owner.pacedAt };
  let list: ListedPost | null = null;
  if (delivery.attempt > delivery.settled) {
    const doubt = await settleDoubt(context, destination, delivery);
    if (doubt !== null) return doubt;
  } else {
    const given = await giveUp(context, delivery, now);
    if (given) return { kind: "settled" };
    const turn = turnOf(config, gap, pace, delivery, now);
    if (turn.kind === "later") return { kind: "wait", until: turn.at };
    if (turn.kind === "slot") return { kind: "wait", until: nextSlotOf(config, now) };
    const together = await listedPost(context, owner, destination, config, pace, delivery);
    if (together?.kind === "step") return together.step;
    list = together?.list ?? null;
  }
  const ideal = list?.turn ?? idealTurn(config, gap, pace, delivery);
  const pacedAt = now - ideal > gap ? ideal : now;
  return await attempt(context, owner, destination, delivery, { list, pacedAt });
}

/** A delivery that nobody wants any more, or that waited too long, steps aside and says so. */
async function giveUp(context: Context, delivery: DeliveryRow, now: Millis): Promise<boolean> {
  if (delivery.undo === 1)
    return await settleDelivery(context.store, delivery, now, {
      kind: "skipped",
      reason: "dropped: undone before it was sent",
    });
  if (delivery.expiresAt > now) return false;
  const entry = await findEntry(context.store, delivery.entryId);
  const reason = `waited too long: it expired unsent${delivery.reason === null ? "" : ` (${delivery.reason})`}`;
  return await settleDelivery(context.store, delivery, now, {
    kind: "expired",
    reason,
    notice: `${entry?.title ?? delivery.key} expired for ${delivery.destinationId}: ${reason}. Send it all the same: bulletin retry ${entry?.link ?? delivery.key}`,
  });
}

/** One attempt: begun in the store, sent, settled. */
async function attempt(
  context: Context,
  owner: DestinationRow,
  destination: Destination,
  delivery: DeliveryRow,
  turned: Turned,
): Promise<Step> {
  const { store, clock } = context;
  const entry = await findEntry(store, delivery.entryId);
  if (entry === null || entry.article === null) return await brokenDelivery(context, delivery);
  const looked = await lookUp(context, destination, delivery, entry);
  if (looked.kind !== "found")
    return await settle(context, owner, destination, delivery, entry, looked, turned.pacedAt);
  // A forum's posts are threads, which list nothing.
  const list = looked.found.forum === undefined ? turned.list : null;
  const freeze = list?.freeze ?? (await freezer(context, destination, delivery, entry, looked.found));
  const text = (): string => freeze(clock.now()).text;
  // Those of a list were checked one by one.
  const kept =
    list === null ? await checkFirst(context, destination, delivery, entry, text, looked.notes) : null;
  if (kept !== null) return kept;
  const isOver = leaseIsOver(context, owner);
  const begun = await beginAttempt(store, owner, delivery, clock.now(), freeze, list ?? undefined);
  // Paused, undone or lost since it was read: the next look sees what is true now.
  if (begun === null) return { kind: "wait", until: context.clock.now() };
  const frozen = frozenOf(begun, JSON.parse(entry.article) as Article);
  if (frozen === null) return await brokenDelivery(context, begun);
  const isFirst = delivery.payload === null || delivery.firstAttemptAt === null;
  context.attempts.begin(begun, isFirst && destination.isKeyless?.(frozen.post) !== true);
  const result = await sendOnce(context, destination, frozen, isOver);
  return await settle(context, owner, destination, begun, entry, result, turned.pacedAt);
}

/** What goes in this turn (a list, or null: the delivery alone), and when it would have gone in time. */
type Turned = { readonly list: ListedPost | null; readonly pacedAt: Millis };

async function brokenDelivery(context: Context, delivery: DeliveryRow): Promise<Step> {
  const reason = "internal error: its article is missing from the store";
  await settleDelivery(context.store, delivery, context.clock.now(), {
    kind: "failed",
    reason,
    notice: `${delivery.key} for ${delivery.destinationId} failed: ${reason}`,
  });
  return { kind: "settled" };
}

async function sendOnce(
  context: Context,
  destination: Destination,
  frozen: FrozenDelivery,
  isOver: () => boolean,
): Promise<SendResult> {
  try {
    return await destination.send(frozen, context.sendSignal, isOver);
  } catch (error) {
    context.log.error("send broke", { destination: destination.id, key: frozen.key, error });
    return { kind: "unknown", reason: `internal error: ${reasonOf(error)}` };
  }
}

async function settle(
  context: Context,
  owner: DestinationRow,
  destination: Destination,
  row: DeliveryRow,
  entry: EntryRow,
  result: SendResult,
  pacedAt: Millis,
): Promise<Step> {
  const now = context.clock.now();
  const settlement = settlementOf(context, destination, row, entry, result, now, pacedAt);
  const written = await persistently(context, owner.leaseUntil, () =>
    settleDelivery(context.store, row, now, settlement),
  );
  context.log.info("delivery", {
    destination: destination.name,
    title: entry.title,
    outcome: settlement.kind,
    reason: "reason" in settlement ? settlement.reason : null,
  });
  if (!written) return { kind: "settled" };
  if (settlement.kind !== "doubt") context.attempts.forget(row);
  if (result.kind === "refused") return await refuse(context, destination, result);
  if (settlement.kind === "sent") return { kind: "sent", at: now, pacedAt };
  return settlement.kind === "again" || settlement.kind === "doubt"
    ? { kind: "wait", until: settlement.dueAt }
    : { kind: "settled" };
}

function settlementOf(
  context: Context,
  destination: Destination,
  row: DeliveryRow,
  entry: EntryRow,
  result: SendResult,
  now: Millis,
  pacedAt: Millis,
): DeliverySettlement {
  if (result.kind !== "sent" && result.kind !== "unknown" && leavesDoubt(destination, row, result)) {
    const least = destination.resend === "always" ? patience(context, row) : context.config().timing.grace;
    const asked = result.kind === "retry" ? serverTime(context, result) : 0;
    return { kind: "doubt", dueAt: now + Math.max(asked, least), reason: result.reason };
  }
  switch (result.kind) {
    case "sent":
      return { kind: "sent", ref: result.ref, at: now, pacedAt };
    case "retry":
      return {
        kind: "again",
        dueAt: now + Math.max(serverTime(context, result), patience(context, row)),
        reason: result.reason,
        anew: result.anew === true,
      };
    case "refused":
      return { kind: "again", dueAt: now, reason: result.reason, anew: result.anew === true };
    case "unknown":
      return { kind: "doubt", dueAt: now + doubtWait(context, destination, row), reason: result.reason };
    case "degrade":
      if (row.overflow !== null) return refusedList(destination, row, result.reason);
      return row.imageMime === null && row.withoutImage === 1
        ? failure(destination, row, entry, result.reason)
        : { kind: "without image", reason: result.reason };
    case "rejected":
      if (result.gone === true) return { ...failure(destination, row, entry, result.reason), gone: true };
      return row.overflow === null
        ? failure(destination, row, entry, result.reason)
        : refusedList(destination, row, result.reason);
  }
}

/**
 * Whether an earlier attempt may stand there all the same: an answer speaks of its own attempt only, and "not now" does
 * not say what became of the one that got no answer. Nor does "no", but where the same post is sent under the same key,
 * or where it says that what stood there was deleted.
 */
const leavesDoubt = (destination: Destination, row: DeliveryRow, result: SendResult): boolean =>
  row.attempt - 1 > row.settled &&
  !(result.kind === "rejected" && result.gone === true) &&
  (result.kind === "retry" || result.kind === "refused" || destination.resend !== "always");

/** One of those that it lists may be the reason: each is sent by itself, and judged by itself. */
function refusedList({ name }: Destination, row: DeliveryRow, reason: string): DeliverySettlement {
  const notice = `A post that lists several articles was refused by ${name}: ${reason}. What was sent: “${shortened(row)}”. Each of them is now sent by itself`;
  return { kind: "alone", reason: `refused in one post with others: ${reason}`, notice };
}

const shortened = ({ preview }: DeliveryRow): string =>
  ellipsize(takeGraphemes(oneLine(preview ?? ""), SHOWN + 1), SHOWN);

/** What was sent stays on the row: whoever must mend it sees it, in short here and whole in `why`. */
function failure(
  { name }: Destination,
  row: DeliveryRow,
  entry: EntryRow,
  reason: string,
): Extract<DeliverySettlement, { readonly kind: "failed" }> {
  const notice = `“${entry.title}” could not be posted to ${name}: ${reason}. What was sent: “${shortened(row)}”. When that is mended: bulletin retry ${entry.link ?? entry.id}`;
  return { kind: "failed", reason, notice };
}

/** The server's own time decides at first; whoever is refused again and again backs off by himself too. */
const patience = (context: Context, row: DeliveryRow): Millis =>
  row.attempt > 3 ? backOff(context, row.attempt - 3) : 1;

/** Where sending again is harmless it comes soon; elsewhere too while the nonce is trusted, else after the grace. */
function doubtWait(context: Context, destination: Destination, row: DeliveryRow): Millis {
  const soon = backOff(context, row.attempt);
  if (destination.resend === "always") return soon;
  const since = context.attempts.sinceFirst(row);
  const left = since === null ? 0 : destination.resend.withinMs - since;
  return soon < left ? soon : context.config().timing.grace;
}
