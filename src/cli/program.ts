import { Command, CommanderError } from "commander";
import { AdminError, reasonOf } from "../domain/errors.ts";
import { commandsOf } from "./commands.ts";
import type { Doors } from "./doors.ts";
import { addHolding } from "./holding.ts";
import { addKeeping } from "./keeping.ts";
import { addLooking } from "./looking.ts";
import { addPosting } from "./posting.ts";
import { addStarting } from "./starting.ts";
import { safe } from "./terminal.ts";

/** Exit codes: 0 done, 1 a problem that a person can mend, 2 the command line is wrong, 70 an internal error. */
export async function command(doors: Doors, argv: readonly string[], version: string): Promise<number> {
  const { terminal } = doors;
  let code = 0;
  const program = programOf(doors, version, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof AdminError) terminal.error(`${error.message}\n`);
    else
      terminal.error(
        `internal error: ${safe(reasonOf(error))}\n${error instanceof Error ? `${error.stack ?? ""}\n` : ""}`,
      );
    return error instanceof AdminError ? 1 : 70;
  }
}

/** The whole command line. Each action opens what it needs, prints, and says its exit code through `exit`. */
export function programOf(doors: Doors, version: string, exit: (code: number) => void): Command {
  const { terminal } = doors;
  const program = new Command("bulletin")
    .description(
      "Posts new articles from feeds, with their own key points, to Discord channels and to Bluesky. Once each.",
    )
    .version(version)
    .option("--config <path>", "the config folder, or one file (default: config, or BULLETIN_CONFIG)")
    .option("--data <folder>", "where the store lies (default: data, or BULLETIN_DATA)")
    .option("--json", "print JSON, for scripts")
    .addHelpText("after", "\nbulletin help COMMAND shows a command's options and examples.")
    .showHelpAfterError("bulletin help lists the commands; bulletin help COMMAND shows examples.")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.error });
  const commands = commandsOf(program, doors, exit);
  addStarting(commands);
  addLooking(commands);
  addPosting(commands);
  addHolding(commands);
  addKeeping(commands);
  return program;
}
