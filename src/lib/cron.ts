import { parse, validateDetailed } from "node-cron";
import type { Millis } from "../domain/types.ts";
import { matchesDay, type DayFields } from "./cron-days.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 29 February on one weekday comes back after 28 years, or 40 where a century skips its leap day. */
const SEARCH_DAYS = 41 * 366;

type Parsed = DayFields & {
  /** Minutes of the day, rising. */
  readonly times: readonly number[];
  readonly everyHour: boolean;
};

/** What is wrong with an expression of five fields (minute, hour, day of month, month, weekday), or null. */
export function cronProblem(expression: string): string | null {
  const fields = expression.trim().split(/\s+/u);
  if (fields.length === 6)
    return "six fields: seconds are not kept here; leave the first one out (minute hour day month weekday)";
  if (!expression.trim().startsWith("@") && fields.length !== 5)
    return "five fields are needed: minute hour day month weekday";
  // node-cron counts a range out before it looks at the limits.
  if (/\d{3}/u.test(expression) || expression.length > 200) return "a number is too large";
  const { valid, errors } = validateDetailed(expression);
  if (!valid) return errors.map(({ message }) => message.replace(" a invalid", " an invalid")).join("; ");
  return firstDay(parsed(expression), Temporal.PlainDate.from("2000-01-01")) === null
    ? "no day ever matches this"
    : null;
}

/** What is allowed but surprises: today only day of month and weekday given together. */
export function cronWarnings(expression: string): readonly string[] {
  const [, , day = "*", , weekday = "*"] = expression.trim().split(/\s+/u);
  const open = /^[*?]$/u;
  return open.test(day) || open.test(weekday)
    ? []
    : ["day of month and weekday are both given: it fires only on days that match both"];
}

/**
 * The first firing strictly after a time. A wall time that spring skips fires at the first minute after the gap, one
 * that autumn doubles fires once, at the first; an expression of every hour fires at each minute that passes and
 * matches. Throws on an expression that `cronProblem` refuses.
 */
export function nextSlot(expression: string, timezone: string, after: Millis): Millis {
  const fields = parsed(expression);
  let from = localDate(after, timezone).subtract({ days: 1 });
  for (;;) {
    const day = firstDay(fields, from);
    if (day === null) throw new RangeError(`no day ever matches "${expression}"`);
    const slot = slotsOf(fields, timezone, day).find((at) => at > after);
    if (slot !== undefined) return slot;
    from = day.add({ days: 1 });
  }
}

/** The last firing at or before a time, but not before `notBefore`; null when there is none. Rules as in `nextSlot`. */
export function lastSlot(
  expression: string,
  timezone: string,
  atOrBefore: Millis,
  notBefore: Millis,
): Millis | null {
  const fields = parsed(expression);
  const first = localDate(notBefore, timezone).subtract({ days: 1 });
  let day = localDate(atOrBefore, timezone).add({ days: 1 });
  for (; Temporal.PlainDate.compare(day, first) >= 0; day = day.subtract({ days: 1 })) {
    if (!matchesDay(fields, day)) continue;
    const slot = slotsOf(fields, timezone, day).findLast((at) => at <= atOrBefore);
    if (slot !== undefined) return slot >= notBefore ? slot : null;
  }
  return null;
}

/** Expressions already parsed: the tick asks for the same few every second. */
const known = new Map<string, Parsed>();

function parsed(expression: string): Parsed {
  const found = known.get(expression) ?? parseFields(expression);
  if (known.size >= 500) known.clear();
  known.set(expression, found);
  return found;
}

function parseFields(expression: string): Parsed {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parse(expression);
  const times = [...new Set(hour)].flatMap((h) => minute.map((m) => h * 60 + m));
  return {
    dayOfMonth,
    month,
    dayOfWeek,
    times: [...new Set(times)].sort((a, b) => a - b),
    everyHour: new Set(hour).size === 24,
  };
}

function firstDay(fields: DayFields, from: Temporal.PlainDate): Temporal.PlainDate | null {
  let day = from;
  for (let i = 0; i < SEARCH_DAYS; i++) {
    if (matchesDay(fields, day)) return day;
    day = day.add({ days: 1 });
  }
  return null;
}

const localDate = (at: Millis, timezone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate();

/** All firings of one local date, rising; a date without a clock change is plain arithmetic. */
function slotsOf(fields: Parsed, timezone: string, day: Temporal.PlainDate): readonly Millis[] {
  const start = day.toZonedDateTime(timezone);
  const end = day.add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds;
  if (end - start.epochMilliseconds === DAY && start.hour === 0 && start.minute === 0)
    return fields.times.map((minute) => start.epochMilliseconds + minute * MINUTE);
  return fields.everyHour
    ? passingMinutes(fields, start, end)
    : fields.times.map((minute) => wallTime(day, minute, timezone));
}

/** Every minute between start and end (exclusive) whose minute of the hour matches. */
function passingMinutes(fields: Parsed, start: Temporal.ZonedDateTime, end: Millis): readonly Millis[] {
  const minutes = new Set(fields.times.map((time) => time % 60));
  const slots: Millis[] = [];
  for (let now = start; now.epochMilliseconds < end; now = now.add({ minutes: 1 }))
    if (minutes.has(now.minute)) slots.push(now.epochMilliseconds);
  return slots;
}

/** When a wall time (minutes of the day, 0 to 1440) comes: the first of two, or the end of the gap that swallows it. */
export function wallTime(day: Temporal.PlainDate, minuteOfDay: number, timezone: string): Millis {
  const wall = day.toPlainDateTime().add({ minutes: minuteOfDay });
  const found = wall.toZonedDateTime(timezone, { disambiguation: "earlier" });
  if (found.toPlainDateTime().equals(wall)) return found.epochMilliseconds;
  return (found.getTimeZoneTransition("next") ?? found).epochMilliseconds;
}
