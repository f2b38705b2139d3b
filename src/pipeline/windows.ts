import type { DailyWindow, DestinationConfig, Millis } from "../domain/types.ts";
import { nextSlot, wallTime } from "../lib/cron.ts";
import type { DeliveryRow } from "../store/tables.ts";

/** The end of the quiet hours that `at` lies in; null when it lies in none. The window may run over midnight. */
export function quietUntil(window: DailyWindow | null, timezone: string, at: Millis): Millis | null {
  if (window === null || window.startMinute === window.endMinute) return null;
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate();
  for (const date of [today.subtract({ days: 1 }), today]) {
    const start = wallTime(date, window.startMinute, timezone);
    const endDate = window.endMinute > window.startMinute ? date : date.add({ days: 1 });
    const end = wallTime(endDate, window.endMinute, timezone);
    if (start <= at && at < end) return end;
  }
  return null;
}

export type Turn =
  | { readonly kind: "now" }
  /** Not before this time. */
  | { readonly kind: "later"; readonly at: Millis }
  /** Not before the next slot of the destination fires. */
  | { readonly kind: "slot" };

/** The first firing of any of a destination's schedules strictly after a time. */
export const nextSlotOf = ({ at, timezone }: DestinationConfig, after: Millis): Millis =>
  Math.min(...at.map((expression) => nextSlot(expression, timezone, after)));

/** When a delivery made now could first go: after its wait, at the next slot, outside the quiet hours. */
export function firstTurn(config: DestinationConfig, now: Millis): Millis {
  const rested = now + config.wait;
  const slot = config.at.length === 0 ? rested : Math.max(rested, nextSlotOf(config, now));
  return quietUntil(config.quiet, config.timezone, slot) ?? slot;
}

/** What a destination did last: 0 and null: nothing yet. `pacedAt`: when its last post would have gone in time. */
export type Pace = {
  readonly firedAt: Millis;
  readonly lastSentAt: Millis | null;
  readonly pacedAt: Millis | null;
};

type Due = Pick<DeliveryRow, "dueAt" | "createdAt" | "firstAttemptAt">;

/**
 * When a post would have gone, had its destination taken it and all before it in time: after its wait, its slot, the
 * spacing and the quiet hours. Posts are reckoned to be `gap` apart at least.
 */
export function idealTurn(
  config: DestinationConfig,
  gap: Millis,
  { firedAt, pacedAt }: Pace,
  { firstAttemptAt, dueAt }: Due,
): Millis {
  const due = Math.max(firstAttemptAt ?? dueAt, config.at.length === 0 ? 0 : firedAt);
  const turn = pacedAt === null ? due : Math.max(due, pacedAt + Math.max(config.spacing, gap));
  return quietUntil(config.quiet, config.timezone, turn) ?? turn;
}

/** Those of a line, from its head, whose turn had come by now: all that is later than its destination wants it. */
export function overdueIn<T extends Due>(
  config: DestinationConfig,
  gap: Millis,
  pace: Pace,
  line: readonly T[],
  now: Millis,
): readonly { readonly row: T; readonly turn: Millis }[] {
  const overdue: { readonly row: T; readonly turn: Millis }[] = [];
  let { pacedAt } = pace;
  for (const row of line) {
    if (config.at.length > 0 && row.createdAt > pace.firedAt) break;
    const turn = idealTurn(config, gap, { ...pace, pacedAt }, row);
    if (turn > now) break;
    overdue.push({ row, turn });
    pacedAt = turn;
  }
  return overdue;
}

/**
 * When a destination may take its next post: its wait or retry, its slots, the spacing, and the quiet hours. What is
 * late keeps `gap` at least, so that an outage does not end in a burst where there is no spacing.
 */
export function turnOf(config: DestinationConfig, gap: Millis, pace: Pace, delivery: Due, now: Millis): Turn {
  const { firedAt, lastSentAt } = pace;
  if (delivery.dueAt > now) return { kind: "later", at: delivery.dueAt };
  if (config.at.length > 0 && delivery.createdAt > firedAt) return { kind: "slot" };
  const isLate = config.overflow !== null && now - idealTurn(config, gap, pace, delivery) > gap;
  const spacing = isLate ? Math.max(config.spacing, gap) : config.spacing;
  const spaced = lastSentAt === null ? 0 : lastSentAt + spacing;
  if (spaced > now) return { kind: "later", at: spaced };
  const quiet = quietUntil(config.quiet, config.timezone, now);
  return quiet === null ? { kind: "now" } : { kind: "later", at: quiet };
}
