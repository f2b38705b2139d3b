import { pause, poll, post, resume, retry, undo } from "../operator/posting.ts";
import { type Commands, examples } from "./commands.ts";

/** What asks, sends, deletes or stands still at once. */
export function addPosting(commands: Commands): void {
  commands.program.commandsGroup("Post:");
  addPoll(commands);
  addPost(commands);
  addPause(commands);
}

function addPoll({ program, done }: Commands): void {
  program
    .command("poll")
    .argument("[feed]", "its address or name")
    .description("ask one feed, or all of them, now")
    .addHelpText("after", examples("poll", "poll https://frontline.example"))
    .action((feed?: string) => done((operator) => poll(operator, feed ?? null)));
}

function addPost({ program, done }: Commands): void {
  program
    .command("post")
    .argument("[url]")
    .option("--latest", "the newest article of all feeds")
    .option("--to <destination>", "only there")
    .description("post an article now: one that was skipped, or not yet posted")
    .addHelpText(
      "after",
      examples("post https://frontline.example/storm", "post --latest --to frontline.example"),
    )
    .action((url: string | undefined, own: { latest?: boolean; to?: string }) => {
      if ((url === undefined) === (own.latest !== true))
        program.error("error: give the article's address, or --latest");
      return done((operator) => post(operator, url ?? null, own.to ?? null));
    });
  program
    .command("retry")
    .argument("<url>")
    .description("send what failed or expired after all")
    .addHelpText("after", examples("retry https://frontline.example/storm"))
    .action((url: string) => done((operator) => retry(operator, url)));
  program
    .command("undo")
    .argument("<url>")
    .description("delete an article's posts everywhere, and never post it again")
    .addHelpText("after", examples("undo https://frontline.example/storm"))
    .action((url: string) => done((operator) => undo(operator, url)));
}

function addPause({ program, done }: Commands): void {
  program
    .command("pause")
    .argument("<feed or destination>", "its address, id or name")
    .description("ask or send nothing until resume")
    .addHelpText("after", examples("pause https://frontline.example", "pause discord:222"))
    .action((name: string) => done((operator) => pause(operator, name)));
  program
    .command("resume")
    .argument("<feed or destination>", "its address, id or name")
    .description("go on after pause, or after a stop that was mended")
    .addHelpText("after", examples("resume https://frontline.example", "resume discord:222"))
    .action((name: string) => done((operator) => resume(operator, name)));
}
