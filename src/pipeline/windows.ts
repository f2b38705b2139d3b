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

/** What a destination did last: 0 and null: nothing yet. */
export type Pace = { readonly firedAt: Millis; readonly lastSentAt: Millis | null };

/** When a destination may take its next post: its wait or retry, its slots, the spacing, and the quiet hours. */
export function turnOf(
  config: DestinationConfig,
  { firedAt, lastSentAt }: Pace,
  delivery: Pick<DeliveryRow, "dueAt" | "createdAt">,
  now: Millis,
): Turn {
  if (delivery.dueAt > now) return { kind: "later", at: delivery.dueAt };
  if (config.at.length > 0 && delivery.createdAt > firedAt) return { kind: "slot" };
  const spaced = lastSentAt === null ? 0 : lastSentAt + config.spacing;
  if (spaced > now) return { kind: "later", at: spaced };
  const quiet = quietUntil(config.quiet, config.timezone, now);
  return quiet === null ? { kind: "now" } : { kind: "later", at: quiet };
}
