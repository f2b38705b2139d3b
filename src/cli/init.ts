import * as prompts from "@clack/prompts";
import { AdminError } from "../domain/errors.ts";
import { type InitAnswers, isThere } from "../operator/init.ts";
import { preview } from "../operator/preview.ts";
import { check } from "../operator/check.ts";
import { showCheck } from "./check.ts";
import type { Doors, GlobalOptions } from "./doors.ts";
import { showPreview } from "./show.ts";
import { painter } from "./terminal.ts";

export type InitOptions = GlobalOptions & {
  readonly site?: string;
  readonly discord?: string;
  readonly bluesky?: string;
  readonly contact?: string;
  readonly timezone?: string;
  readonly allow?: readonly string[];
};

/**
 * Asks for the site, shows its newest article as posts, asks where to post, writes config and .env, and ends with
 * check. What is given as an option is not asked; without a terminal nothing is.
 */
export async function init(doors: Doors, options: InitOptions): Promise<number> {
  const { terminal } = doors;
  const existing = await doors.existingConfig(options);
  if (existing !== null) throw new AdminError(isThere(existing));
  const ask = asker(terminal.interactive);
  const site =
    options.site ?? (await ask("Which site or feed shall be posted?", "https://example.com", true)) ?? "";
  if (site === "")
    throw new AdminError(
      "Give the site: bulletin init --site https://your.site [--discord LINK] [--bluesky HANDLE]",
    );
  await showNewest(doors, options, site);
  const answers: InitAnswers = {
    site,
    discord:
      options.discord ??
      (await ask(
        "Discord channel: right-click it, Copy Link (empty: none)",
        "https://discord.com/channels/…",
        false,
      )),
    bluesky: options.bluesky ?? (await ask("Bluesky handle (empty: none)", "frontline.example", false)),
    contact:
      options.contact ??
      (await ask(
        "Your address, for publishers who wonder who reads their feed (empty: none)",
        "desk@frontline.example",
        false,
      )),
    timezone: options.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    allow: options.allow ?? [],
  };
  for (const line of await doors.writeConfig(options, answers)) terminal.out(`${line}\n`);
  terminal.out(secretsHelp(answers));
  return await checked(doors, options);
}

type Ask = (message: string, placeholder: string, needed: boolean) => Promise<string | null>;

function asker(interactive: boolean): Ask {
  if (!interactive) return () => Promise.resolve(null);
  return async (message, placeholder, needed) => {
    const answer = await prompts.text({
      message,
      placeholder,
      validate: (value) => (needed && !value?.trim() ? "This one is needed." : undefined),
    });
    if (prompts.isCancel(answer)) throw new AdminError("Nothing was written.");
    return answer.trim() === "" ? null : answer.trim();
  };
}

async function showNewest(doors: Doors, options: InitOptions, site: string): Promise<void> {
  const { terminal } = doors;
  terminal.out(`Looking for the feed of ${site} ...\n`);
  await using opened = await doors.openAside(options, options.allow ?? []);
  const found = await preview(opened.operator, site);
  terminal.out(
    `\nIts newest article, as it would be posted:\n\n${showPreview(found, painter(terminal))}\n\n`,
  );
}

function secretsHelp(answers: InitAnswers): string {
  const lines = [
    ...(answers.discord === null
      ? []
      : [
          "Discord: make an application at https://discord.com/developers/applications, take the token under Bot, and put it into .env as DISCORD_TOKEN. check gives the link that invites it.",
        ]),
    ...(answers.bluesky === null
      ? []
      : [
          "Bluesky: make an app password at https://bsky.app/settings/app-passwords and put it into .env as BLUESKY_APP_PASSWORD.",
        ]),
    "Then: npx bulletin check, and: npm start",
  ];
  return `\n${lines.join("\n")}\n\n`;
}

async function checked(doors: Doors, options: GlobalOptions): Promise<number> {
  await using opened = await doors.open(options);
  return await showCheck(doors, check(opened.operator, false), opened.warnings);
}
