import type { ConfigProblem } from "../domain/types.ts";
import { assemble } from "./assemble.ts";
import { gather } from "./gather.ts";
import type { ReadConfig } from "./packed.ts";
import { byPlace, problemAt, type Place } from "./place.ts";
import { scheduleWarnings } from "./schedule-warnings.ts";
import { withoutSecrets } from "./secrets.ts";
import { readYaml, type YamlFile } from "./yaml.ts";

/** A config file as it was found: its text, or why there is none. */
export type ConfigText =
  { readonly path: string; readonly text: string } | { readonly path: string; readonly unreadable: string };

export type Judged =
  | ({ readonly kind: "loaded" } & ReadConfig)
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/**
 * Puts config files together, or tells every problem at once, file by file and line by line. Pure; never throws for
 * what a file says.
 */
export function judgeFiles(texts: readonly ConfigText[]): Judged {
  const read = texts.map(readOne);
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
  return { kind: "loaded", config: assembled.config, warnings };
}

const spot = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

function readOne(one: ConfigText): {
  readonly file: YamlFile | null;
  readonly problems: readonly ConfigProblem[];
} {
  if ("text" in one) return readYaml(one.path, one.text);
  const place = { file: one.path, line: 1, column: 1 };
  return { file: null, problems: [problemAt(place, `cannot be read: ${one.unreadable}`, null)] };
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
