import { status } from "../operator/status.ts";
import { why } from "../operator/why.ts";
import { type Commands, examples } from "./commands.ts";
import { showKeyPoints, showPreview, showStatus, showWhy } from "./show.ts";

/** What reads articles, which no other command needs to load. */
const reading = () => import("../operator/preview.ts");

/** What only looks: nothing is posted, nothing is changed. */
export function addLooking(commands: Commands): void {
  commands.program.commandsGroup("Look:");
  addPreview(commands);
  addKeyPoints(commands);
  addStatus(commands);
}

function addPreview({ program, doors, options, say, paint }: Commands): void {
  program
    .command("preview")
    .argument("<url or file>", "an article, a feed, a site, or a saved page")
    .description("how an article will look as posts; posts nothing")
    .addHelpText("after", examples("preview https://frontline.example", "preview page.html --json"))
    .action(async (target: string) => {
      await using opened = await doors.openAside(options(), null);
      const { preview } = await reading();
      const found = await preview(opened.operator, target);
      say(found, () => showPreview(found, paint));
    });
}

function addStatus({ program, withOperator, say, paint }: Commands): void {
  program
    .command("status")
    .description("feeds, destinations, what waits and what went wrong")
    .addHelpText("after", examples("status", "status --json"))
    .action(() =>
      withOperator(async (operator, timezone) => {
        const now = await status(operator);
        say(now, () => showStatus(now, timezone, paint));
      }),
    );
  program
    .command("why")
    .argument("<url>", "any address of the article: its link, its guid, a post of it")
    .description("why an article was or was not posted")
    .addHelpText(
      "after",
      examples(
        "why https://frontline.example/storm",
        "why https://bsky.app/profile/frontline.example/post/3kab",
      ),
    )
    .action((url: string) =>
      withOperator(async (operator, timezone) => {
        const answer = await why(operator, url);
        say(answer, () => showWhy(answer, url, timezone, paint));
      }),
    );
}

type KeyPointsOptions = { readonly explain?: boolean; readonly batch?: string; readonly dir?: string };

function addKeyPoints(commands: Commands): void {
  commands.program
    .command("keypoints")
    .argument("[url or file...]")
    .description("the key points of pages, and how they were found")
    .option("--explain", "every candidate with its score and reasons")
    .option("--batch <pages.jsonl>", 'lines {"id", "url_if_known"?, "lang"?}')
    .option("--dir <folder>", "where ID.html lies, with --batch")
    .addHelpText(
      "after",
      examples("keypoints page.html --explain", "keypoints --batch pages.jsonl --dir html > found.jsonl"),
    )
    .action((targets: string[], own: KeyPointsOptions) => keyPointsOf(commands, targets, own));
}

async function keyPointsOf(
  { program, doors, options, say, exit }: Commands,
  targets: readonly string[],
  own: KeyPointsOptions,
): Promise<void> {
  if (own.batch !== undefined) {
    const { keyPointsBatch } = await import("./batch.ts");
    return exit(await keyPointsBatch(doors.terminal, own.batch, own.dir ?? "."));
  }
  if (targets.length === 0)
    program.error("error: give addresses or saved pages, or --batch PAGES.jsonl --dir FOLDER");
  await using opened = await doors.openAside(options(), null);
  const { keyPoints } = await reading();
  for (const target of targets) {
    const found = await keyPoints(opened.operator, target, own.explain === true);
    say(found, () => showKeyPoints(found));
  }
}
