import { readdir, readFile } from "node:fs/promises";
export { formatProblem } from "./place.ts";
import { join } from "node:path";
import { reasonOf } from "../domain/errors.ts";
import type { Config, ConfigProblem, Secrets } from "../domain/types.ts";
import { type ConfigText, judgeFiles, type Judged } from "./judge.ts";
import { secretsOf } from "./secrets.ts";

export type LoadInput = {
  /** The config folder. */
  readonly folder: string;
  /** Explicit files instead of the folder's: `--config FILE`, or the sample. */
  readonly files?: readonly string[];
  /** The environment with `.env` in it (`readEnvFile`). */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Others work meanwhile: the files are read in a thread, however small they are. */
  readonly apart?: boolean;
  /** Where what was made of large files is kept. */
  readonly keptIn?: string;
};

export type Loaded =
  | {
      readonly kind: "loaded";
      readonly config: Config;
      readonly secrets: Secrets;
      readonly files: readonly string[];
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] }
  | { readonly kind: "missing"; readonly folder: string };

/**
 * Reads all config files and puts them together, or tells every problem at once, file by file and line by line.
 * Never throws for what a file says; a missing token or password is no problem here (`check` and `run` tell).
 */
export async function loadConfig({ folder, files, env, apart = false, keptIn }: LoadInput): Promise<Loaded> {
  const paths = files ?? (await configFiles(folder));
  if (paths.length === 0) return { kind: "missing", folder };
  const texts = await Promise.all(paths.map(readOne));
  const judged = await judge(texts, apart, keptIn);
  if (judged.kind === "invalid") return judged;
  return { ...judged, secrets: secretsOf(env), files: paths };
}

/** What is read within the time that a thread needs to start. */
const SMALL = 50_000;

async function judge(
  texts: readonly ConfigText[],
  apart: boolean,
  keptIn: string | undefined,
): Promise<Judged> {
  const length = texts.reduce((sum, one) => sum + ("text" in one ? one.text.length : 0), 0);
  if (!apart && length <= SMALL) return judgeFiles(texts);
  const { judgeApart } = await import("./apart.ts");
  return await judgeApart(texts, length > SMALL ? keptIn : undefined);
}

/** Every `*.yaml` of the folder itself, in the order of their names; none when there is no such folder. */
export async function configFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/u.test(entry.name))
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function readOne(path: string): Promise<ConfigText> {
  try {
    return { path, text: await readFile(path, "utf8") };
  } catch (error) {
    return { path, unreadable: reasonOf(error) };
  }
}
