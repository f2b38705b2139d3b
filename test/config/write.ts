import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { formatProblem, loadConfig, type Loaded } from "../../src/config/load.ts";
import type { Config, ConfigProblem } from "../../src/domain/types.ts";

/** A folder of its own with these files in it; it goes with the test. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bulletin-config-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

export type LoadedHere = { readonly loaded: Loaded; readonly folder: string };

export async function load(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<LoadedHere> {
  const folder = await folderOf(files);
  return { loaded: await loadConfig({ folder, env }), folder };
}

/** The problems as they are printed, without the folder's name. */
export async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { loaded, folder } = await load(files);
  return loaded.kind === "invalid" ? printed(loaded.problems, folder) : [`(${loaded.kind})`];
}

export const printed = (problems: readonly ConfigProblem[], folder: string): readonly string[] =>
  problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ""));

/** The config of files that must be right. */
export async function configOf(files: Readonly<Record<string, string>>): Promise<Config> {
  const { loaded, folder } = await load(files);
  if (loaded.kind === "loaded") return loaded.config;
  throw new Error(loaded.kind === "invalid" ? printed(loaded.problems, folder).join("\n") : loaded.kind);
}
