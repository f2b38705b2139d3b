/** Whether this is the name of a time zone (IANA, such as `Europe/Berlin`, or `UTC`); offsets such as `+02:00` are none. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/u.test(name)) return false;
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Every time zone's name that this runtime lists, for suggestions. */
export const timezoneNames = (): readonly string[] => ["UTC", ...Intl.supportedValuesOf("timeZone")];
