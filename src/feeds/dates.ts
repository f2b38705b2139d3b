import type { Millis } from "../domain/types.ts";

/** No feed is older; what is, is a placeholder (0001-01-01, 1970-01-01). */
const OLDEST = Date.UTC(1990, 0, 1);
const LONGEST = 100;

/** Beginnings of month names, in lower case without accents (й is и then): English first, then what European feeds write. */
const MONTHS: readonly RegExp[] = [
  /^(?:jan|ene|gen|янв)/u,
  /^(?:feb|fev|фев)/u,
  /^(?:mar|mrt|maer|мар)/u,
  /^(?:apr|abr|avr|апр)/u,
  /^(?:may|mai|mei|mag|маи|мая)/u,
  /^(?:jun|juin|giu|июн)/u,
  /^(?:jul|juil|lug|июл)/u,
  /^(?:aug|ago|aou|авг)/u,
  /^(?:sep|set|сен)/u,
  /^(?:oct|okt|out|ott|окт)/u,
  /^(?:nov|ноя)/u,
  /^(?:dec|dez|dic|des|дек)/u,
];

/** Minutes east of Greenwich. Names mean what they mean in feeds: IST is India's, BST Britain's (RFC 822, 5.1). */
const ZONES: ReadonlyMap<string, number> = new Map([
  ...["z", "ut", "utc", "gmt", "wet"].map((name) => [name, 0] as const),
  ...["bst", "west", "cet", "met", "mez"].map((name) => [name, 60] as const),
  ...["cest", "mest", "mesz", "eet", "sast", "cat"].map((name) => [name, 120] as const),
  ...["eest", "msk", "eat", "trt"].map((name) => [name, 180] as const),
  ...["est", "cdt"].map((name) => [name, -300] as const),
  ...["cst", "mdt"].map((name) => [name, -360] as const),
  ...["mst", "pdt"].map((name) => [name, -420] as const),
  ...["pst", "akdt"].map((name) => [name, -480] as const),
  ...["hkt", "sgt", "awst"].map((name) => [name, 480] as const),
  ...["jst", "kst"].map((name) => [name, 540] as const),
  ["edt", -240],
  ["ast", -240],
  ["adt", -180],
  ["brt", -180],
  ["art", -180],
  ["nst", -210],
  ["ndt", -150],
  ["akst", -540],
  ["hst", -600],
  ["gst", 240],
  ["pkt", 300],
  ["ist", 330],
  ["npt", 345],
  ["wib", 420],
  ["ict", 420],
  ["acst", 570],
  ["aest", 600],
  ["acdt", 630],
  ["aedt", 660],
  ["nzst", 720],
  ["nzdt", 780],
]);

type Day = { readonly year: number; readonly month: number; readonly day: number; readonly rest: string };

function monthOf(name: string): number {
  return MONTHS.findIndex((month) => month.test(name)) + 1;
}

/** Two and three digits as RFC 2822, 4.3 reads them: 0 to 49 is 2000 on, 50 and more 1900 on. */
function yearOf(digits: string): number {
  const year = Number(digits);
  if (digits.length >= 4) return year;
  return year < 50 && digits.length === 2 ? 2000 + year : 1900 + year;
}

function day(year: string, month: number, dayOfMonth: string, rest: string): Day | null {
  return month === 0 ? null : { year: yearOf(year), month, day: Number(dayOfMonth), rest };
}

/** Each way a date is written, and what of it remains for the time of day. */
const FORMS: readonly ((text: string) => Day | null)[] = [
  // 2026-11-22T10:05:34Z, 2026/11/22, 2026-11, 20261122T100534
  (text) => {
    const match =
      /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)(.*)$/u.exec(text) ??
      /^(\d{4})(\d\d)(\d\d)(?!\d)(.*)$/u.exec(text);
    return match ? day(match[1] ?? "", Number(match[2]), match[3] ?? "1", match[4] ?? "") : null;
  },
  // Sun, 22 Nov 2026 10:05:34 GMT; 22-Nov-26; 22. November 2026; 22 de noviembre de 2026
  (text) => {
    const match =
      /(?:^|[\s,])(\d{1,2})(?:st|nd|rd|th|er)?\.?[\s-]+(?:de\s+)?(\p{L}{3,12})\.?,?[\s-]+(?:de\s+)?(\d{4}|\d{2,3})(?!\d)(.*)$/u.exec(
        text,
      );
    return match ? day(match[3] ?? "", monthOf(match[2] ?? ""), match[1] ?? "", match[4] ?? "") : null;
  },
  // 22.11.2026
  (text) => {
    const match = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)(.*)$/u.exec(text);
    return match ? day(match[3] ?? "", Number(match[2]), match[1] ?? "", match[4] ?? "") : null;
  },
  // Sun Nov 22 10:05:34 [GMT] 2026 (asctime)
  (text) => {
    const match =
      /(?:^|\s)(\p{L}{3,12})\s+(\d{1,2})\s+(\d{1,2}:\d\d(?::\d\d)?)\s+((?:[\p{L}+\-0-9:]{1,9}\s+)?)(\d{4})$/u.exec(
        text,
      );
    return match
      ? day(match[5] ?? "", monthOf(match[1] ?? ""), match[2] ?? "", `${match[3] ?? ""} ${match[4] ?? ""}`)
      : null;
  },
  // November 22, 2026 10:05 AM
  (text) => {
    const match = /(?:^|[\s,])(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)(.*)$/u.exec(
      text,
    );
    return match ? day(match[3] ?? "", monthOf(match[1] ?? ""), match[2] ?? "", match[4] ?? "") : null;
  },
];

const TIME =
  /^[\st,@]*(?:at\s+)?(\d{1,2})(?::?(\d\d))?(?::?(\d\d)(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?(?![a-z]))?\s*(.*)$/u;

/** Minutes east of Greenwich; what is unknown counts as UTC, as RFC 2822, 4.3 says. */
function zoneOffset(text: string): number {
  const zone = text.trim();
  const match = /(?:^|utc|gmt|\s)([+-])(\d{1,2}):?(\d\d)?(?!\d)/u.exec(zone);
  if (match) return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0));
  return ZONES.get(/^\(?(\p{L}{1,5})/u.exec(zone)?.[1] ?? "") ?? 0;
}

/** Milliseconds since midnight UTC of the written day; null when it is no time of day. */
function timeOfDay(rest: string): Millis | null {
  const match = TIME.exec(rest);
  if (!match) return 0;
  const half = match[5]?.[0];
  const hour = half === undefined ? Number(match[1]) : (Number(match[1]) % 12) + (half === "p" ? 12 : 0);
  const minute = Number(match[2] ?? 0);
  const second = Math.min(Number(match[3] ?? 0), 60);
  if (hour > 24 || minute > 59) return null;
  const fraction = Math.trunc(Number(`0.${match[4] ?? "0"}`) * 1000);
  return ((hour * 60 + minute - zoneOffset(match[6] ?? "")) * 60 + second) * 1000 + fraction;
}

function epoch(digits: string): Millis | null {
  const number = Number(digits);
  return believable(digits.length > 11 ? number : number * 1000);
}

const believable = (time: Millis): Millis | null => (time >= OLDEST && time < 8.64e15 ? time : null);

/**
 * What nearly all feeds write (RFC 822 with four digits of year and a zone in digits or GMT; RFC 3339), on days that
 * every month has: the engine's own reader reads that right, and much faster.
 */
const USUAL =
  /^(?:[A-Z][a-z]{2}, )?(?:0?[1-9]|1\d|2[0-8]) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:19|20)\d\d (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d (?:GMT|[+-](?:0\d|1[0-4])[0-5]\d)$/u;
const USUAL_NEW =
  /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/u;

/**
 * A date as feeds and HTTP headers write it (RFC 822 and 2822 with all their breakages, RFC 3339, W3C-DTF, RFC 850,
 * asctime, seconds or milliseconds since 1970), in milliseconds. Without a zone it is UTC. Null for what is no date,
 * for a day that does not exist and for anything before 1990: never "now".
 */
export function parseDate(text: string): Millis | null {
  if (text === "") return null;
  if (USUAL.test(text) || USUAL_NEW.test(text)) return believable(Date.parse(text));
  const plain = text
    .slice(0, LONGEST)
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/\s+/gu, " ")
    .toLowerCase()
    .trim();
  if (/^(?:\d{10}|\d{13})$/u.test(plain)) return epoch(plain);
  for (const form of FORMS) {
    const found = form(plain);
    if (found === null) continue;
    const midnight = Date.UTC(found.year, found.month - 1, found.day);
    const exists = found.month <= 12 && new Date(midnight).getUTCDate() === found.day;
    const time = exists ? timeOfDay(found.rest) : null;
    return time === null ? null : believable(midnight + time);
  }
  return null;
}
