import { backup } from "../operator/backup.ts";
import { reread } from "../operator/restore.ts";
import { type Commands, examples } from "./commands.ts";

/** Copies of the store, and the way back. */
export function addKeeping({ program, doors, options, done, sayDone }: Commands): void {
  program.commandsGroup("Keep:");
  program
    .command("backup")
    .argument("[file]", "where to (default: a file with the time in its name, in DATA/backups)")
    .description("copy the store into a file, checked; the bot may run meanwhile")
    .addHelpText("after", examples("backup", "backup /mnt/backups/bulletin.db"))
    .action((file?: string) => done((operator) => backup(operator, file ?? null)));
  program
    .command("restore")
    .argument("[file]", "a copy that backup made")
    .option("--reread", "the store was put back by other means, as by pg_restore")
    .description(
      "put a copy in the place of the store; what was posted since it was made is not posted again",
    )
    .addHelpText("after", examples("restore data/backups/bulletin-2026-11-25T163000Z.db", "restore --reread"))
    .action(async (file: string | undefined, own: { reread?: boolean }) => {
      if ((file === undefined) === (own.reread !== true))
        program.error("error: give the copy's file, or --reread when the store was put back already");
      if (file === undefined) return await done(reread);
      return sayDone(await doors.restore(options(), file));
    });
}
