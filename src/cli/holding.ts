import { drop, edit, held, release, settle } from "../operator/holds.ts";
import { type Commands, examples } from "./commands.ts";
import { showHeld } from "./show.ts";

/** The doors of what is held. */
export function addHolding(commands: Commands): void {
  commands.program.commandsGroup("Decide:");
  addEntries(commands);
  addSettle(commands);
}

function addEntries({ program, withOperator, say, paint, done }: Commands): void {
  program
    .command("held")
    .description("what waits for your word, with the reason and the commands")
    .addHelpText("after", examples("held", "held --json"))
    .action(() =>
      withOperator(async (operator, timezone) => {
        const list = await held(operator);
        say(list, () => showHeld(list, timezone, paint));
      }),
    );
  program
    .command("release")
    .argument("<url or feed>", "one entry, or all that is held of a feed")
    .description("let what is held go on its way")
    .addHelpText(
      "after",
      examples("release https://frontline.example/storm", "release https://frontline.example"),
    )
    .action((name: string) => done((operator) => release(operator, name)));
  program
    .command("drop")
    .argument("<url or feed>", "one entry, or all that is held of a feed")
    .description("give up what is held: it is never posted")
    .addHelpText("after", examples("drop https://frontline.example/storm"))
    .action((name: string) => done((operator) => drop(operator, name)));
  program
    .command("edit")
    .argument("<url>")
    .requiredOption("--title <text>", "the title to post")
    .description("give an entry another title, before it is posted")
    .addHelpText("after", examples('edit https://frontline.example/storm --title "Storm closes the bridge"'))
    .action((url: string, own: { title: string }) => done((operator) => edit(operator, url, own.title)));
}

function addSettle({ program, done }: Commands): void {
  program
    .command("settle")
    .argument("<delivery>", "its key, as `bulletin held` shows it")
    .option("--sent <link>", "it stands there: its link or id")
    .option("--send", "it does not: send it")
    .description("your word on a delivery in doubt: does it stand there or not?")
    .addHelpText(
      "after",
      examples(
        "settle 3kabcdefghi2k --sent https://discord.com/channels/111/222/333",
        "settle 3kabcdefghi2k --send",
      ),
    )
    .action((key: string, own: { sent?: string; send?: boolean }) => {
      if ((own.sent === undefined) === (own.send !== true))
        program.error("error: say --sent LINK when it stands there, or --send when it does not");
      return done((operator) =>
        settle(operator, key, own.sent === undefined ? { send: true } : { sent: own.sent }),
      );
    });
}
