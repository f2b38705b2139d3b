import type { ConfigProblem } from "../domain/types.ts";
import { cronProblem, cronWarnings } from "../lib/cron.ts";
import { readDuration } from "./durations.ts";
import { problemAt, type Path } from "./place.ts";
import type { YamlFile } from "./yaml.ts";

/** What a file's schedules may do is allowed, but probably not meant: a warning for each. */
export function scheduleWarnings(file: YamlFile): readonly ConfigProblem[] {
  return [...schedulesIn(file.value, [])].flatMap(({ path, key, text }) =>
    warningsOf(key, text).map(({ what, mend }) => problemAt(file.placeOf(path), what, mend)),
  );
}

function warningsOf(key: string, text: string): readonly { readonly what: string; readonly mend: string }[] {
  if (key === "every") {
    const interval = readDuration(text);
    const hasty = interval.kind === "read" && interval.value < 60_000;
    return hasty
      ? [{ what: `every ${text} is often`, mend: "Sites may shut out who asks more than once a minute." }]
      : [];
  }
  if (cronProblem(text) !== null) return [];
  const mend = "Write * in one of the two if it should fire on either.";
  return cronWarnings(text).map((what) => ({ what, mend }));
}

type Schedule = { readonly path: Path; readonly key: string; readonly text: string };

function* schedulesIn(value: unknown, path: Path): Generator<Schedule> {
  const key = path.findLast((step) => typeof step === "string");
  if (typeof value === "string" && (key === "every" || key === "cron" || key === "at"))
    yield { path, key, text: value };
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) for (const [at, item] of value.entries()) yield* schedulesIn(item, [...path, at]);
  else for (const [name, item] of Object.entries(value)) yield* schedulesIn(item, [...path, name]);
}
