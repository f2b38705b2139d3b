import { pino } from "pino";
import { oneLine } from "./text.ts";

type Fields = Readonly<Record<string, unknown>>;
type Level = "debug" | "info" | "warn" | "error";
const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

export type LogOptions = {
  readonly level: string;
  /** A person reads it: short lines; otherwise a JSON object a line (pino). */
  readonly human: boolean;
  readonly now: () => number;
  readonly write: (line: string) => void;
};

/** The program's log. Whatever comes from outside stays data: one line, escaped, never a format string. */
export function openLog(options: LogOptions) {
  const write = options.human ? humanWriter(options) : jsonWriter(options);
  const at =
    (level: Level) =>
    (message: string, fields: Fields = {}) =>
      write(level, message, fields);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** What JSON leaves as it is, and what a terminal or a reader of lines may take for more than a character. */
const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/gu;
const escapeChar = (char: string): string => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;

function jsonWriter({ level, write }: LogOptions) {
  const logger = pino(
    { level: LEVELS.some((known) => known === level) ? level : "info", base: null },
    { write: (line: string) => write(line.replaceAll(UNESCAPED, escapeChar)) },
  );
  return (at: Level, message: string, fields: Fields) => logger[at](plain(fields), "%s", message);
}

function humanWriter({ level, write, now }: LogOptions) {
  const least = Math.max(
    0,
    LEVELS.findIndex((known) => known === level),
  );
  return (at: Level, message: string, fields: Fields) => {
    if (LEVELS.indexOf(at) < least) return;
    const time = new Date(now()).toISOString().slice(11, 19);
    const rest = Object.entries(plain(fields)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    write(`${time} ${at.padEnd(5)} ${oneLine([message, ...rest].join(" "))}\n`);
  };
}

/** Errors become their stack, empty fields go. */
function plain(fields: Fields): Record<string, unknown> {
  const known = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    known.map(([name, value]) => [name, value instanceof Error ? (value.stack ?? value.message) : value]),
  );
}
