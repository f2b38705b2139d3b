import type { DailyWindow, Millis } from "../domain/types.ts";
import { quoted, read, wrong, type Reading } from "./reading.ts";
import { closest } from "./suggest.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST = 366 * DAY;

const UNITS: ReadonlyMap<string, Millis> = new Map([
  ...["milliseconds", "millisecond", "ms"].map((unit) => [unit, 1] as const),
  ...["seconds", "second", "secs", "sec", "s"].map((unit) => [unit, SECOND] as const),
  ...["minutes", "minute", "mins", "min", "m"].map((unit) => [unit, MINUTE] as const),
  ...["hours", "hour", "hrs", "hr", "h"].map((unit) => [unit, HOUR] as const),
  ...["days", "day", "d"].map((unit) => [unit, DAY] as const),
  ...["weeks", "week", "w"].map((unit) => [unit, 7 * DAY] as const),
]);

const SPANS = /^(?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*)+$/u;
const EXAMPLE = 'Write a number and its unit, such as "10 minutes", "90s", "1h 30m" or "2 days".';

/** "10 minutes", "3 min", "90s", "1h 30m", "2 days" as milliseconds, at most 366 days; only 0 needs no unit. */
export function readDuration(written: string | number): Reading<Millis> {
  const text = String(written).trim().toLowerCase();
  if (text === "0") return read(0);
  if (/^[\d.]+$/u.test(text))
    return wrong(
      `${quoted(text)} has no unit`,
      `Write "${text} minutes", "${text} seconds" or "${text} hours".`,
    );
  if (!SPANS.test(text)) return wrong(`${quoted(written)} is not a duration`, EXAMPLE);
  let total = 0;
  for (const [, amount, unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gu)) {
    const length = UNITS.get(unit);
    if (length === undefined) {
      const meant = unit.length > 2 ? closest(unit, UNITS.keys()) : null;
      return wrong(
        `${quoted(written)}: ${quoted(unit)} is not a unit of time`,
        meant === null ? EXAMPLE : `Did you mean "${amount} ${meant}"?`,
      );
    }
    total += Number(amount) * length;
  }
  return total > LONGEST
    ? wrong(`${quoted(written)} is too long`, "Write at most 366 days.")
    : read(Math.round(total));
}

/** Like `readDuration`, but 0 is refused: for what happens again and again. */
export function readInterval(written: string | number): Reading<Millis> {
  const reading = readDuration(written);
  return reading.kind === "read" && reading.value < SECOND
    ? wrong(`${quoted(written)} is too short`, "Write at least 1 second.")
    : reading;
}

const NAMED: readonly (readonly [Millis, string])[] = [
  [DAY, "day"],
  [HOUR, "hour"],
  [MINUTE, "minute"],
  [SECOND, "second"],
  [1, "millisecond"],
];

/** Milliseconds in the words that `readDuration` reads back: "3 minutes", "1 hour 30 minutes", "0". */
export function formatDuration(duration: Millis): string {
  let rest = Math.round(duration);
  const parts: string[] = [];
  for (const [length, name] of NAMED) {
    // 72 hours stay hours: days are named from four on.
    if (length === DAY && duration < 4 * DAY) continue;
    const count = Math.floor(rest / length);
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    rest -= count * length;
  }
  return parts.length === 0 ? "0" : parts.join(" ");
}

const WINDOW = /^(\d{1,2})(?::(\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?::(\d{2}))?$/u;

/** "23:00-07:00" as minutes of the day; the window may run over midnight, but must not be empty. */
export function readWindow(written: string | number): Reading<DailyWindow> {
  const example = 'Write the first and the last time of the day, such as "23:00-07:00".';
  const match = WINDOW.exec(String(written).trim());
  if (match === null) return wrong(`${quoted(written)} is not a window of hours`, example);
  const [startMinute, endMinute] = [minuteOfDay(match[1], match[2]), minuteOfDay(match[3], match[4])];
  if (startMinute === null || endMinute === null || startMinute === 1440)
    return wrong(`${quoted(written)} has a time that no clock shows`, example);
  return startMinute === endMinute
    ? wrong(`${quoted(written)} begins and ends at the same time`, example)
    : read({ startMinute, endMinute });
}

function minuteOfDay(hours = "", minutes = "0"): number | null {
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= 1440 ? total : null;
}
