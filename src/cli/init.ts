import { AdminError } from "../domain/errors.ts";
import { typedAddress } from "../lib/address.ts";
import { check } from "../operator/check.ts";
import { type InitAnswers, isThere, judgeAnswers, problemWith } from "../operator/init.ts";
import { previewNewest } from "../operator/preview.ts";
import type { Asker } from "./ask.ts";
import { showCheck } from "./check.ts";
import type { Doors, GlobalOptions } from "./doors.ts";
import { showPreview } from "./show.ts";
import { painter } from "./terminal.ts";

export type InitOptions = GlobalOptions & {
  readonly site?: string;
  readonly discord?: string;
  readonly bluesky?: string;
  readonly adminChannel?: string;
  readonly contact?: string;
  readonly timezone?: string;
  readonly allow?: readonly string[];
};

/**
 * Asks for the site, shows its newest article as posts, asks where to post, writes config and .env, and ends with
 * check. What is given as an option is not asked; without a terminal nothing is. Nothing is written before every
 * answer is one that the config takes.
 */
export async function init(doors: Doors, options: InitOptions): Promise<number> {
  const { terminal, ask } = doors;
  const { config, env } = await doors.existing(options);
  if (config !== null) throw new AdminError(isThere(config));
  judgeAnswers({ ...options, site: options.site === undefined ? null : typed(options.site) });
  const site = await siteOf(doors, options);
  const discord = options.discord ?? (await ask?.text(DISCORD)) ?? null;
  const bluesky = options.bluesky ?? (await ask?.text(BLUESKY)) ?? null;
  const adminChannel =
    options.adminChannel ?? (discord === null ? null : ((await ask?.text(ADMIN_CHANNEL)) ?? null));
  const contact = options.contact ?? (await ask?.text(CONTACT)) ?? null;
  // A file that is there already is kept as it is, so what was typed would be lost.
  const secretly = env || ask === null ? null : ask;
  const answers: InitAnswers = {
    site,
    discord,
    bluesky,
    adminChannel,
    contact,
    timezone: options.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    allow: options.allow ?? [],
    secrets: await secretsOf(doors, secretly, { discord, bluesky }),
  };
  for (const line of await doors.writeConfig(options, answers)) terminal.out(`${line}\n`);
  terminal.out("\nNow check tries all of it, as you can at any time with  npx bulletin check\n\n");
  const code = await checked(doors, options);
  terminal.out(
    code === 0
      ? "Start the bot:  npm start\n"
      : "When that is mended:  npx bulletin check  and then  npm start\n",
  );
  return code;
}

const typed = (site: string): string => typedAddress(site) ?? site;

const DISCORD = {
  message: "Discord channel: right-click it, Copy Link (empty: none)",
  placeholder: "https://discord.com/channels/…",
  problem: (answer: string) => problemWith("discord", answer),
};
const BLUESKY = {
  message: "Bluesky handle (empty: none)",
  placeholder: "frontline.example",
  problem: (answer: string) => problemWith("bluesky", answer),
};
const ADMIN_CHANNEL = {
  message: "Discord channel that hears of what is held and what fails (empty: none)",
  placeholder: "https://discord.com/channels/…",
  problem: (answer: string) => problemWith("adminChannel", answer),
};
const CONTACT = {
  message: "Your address, for publishers who wonder who reads their feed (empty: none)",
  placeholder: "desk@frontline.example",
  problem: (answer: string) => problemWith("contact", answer),
};
const SITE = {
  message: "Which site or feed shall be posted?",
  placeholder: "https://example.com",
  needed: true,
  problem: (answer: string) => problemWith("site", typed(answer)),
};

/** The site, once its feed was found and its newest article shown; who can be asked is asked again. */
async function siteOf(doors: Doors, options: InitOptions): Promise<string> {
  const { ask, terminal } = doors;
  if (ask === null && options.site === undefined)
    throw new AdminError(
      "Give the site: bulletin init --site https://your.site [--discord LINK] [--bluesky HANDLE]",
    );
  let given = options.site;
  for (;;) {
    const site = typed(given ?? (await ask?.text(SITE)) ?? "");
    try {
      await showNewest(doors, options, site);
      return site;
    } catch (error) {
      if (!(error instanceof AdminError) || ask === null || doors.signal.aborted) throw error;
      terminal.out(`${error.message}\n`);
      given = undefined;
    }
  }
}

async function showNewest(doors: Doors, options: InitOptions, site: string): Promise<void> {
  const { terminal } = doors;
  terminal.out(`Looking for the feed of ${site} ...\n`);
  await using opened = await doors.openAside(options, options.allow ?? []);
  const found = await previewNewest(opened.operator, site);
  terminal.out(
    found === null
      ? "Its feed lists no article yet.\n\n"
      : `\nIts newest article, as it would be posted:\n\n${showPreview(found, painter(terminal))}\n\n`,
  );
}

type Places = { readonly discord: string | null; readonly bluesky: string | null };

/** Says where token and app password come from, and takes them where somebody can be asked. */
async function secretsOf(
  { terminal }: Doors,
  ask: Asker | null,
  { discord, bluesky }: Places,
): Promise<InitAnswers["secrets"]> {
  if (discord !== null) terminal.out(`\n${TOKEN_HELP}\n`);
  const token = discord === null ? undefined : await ask?.secret("The bot's token (empty: later, in .env)");
  if (bluesky !== null) terminal.out(`\n${PASSWORD_HELP}\n`);
  const password =
    bluesky === null ? undefined : await ask?.secret("The app password (empty: later, in .env)");
  return { discord: token ?? null, bluesky: password ?? null };
}

const TOKEN_HELP =
  "Discord: make an application at https://discord.com/developers/applications, open Bot, and take Reset Token. The token belongs into .env as DISCORD_TOKEN. check gives the link that invites the bot.";
const PASSWORD_HELP =
  "Bluesky: make an app password at https://bsky.app/settings/app-passwords. It belongs into .env as BLUESKY_APP_PASSWORD.";

async function checked(doors: Doors, options: GlobalOptions): Promise<number> {
  await using opened = await doors.open(options);
  return await showCheck(doors, check(opened.operator, false), opened.warnings);
}
