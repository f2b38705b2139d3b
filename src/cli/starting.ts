import { check } from "../operator/check.ts";
import { sayCheck, showCheck } from "./check.ts";
import { type Commands, examples } from "./commands.ts";
import type { InitOptions } from "./init.ts";
import { run } from "./run.ts";

/** Setting up and running. */
export function addStarting({ program, doors, options, done, exit }: Commands): void {
  program.commandsGroup("Start:");
  program
    .command("run")
    .description("run the bot until it is told to end (without a config: the sample)")
    .addHelpText("after", examples("run", "run --config /etc/bulletin --data /var/lib/bulletin"))
    .action(async () => exit(await run(doors, options())));
  program
    .command("init")
    .description("answer a few questions; writes config/bulletin.yaml and .env")
    .option("--site <url>", "the site or its feed")
    .option("--discord <link>", "the channel's link or id")
    .option("--bluesky <handle>", "the account that posts")
    .option("--admin-channel <link>", "the channel that hears of what is held and what fails")
    .option("--contact <address>", "sent to publishers in the User-Agent")
    .option("--timezone <zone>", "as in Europe/Berlin (default: this machine's)")
    .option("--allow <host...>", "open the address guard for these hosts")
    .addHelpText(
      "after",
      examples("init", "init --site https://frontline.example --bluesky frontline.example"),
    )
    .action(async (own: InitOptions) => {
      const { init } = await import("./init.ts");
      exit(await init(doors, { ...options(), ...own }));
    });
  program
    .command("check")
    .description("try config, feeds, channels and accounts; says what to do for each problem; posts nothing")
    .option("--offline", "the config only")
    .addHelpText("after", examples("check", "check --offline"))
    .action(async ({ offline }: { offline?: boolean }) => {
      await using opened = await doors.open(options());
      const show = options().json === true ? sayCheck : showCheck;
      exit(await show(doors, check(opened.operator, offline === true), opened.warnings));
    });
  program
    .command("move")
    .description("take the whole store over into an empty PostgreSQL database, or back into a new file")
    .requiredOption("--to <place>", "postgres://USER@HOST/DATABASE (password: STORE_PASSWORD), or a file")
    .addHelpText(
      "after",
      examples("move --to postgres://bulletin@db.internal/bulletin", "move --to data/back.db"),
    )
    .action(({ to }: { to: string }) =>
      done(async (operator) => {
        const { move } = await import("../operator/move.ts");
        return await move(operator, to, ({ table, rows }) =>
          doors.terminal.error(`${table}: ${rows} rows\n`),
        );
      }),
    );
  program
    .command("schema")
    .description("the JSON Schema of the config, for editors")
    .addHelpText("after", examples("schema > bulletin.schema.json"))
    .action(async () => {
      const { schema } = await import("../operator/settings.ts");
      doors.terminal.out(`${JSON.stringify(schema(), null, 2)}\n`);
    });
}
