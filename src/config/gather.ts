import type { z } from "zod";
import type { ConfigProblem } from "../domain/types.ts";
import { toProblems, valueAt } from "./issues.ts";
import type { Path, Place } from "./place.ts";
import {
  destinationSchema,
  feedSchema,
  postToSchema,
  settingsSchema,
  type WrittenDestination,
  type WrittenFeed,
  type WrittenPostTo,
  type WrittenSettings,
} from "./schema.ts";
import type { YamlFile } from "./yaml.ts";

/** A piece of a file, understood, and where its parts stand. */
export type Placed<T> = {
  readonly value: T;
  /** The keys as they were written, also those whose value was wrong. */
  readonly writtenKeys: readonly string[];
  readonly sound: boolean;
  readonly placeOf: (...path: Path) => Place;
  readonly placeOfKey: (...path: Path) => Place;
};

export type GatheredFeed = {
  readonly feed: Placed<WrittenFeed>;
  readonly postTo: readonly Placed<WrittenPostTo>[];
};

/** What one file says, piece by piece; what cannot be used is left out. */
export type Gathered = {
  readonly file: YamlFile;
  readonly settings: Placed<WrittenSettings>;
  readonly feeds: readonly GatheredFeed[];
  readonly destinations: readonly Placed<WrittenDestination>[];
};

type Judge = <T extends z.ZodObject>(schema: T, path: Path) => Placed<Partial<z.output<T>>> | null;

/** Judges every piece of a file by its own schema: a mistake in one piece hides none in another. */
export function gather(file: YamlFile): {
  readonly gathered: Gathered | null;
  readonly problems: readonly ConfigProblem[];
} {
  const problems: ConfigProblem[] = [];
  const judge: Judge = (schema, path) => {
    const judged = judgePiece(schema, file, path);
    problems.push(...judged.problems);
    return judged.piece;
  };
  const settings = judge(settingsSchema, []);
  const gathered =
    settings === null
      ? null
      : {
          file,
          settings,
          feeds: listAt(file, ["feeds"]).flatMap((path) => gatherFeed(judge, file, path)),
          destinations: listAt(file, ["destinations"]).flatMap(
            (path) => judge(destinationSchema, path) ?? [],
          ),
        };
  return { gathered, problems };
}

function gatherFeed(judge: Judge, file: YamlFile, path: Path): readonly GatheredFeed[] {
  const feed = judge(feedSchema, path);
  const postTo = listAt(file, [...path, "post_to"]).flatMap((item) => {
    const name = valueAt(file.value, item);
    if (typeof name !== "string" && typeof name !== "number") return judge(postToSchema, item) ?? [];
    return placed({ destination: String(name) }, ["destination"], true, file, item);
  });
  return feed === null ? [] : [{ feed, postTo }];
}

/** The paths of a list's items; none when there is no list. */
function listAt(file: YamlFile, path: Path): readonly Path[] {
  const list = valueAt(file.value, path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

/** Judges one block; what is left of it without its bad keys goes on to the checks across pieces. */
function judgePiece<T extends z.ZodObject>(
  schema: T,
  file: YamlFile,
  path: Path,
): { readonly piece: Placed<Partial<z.output<T>>> | null; readonly problems: readonly ConfigProblem[] } {
  const raw = valueAt(file.value, path);
  const keys = isBlock(raw) ? Object.keys(raw) : [];
  const first = schema.safeParse(raw);
  if (first.success)
    return { piece: placed(first.data as Partial<z.output<T>>, keys, true, file, path), problems: [] };
  const problems = toProblems({ file, path, schema }, first.error.issues);
  if (!isBlock(raw)) return { piece: null, problems };
  const again = schema.partial().safeParse(withoutBad(raw, first.error.issues));
  const value = again.success ? (again.data as Partial<z.output<T>>) : {};
  return { piece: placed(value, keys, false, file, path), problems };
}

const placed = <T>(
  value: T,
  writtenKeys: readonly string[],
  sound: boolean,
  file: YamlFile,
  path: Path,
): Placed<T> => ({
  value,
  writtenKeys,
  sound,
  placeOf: (...rest) => file.placeOf([...path, ...rest]),
  placeOfKey: (...rest) => file.placeOfKey([...path, ...rest]),
});

const isBlock = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The block without the keys that were refused, so that the rest can still be checked. */
function withoutBad(block: Readonly<Record<string, unknown>>, issues: readonly z.core.$ZodIssue[]): unknown {
  const bad = new Set(
    issues.flatMap((issue) =>
      issue.path.length === 0 && issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0])],
    ),
  );
  return Object.fromEntries(Object.entries(block).filter(([key]) => !bad.has(key)));
}
