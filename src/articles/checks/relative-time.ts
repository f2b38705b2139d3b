import type { Millis } from "../../domain/types.ts";
import { type Finding, hit, notChecked } from "./finding.ts";

/** Words that mean another day once midnight has passed. Matched whole, as they are written in a sentence. */
const WORDS: Readonly<Record<string, string>> = {
  en: "today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening)|last night",
  de: "heute|morgen|übermorgen|gestern|vorgestern",
  fr: "aujourd['’]hui|demain|hier|ce (?:matin|soir)|cet après-midi|cette nuit",
  es: "hoy|ayer|anoche|esta (?:mañana|tarde|noche)|(?<!\\b(?:la|una|cada|media) )mañana",
  it: "oggi|domani|ieri|stasera|stamattina|stamane|stanotte",
  pt: "hoje|amanhã|ontem|esta (?:manhã|tarde|noite)",
  nl: "vandaag|morgen|gisteren|vanavond|vanmorgen|vanochtend|vanmiddag|vannacht",
  sv: "i ?dag|i ?morgon|i ?går|i ?kväll|i ?natt",
  da: "i dag|i morgen|i går|i aften|i nat",
  nb: "i dag|i morgen|i går|i kveld|i natt",
  no: "i dag|i morgen|i går|i kveld|i natt",
  fi: "tänään|huomenna|eilen",
  pl: "dziś|dzisiaj|jutro|wczoraj",
  cs: "dnes|zítra|včera",
  ru: "сегодня|завтра|вчера",
  uk: "сьогодні|завтра|вчора",
  tr: "bugün|yarın|dün|bu (?:sabah|akşam|gece)",
  ja: "今日|本日|明日|昨日|今朝|今夜|今晩",
  zh: "今天|今日|明天|明日|昨天|昨日|今晚|今早",
  ko: "오늘|내일|어제",
};

/** Languages that put no spaces between words. */
const UNSPACED = new Set(["ja", "zh", "ko"]);
/** "morgen" is tomorrow, "Morgen" mostly the morning. */
const CASE_COUNTS = new Set(["de"]);
/** Names that hold such a word. */
const NAMES =
  /\b(?:USA|Russia|India|Psychology|Malaysia|Pakistan|Physics|Medical News|Christianity) Today\b/gu;

const PATTERNS = new Map(
  Object.entries(WORDS).map(([language, words]) => {
    const whole = UNSPACED.has(language) ? words : `(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`;
    return [language, new RegExp(whole, CASE_COUNTS.has(language) ? "u" : "iu")];
  }),
);

/** A post on its way: its text as it will stand there, the day it was written on, and the day that it is now. */
export type Sending = {
  readonly text: () => string;
  readonly language: string | null;
  readonly writtenAt: Millis;
  readonly now: Millis;
  /** The audience's zone: where midnight passes. */
  readonly timezone: string;
};

/** Relative words ("today") in a post that waited over midnight, when they have come to mean another day. */
export function relativeTime({ text, language, writtenAt, now, timezone }: Sending): Finding {
  const day = (at: Millis) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate();
  const written = day(writtenAt);
  if (written.equals(day(now))) return null;
  const code = language?.split("-")[0] ?? "unknown";
  const pattern = PATTERNS.get(code);
  if (pattern === undefined) return notChecked(`no relative words are known in the language ${code}`);
  const word = pattern.exec(text().replaceAll(NAMES, " "))?.[0];
  return word === undefined
    ? null
    : hit(`it says “${word}”, written on ${written.toString()}, and goes out on ${day(now).toString()}`);
}
