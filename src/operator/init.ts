import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Document } from "yaml";
import { AdminError } from "../domain/errors.ts";

export type InitAnswers = {
  readonly site: string;
  readonly timezone: string;
  readonly contact: string | null;
  /** A channel's link or id. */
  readonly discord: string | null;
  readonly bluesky: string | null;
  readonly allow: readonly string[];
};

/** The config file for the answers, as a person would write it. Nothing secret is in it. */
export function configText(answers: InitAnswers): string {
  const postTo = [
    ...(answers.discord === null ? [] : [{ discord: answers.discord }]),
    ...(answers.bluesky === null ? [] : [{ bluesky: answers.bluesky }]),
    ...(answers.discord === null && answers.bluesky === null
      ? [{ preview: "discord" }, { preview: "bluesky" }]
      : []),
  ];
  const document = new Document({
    timezone: answers.timezone,
    ...(answers.contact === null ? {} : { contact: answers.contact }),
    ...(answers.allow.length === 0 ? {} : { network: { allow: answers.allow } }),
    feeds: [{ url: answers.site, post_to: postTo }],
  });
  document.commentBefore = ' Every key: README, "Config". After a change: npx bulletin check';
  return document.toString({ lineWidth: 0 });
}

const ENV_TEXT = `# Secrets. Never share or commit this file.
# The bot's token: https://discord.com/developers/applications, your application, Bot, Reset Token
DISCORD_TOKEN=
# An app password (not your own): https://bsky.app/settings/app-passwords
BLUESKY_APP_PASSWORD=
`;

/** Writes both files; what is there already is kept. Gives a line for each. */
export async function writeInit(
  configFile: string,
  envFile: string,
  answers: InitAnswers,
): Promise<readonly string[]> {
  const written = await writeNew(configFile, configText(answers), 0o644);
  if (!written) throw new AdminError(isThere(configFile));
  const env = await writeNew(envFile, ENV_TEXT, 0o600);
  return [
    `wrote ${configFile}`,
    env ? `wrote ${envFile}: put the token and the app password in it` : `kept ${envFile}`,
  ];
}

async function writeNew(file: string, text: string, mode: number): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: "wx", mode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** What an admin is told whose config would be overwritten. */
export const isThere = (configFile: string): string =>
  `${configFile} is there already: change it by hand, or move it away first.`;

/** The config file that `init` writes in a folder. */
export const initFile = (folder: string): string => join(folder, "bulletin.yaml");
