import type { DailyWindow, DestinationConfig, Millis } from "../domain/types.ts";
import type { DeliveryRow, DestinationRow } from "../store/tables.ts";

/** A time of day that the clock change skips is taken as the first minute after it (Temporal's "compatible"). */
function atMinute(date: Temporal.PlainDate, minute: number, timezone: string): Millis {
  const time = Temporal.PlainTime.from({ hour: Math.floor(minute / 60) % 24, minute: minute % 60 });
  return date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds;
}

/** The end of the quiet hours that `at` lies in; null when it lies in none. The window may run over midnight. */
export function quietUntil(window: DailyWindow | null, timezone: string, at: Millis): Millis | null {
  if (window === null || window.startMinute === window.endMinute) return null;
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate();
  for (const date of [today.subtract({ days: 1 }), today]) {
    const start = atMinute(date, window.startMinute, timezone);
    const endDate = window.endMinute > window.startMinute ? date : date.add({ days: 1 });
    const end = atMinute(endDate, window.endMinute, timezone);
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

/** When a destination may take its next post: its wait or retry, its slots, the spacing, and the quiet hours. */
export function turnOf(
  config: DestinationConfig,
  row: DestinationRow,
  delivery: DeliveryRow,
  now: Millis,
): Turn {
  if (delivery.dueAt > now) return { kind: "later", at: delivery.dueAt };
  if (config.at.length > 0 && delivery.createdAt > row.slotAt) return { kind: "slot" };
  const spaced = row.lastSentAt === null ? 0 : row.lastSentAt + config.spacing;
  if (spaced > now) return { kind: "later", at: spaced };
  const quiet = quietUntil(config.quiet, config.timezone, now);
  return quiet === null ? { kind: "now" } : { kind: "later", at: quiet };
}
