import type { Command } from "commander";
import type { Done, Operator } from "../operator/operator.ts";
import type { Doors, GlobalOptions } from "./doors.ts";
import { type Paint, painter, safe } from "./terminal.ts";

/** What every command is made with. */
export type Commands = {
  readonly program: Command;
  readonly doors: Doors;
  readonly paint: Paint;
  /** The options that every command takes. */
  readonly options: () => GlobalOptions;
  /** Prints a value as JSON with --json, else the text. */
  readonly say: (value: unknown, text: () => string) => void;
  /** Opens everything for one command and closes it again; gives the time zone of the config too. */
  readonly withOperator: <T>(work: (operator: Operator, timezone: string) => Promise<T>) => Promise<T>;
  /** The same, for a command that changes something: prints what it says it did. */
  readonly done: (work: (operator: Operator) => Promise<Done>) => Promise<void>;
  /** Prints what was done. */
  readonly sayDone: (result: Done) => void;
  /** Sets the exit code. */
  readonly exit: (code: number) => void;
};

export function commandsOf(program: Command, doors: Doors, exit: (code: number) => void): Commands {
  const options = () => program.opts<GlobalOptions>();
  const say: Commands["say"] = (value, text) =>
    doors.terminal.out(`${options().json === true ? JSON.stringify(value) : text()}\n`);
  const withOperator: Commands["withOperator"] = async (work) => {
    await using opened = await doors.open(options());
    return await work(opened.operator, opened.operator.context.config().timezone);
  };
  const sayDone: Commands["sayDone"] = (result) => {
    say(result, () => result.lines.map(safeIndented).join("\n"));
    if (result.failed === true) exit(1);
  };
  const done: Commands["done"] = (work) => withOperator(async (operator) => sayDone(await work(operator)));
  const paint = painter(doors.terminal);
  return { program, doors, paint, options, say, withOperator, done, sayDone, exit };
}

/** A line that begins with spaces belongs to the one above it. */
const safeIndented = (line: string): string => `${/^ */u.exec(line)?.[0] ?? ""}${safe(line)}`;

/** The end of a command's help: how it is really typed. */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  bulletin ${line}`).join("\n")}`;
