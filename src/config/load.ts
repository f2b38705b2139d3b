import { readdir, readFile } from "node:fs/promises";
export { formatProblem } from "./place.ts";
import { join } from "node:path";
import { reasonOf } from "../domain/errors.ts";
import type { Config, ConfigProblem, Secrets } from "../domain/types.ts";
import { assemble } from "./assemble.ts";
import { gather } from "./gather.ts";
import { byPlace, problemAt, type Place } from "./place.ts";
import { scheduleWarnings } from "./schedule-warnings.ts";
import { secretsOf, withoutSecrets } from "./secrets.ts";
import { readYaml, type YamlFile } from "./yaml.ts";

export type LoadInput = {
  /** The config folder. */
  readonly folder: string;
  /** Explicit files instead of the folder's: `--config FILE`, or the sample. */
  readonly files?: readonly string[];
  /** The environment with `.env` in it (`readEnvFile`). */
  readonly env: Readonly<Record<string, string | undefined>>;
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
export async function loadConfig({ folder, files, env }: LoadInput): Promise<Loaded> {
  const paths = files ?? (await configFiles(folder));
  if (paths.length === 0) return { kind: "missing", folder };
  const read = await Promise.all(paths.map(readOne));
  const cleared = read.flatMap(({ file }) => (file === null ? [] : withoutSecrets(file)));
  const readable = cleared.map(({ file }) => file);
  const judged = readable.map((file) => gather(file));
  const assembled = assemble(judged.map(({ gathered }) => gathered).filter((gathered) => gathered !== null));
  const spots = new Set(cleared.flatMap(({ places }) => places.map(spot)));
  const problems = [
    ...read.flatMap((one) => one.problems),
    ...cleared.flatMap((one) => one.problems),
    ...[...judged.flatMap((one) => one.problems), ...assembled.problems].filter(
      (problem) => !spots.has(spot(problem)),
    ),
    ...(readable.length === read.length ? noFeeds(readable) : []),
  ];
  if (problems.length > 0) return { kind: "invalid", problems: problems.toSorted(byPlace) };
  const warnings = [...assembled.warnings, ...readable.flatMap(scheduleWarnings)].toSorted(byPlace);
  return { kind: "loaded", config: assembled.config, secrets: secretsOf(env), files: paths, warnings };
}

const spot = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

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

async function readOne(
  path: string,
): Promise<{ readonly file: YamlFile | null; readonly problems: readonly ConfigProblem[] }> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const place = { file: path, line: 1, column: 1 };
    return { file: null, problems: [problemAt(place, `cannot be read: ${reasonOf(error)}`, null)] };
  }
  return readYaml(path, text);
}

/** One problem when no file lists a feed (a feed that was refused counts as listed). */
function noFeeds(files: readonly YamlFile[]): readonly ConfigProblem[] {
  const listed = files.some(({ value }) => {
    const feeds = value["feeds"];
    return feeds !== undefined && !(Array.isArray(feeds) && feeds.length === 0);
  });
  const first = files[0]?.file ?? "";
  const mend = 'Add "feeds:" with a url and a post_to, or let "bulletin init" ask you.';
  return listed ? [] : [problemAt({ file: first, line: 1, column: 1 }, "no feeds are configured", mend)];
}
