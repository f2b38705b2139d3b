/** The two fields of a cron expression that choose days, as node-cron's parser gives them: numbers, and the tokens with letters. */
export type DayFields = {
  readonly dayOfMonth: readonly (number | string)[];
  readonly month: readonly number[];
  readonly dayOfWeek: readonly (number | string)[];
};

/**
 * Whether an expression's days include this one. Day of month and weekday must both match (as node-cron does it,
 * unlike Vixie cron). `L` is the month's last day, `L-3` three before it, `15W` the working day nearest to the 15th,
 * `5L` the last Friday, `1#2` the second Monday.
 */
export function matchesDay(fields: DayFields, day: Temporal.PlainDate): boolean {
  return (
    fields.month.includes(day.month) &&
    fields.dayOfMonth.some((token) => matchesDayOfMonth(token, day)) &&
    fields.dayOfWeek.some((token) => matchesWeekday(token, day))
  );
}

function matchesDayOfMonth(token: number | string, day: Temporal.PlainDate): boolean {
  if (typeof token === "number") return day.day === token;
  const last = /^L(?:-(\d+))?$/u.exec(token);
  if (last !== null) return day.day === day.daysInMonth - Number(last[1] ?? 0);
  const near = /^(\d+|L)W$/u.exec(token)?.[1];
  if (near === undefined) return false;
  return day.day === nearestWorkingDay(day, near === "L" ? day.daysInMonth : Number(near));
}

function matchesWeekday(token: number | string, day: Temporal.PlainDate): boolean {
  const weekday = day.dayOfWeek % 7;
  if (typeof token === "number") return weekday === token;
  const last = /^(\d)L$/u.exec(token)?.[1];
  if (last !== undefined) return weekday === Number(last) && day.day > day.daysInMonth - 7;
  const nth = /^(\d)#(\d)$/u.exec(token);
  return nth !== null && weekday === Number(nth[1]) && Math.ceil(day.day / 7) === Number(nth[2]);
}

/** Monday to Friday nearest to the target day, never in another month; null when the month has no such day. */
function nearestWorkingDay(day: Temporal.PlainDate, target: number): number | null {
  if (target < 1 || target > day.daysInMonth) return null;
  const { dayOfWeek } = day.with({ day: target });
  if (dayOfWeek === 6) return target === 1 ? 3 : target - 1;
  if (dayOfWeek === 7) return target === day.daysInMonth ? target - 2 : target + 1;
  return target;
}
