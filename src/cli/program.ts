import { Command, CommanderError } from "commander";
import { AdminError, reasonOf } from "../domain/errors.ts";
import { check } from "../operator/check.ts";
import { drop, edit, held, release, settle } from "../operator/holds.ts";
import type { Done, Operator } from "../operator/operator.ts";
import { pause, poll, post, resume, retry, undo } from "../operator/posting.ts";
import { keyPoints, preview } from "../operator/preview.ts";
import { schema } from "../operator/settings.ts";
import { status } from "../operator/status.ts";
import { why } from "../operator/why.ts";
import { keyPointsBatch } from "./batch.ts";
import { showCheck } from "./check.ts";
import type { Doors, GlobalOptions } from "./doors.ts";
import { init, type InitOptions } from "./init.ts";
import { run } from "./run.ts";
import { showHeld, showPreview, showStatus, showWhy } from "./show.ts";
import { painter, safe } from "./terminal.ts";

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
  const paint = painter(terminal);
  const program = new Command("bulletin")
    .description(
      "Posts new articles from feeds, with their own key points, to Discord channels and to Bluesky. Once each.",
    )
    .version(version)
    .option("--config <path>", "the config folder, or one file (default: config, or BULLETIN_CONFIG)")
    .option("--data <folder>", "where the store lies (default: data, or BULLETIN_DATA)")
    .option("--json", "print JSON, for scripts")
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.error });
  const options = () => program.opts<GlobalOptions>();
  const say = (value: unknown, text: () => string) =>
    terminal.out(`${options().json === true ? JSON.stringify(value) : text()}\n`);
  const withOperator = async <T>(work: (operator: Operator, timezone: string) => Promise<T>): Promise<T> => {
    await using opened = await doors.open(options());
    return await work(opened.operator, opened.operator.context.config().timezone);
  };
  const done = (work: (operator: Operator) => Promise<Done>) =>
    withOperator(async (operator) => {
      const result = await work(operator);
      say(result, () => result.lines.map(safe).join("\n"));
    });

  program
    .command("run", { isDefault: true })
    .description("run the bot until it is told to end (without a config: the sample)")
    .action(async () => exit(await run(doors, options())));
  program
    .command("init")
    .description("answer a few questions, write config/bulletin.yaml and .env")
    .option("--site <url>", "the site or its feed")
    .option("--discord <link>", "the channel's link or id")
    .option("--bluesky <handle>")
    .option("--contact <address>", "sent to publishers in the User-Agent")
    .option("--timezone <zone>")
    .option("--allow <host...>", "open the address guard for these hosts")
    .addHelpText(
      "after",
      example("bulletin init", "bulletin init --site https://frontline.example --bluesky frontline.example"),
    )
    .action(async (own: InitOptions) => exit(await init(doors, { ...options(), ...own })));
  program
    .command("check")
    .description("try config, feeds, channels and accounts; say what to do for each problem; send nothing")
    .option("--offline", "the config only")
    .addHelpText("after", example("bulletin check", "bulletin check --offline"))
    .action(async ({ offline }: { offline?: boolean }) => {
      await using opened = await doors.open(options());
      exit(await showCheck(doors, check(opened.operator, offline === true), opened.warnings));
    });
  program
    .command("poll")
    .argument("[feed]", "its address or name")
    .description("ask one feed, or all of them, now")
    .addHelpText("after", example("bulletin poll", "bulletin poll https://frontline.example"))
    .action((feed?: string) => done((operator) => poll(operator, feed ?? null)));
  program
    .command("preview")
    .argument("<url or file>")
    .description("how an article will look as posts; sends nothing")
    .addHelpText(
      "after",
      example("bulletin preview https://frontline.example", "bulletin preview page.html --json"),
    )
    .action(async (target: string) => {
      await using opened = await doors.openAside(options(), []);
      const found = await preview(opened.operator, target);
      say(found, () => showPreview(found, paint));
    });
  program
    .command("keypoints")
    .argument("[url or file...]")
    .description("the key points of pages, and how they were found")
    .option("--explain", "every candidate with its score and reasons")
    .option("--batch <pages.jsonl>", 'lines {"id", "url_if_known"?, "lang"?}')
    .option("--dir <folder>", "where ID.html lies, with --batch")
    .addHelpText(
      "after",
      example("bulletin keypoints page.html --explain", "bulletin keypoints --batch pages.jsonl --dir html"),
    )
    .action((targets: string[], own: KeyPointsOptions) => keyPointsCommand(doors, options(), targets, own));
  program
    .command("post")
    .argument("[url]")
    .option("--latest", "the newest article of all feeds")
    .option("--to <destination>", "only there")
    .description("post an article now: one that was skipped, or not yet posted")
    .addHelpText(
      "after",
      example(
        "bulletin post https://frontline.example/storm",
        "bulletin post --latest --to frontline.example",
      ),
    )
    .action((url: string | undefined, own: { latest?: boolean; to?: string }) => {
      if ((url === undefined) === (own.latest !== true))
        throw new AdminError("Give the article's address, or --latest.");
      return done((operator) => post(operator, url ?? null, own.to ?? null));
    });
  program
    .command("undo")
    .argument("<url>")
    .description("delete an article's posts everywhere, and never post it again")
    .action((url: string) => done((operator) => undo(operator, url)));
  program
    .command("held")
    .description("what waits for your word, with the reason and the commands")
    .action(() =>
      withOperator(async (operator, timezone) => {
        const list = await held(operator);
        say(list, () => showHeld(list, timezone, paint));
      }),
    );
  program
    .command("release")
    .argument("<url or feed>")
    .description("held entries go on their way")
    .action((name: string) => done((operator) => release(operator, name)));
  program
    .command("drop")
    .argument("<url or feed>")
    .description("held entries are given up")
    .action((name: string) => done((operator) => drop(operator, name)));
  program
    .command("edit")
    .argument("<url>")
    .requiredOption("--title <text>")
    .description("give an entry another title, before it is posted")
    .action((url: string, own: { title: string }) => done((operator) => edit(operator, url, own.title)));
  program
    .command("settle")
    .argument("<delivery>")
    .option("--sent <link>", "it stands there: its link or id")
    .option("--send", "it does not: send it")
    .description("your word on a delivery in doubt")
    .action((key: string, own: { sent?: string; send?: boolean }) => {
      if ((own.sent === undefined) === (own.send !== true))
        throw new AdminError("Say --sent LINK when it stands there, or --send when it does not.");
      return done((operator) =>
        settle(operator, key, own.sent === undefined ? { send: true } : { sent: own.sent }),
      );
    });
  program
    .command("status")
    .description("feeds, destinations, what waits and what went wrong")
    .action(() =>
      withOperator(async (operator, timezone) => {
        const now = await status(operator);
        say(now, () => showStatus(now, timezone, paint));
      }),
    );
  program
    .command("why")
    .argument("<url>")
    .description("why a post did or did not go out, by any address of the article")
    .action((url: string) =>
      withOperator(async (operator, timezone) => {
        const answer = await why(operator, url);
        say(answer, () => showWhy(answer, url, timezone, paint));
      }),
    );
  program
    .command("retry")
    .argument("<url>")
    .description("send what failed or expired after all")
    .action((url: string) => done((operator) => retry(operator, url)));
  program
    .command("pause")
    .argument("<feed or destination>")
    .description("ask or send nothing until resume")
    .action((name: string) => done((operator) => pause(operator, name)));
  program
    .command("resume")
    .argument("<feed or destination>")
    .description("go on after pause, or after a stop that was mended")
    .action((name: string) => done((operator) => resume(operator, name)));
  program
    .command("schema")
    .description("the JSON Schema of the config, for editors")
    .action(() => terminal.out(`${JSON.stringify(schema(), null, 2)}\n`));
  return program;
}

type KeyPointsOptions = { readonly explain?: boolean; readonly batch?: string; readonly dir?: string };

const example = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;

async function keyPointsCommand(
  doors: Doors,
  options: GlobalOptions,
  targets: readonly string[],
  own: KeyPointsOptions,
): Promise<void> {
  const { terminal } = doors;
  if (own.batch !== undefined) return await keyPointsBatch(terminal, own.batch, own.dir ?? ".");
  if (targets.length === 0)
    throw new AdminError("Give addresses or saved pages, or --batch PAGES.jsonl --dir FOLDER.");
  await using opened = await doors.openAside(options, []);
  for (const target of targets) {
    const found = await keyPoints(opened.operator, target, own.explain === true);
    const text = [
      `${safe(found.target)}: ${found.origin ?? "none"}${found.label === null ? "" : `, under “${safe(found.label)}”`}`,
      ...found.keyPoints.map((point) => `  • ${safe(point)}`),
      ...(found.candidates === undefined ? [] : [JSON.stringify(found.candidates, null, 2)]),
    ];
    terminal.out(`${options.json === true ? JSON.stringify(found) : text.join("\n")}\n`);
  }
}
