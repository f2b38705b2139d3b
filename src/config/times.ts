import { cronProblem } from "../lib/cron.ts";
import { isTimezone, timezoneNames } from "../lib/zone.ts";
import { quoted, read, wrong, type Reading } from "./reading.ts";
import { closest } from "./suggest.ts";

/** A cron expression of five fields, as written. */
export function readCron(written: string | number): Reading<string> {
  const text = String(written).trim();
  const problem = cronProblem(text);
  return problem === null
    ? read(text)
    : wrong(
        `${quoted(text)} is no schedule: ${problem}`,
        'Such as "0 8 * * 1-5": at 8:00, Monday to Friday.',
      );
}

/** A time zone's name, as written. */
export function readTimezone(written: string | number): Reading<string> {
  const text = String(written).trim();
  if (isTimezone(text)) return read(text);
  const names = timezoneNames();
  const city = names.find((name) => name.toLowerCase().endsWith(`/${text.toLowerCase()}`));
  const meant = city ?? closest(text, names);
  return wrong(
    `${quoted(text)} is no time zone`,
    meant === null ? 'Write its name, such as "Europe/Berlin" or "UTC".' : `Did you mean "${meant}"?`,
  );
}
