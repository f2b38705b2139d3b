import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Document } from "yaml";
import { readContact, readWebAddress } from "../config/addresses.ts";
import type { Reading } from "../config/reading.ts";
import { readAccount, readChannel } from "../config/targets.ts";
import { readTimezone } from "../config/times.ts";
import { AdminError } from "../domain/errors.ts";

export type InitAnswers = {
  readonly site: string;
  readonly timezone: string;
  readonly contact: string | null;
  /** A channel's link or id. */
  readonly discord: string | null;
  readonly bluesky: string | null;
  /** A channel's link or id. */
  readonly adminChannel: string | null;
  readonly allow: readonly string[];
  /** They go into `.env`; null: left open there. */
  readonly secrets: { readonly discord: string | null; readonly bluesky: string | null };
};

const READERS = {
  site: readWebAddress,
  discord: readChannel,
  bluesky: readAccount,
  adminChannel: readChannel,
  contact: readContact,
  timezone: readTimezone,
} as const satisfies Partial<Record<keyof InitAnswers, (written: string) => Reading<string>>>;

/** What is wrong with an answer, and the mend; null: the config will take it. */
export function problemWith(question: keyof typeof READERS, answer: string): string | null {
  const reading = READERS[question](answer);
  return reading.kind === "read" ? null : `${reading.what}. ${reading.mend}`;
}

/** Throws an AdminError that lists every answer that the config would not take. */
export function judgeAnswers(answers: Partial<Record<keyof typeof READERS, string | null>>): void {
  const questions = Object.keys(READERS) as readonly (keyof typeof READERS)[];
  const problems = questions.flatMap((question) => {
    const answer = answers[question] ?? null;
    const problem = answer === null ? null : problemWith(question, answer);
    return problem === null
      ? []
      : [`--${question.replace(/[A-Z]/gu, (capital) => `-${capital.toLowerCase()}`)}: ${problem}`];
  });
  if (problems.length > 0) throw new AdminError(problems.join("\n"));
}

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
    ...(answers.adminChannel === null ? {} : { admin_channel: answers.adminChannel }),
    ...(answers.allow.length === 0 ? {} : { network: { allow: answers.allow } }),
    feeds: [{ url: answers.site, post_to: postTo }],
  });
  document.commentBefore = ' Every key: README, "Config". After a change: npx bulletin check';
  return document.toString({ lineWidth: 0 });
}

const envText = ({ secrets }: InitAnswers): string => `# Secrets. Never share or commit this file.
# The bot's token: https://discord.com/developers/applications, your application, Bot, Reset Token
DISCORD_TOKEN=${secrets.discord ?? ""}
# An app password (not your own): https://bsky.app/settings/app-passwords
BLUESKY_APP_PASSWORD=${secrets.bluesky ?? ""}
`;

/** Writes both files; what is there already is kept. Gives a line for each. */
export async function writeInit(
  configFile: string,
  envFile: string,
  answers: InitAnswers,
): Promise<readonly string[]> {
  const written = await writeNew(configFile, configText(answers), 0o644);
  if (!written) throw new AdminError(isThere(configFile));
  const env = await writeNew(envFile, envText(answers), 0o600);
  return [`wrote ${configFile}`, env ? `wrote ${envFile}, for you alone to read` : `kept ${envFile}`];
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
