import type { z } from "zod";
import type { ConfigProblem } from "../domain/types.ts";
import { problemAt, type Path } from "./place.ts";
import { configReference } from "./reference.ts";
import { didYouMean } from "./suggest.ts";
import { keysOf, schemaAt } from "./walk.ts";
import type { YamlFile } from "./yaml.ts";

/** What is needed to say where an issue of one piece of a file stands. */
export type PieceOfFile = { readonly file: YamlFile; readonly path: Path; readonly schema: z.ZodType };

type Issue = z.core.$ZodIssue;

/** A schema's issues as problems: one for each unknown key, one for anything else. */
export function toProblems(piece: PieceOfFile, issues: readonly Issue[]): readonly ConfigProblem[] {
  return issues.flatMap((issue) => {
    const deepest = deepestIssue(issue);
    const local = deepest.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    if (deepest.code === "unrecognized_keys") return deepest.keys.map((key) => unknownKey(piece, local, key));
    const path = [...piece.path, ...local];
    const { what, mend } = explain(deepest, local, valueAt(piece.file.value, path));
    const at = deepest.code === "custom" ? deepest.params?.["at"] : undefined;
    const place = typeof at === "number" ? piece.file.placeIn(path, at) : piece.file.placeOf(path);
    return [problemAt(place, what, mend)];
  });
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let found: unknown = value;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return found;
}

/** In a choice between one value and a list, what went wrong in the form that was written. */
function deepestIssue(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const branches = issue.errors.map((branch) => branch[0]).filter((first) => first !== undefined);
  const best = branches.find((first) => first.code !== "invalid_type" && first.code !== "invalid_union");
  const nested = best ?? branches.find((first) => first.path.length > 0);
  return nested === undefined ? issue : deepestIssue({ ...nested, path: [...issue.path, ...nested.path] });
}

function unknownKey(piece: PieceOfFile, local: Path, key: string): ConfigProblem {
  const here = schemaAt(piece.schema, local);
  const known = Object.keys((here === null ? null : keysOf(here)) ?? {});
  const mend = didYouMean(key, known) ?? elsewhere(key) ?? `Known here: ${known.join(", ")}.`;
  return problemAt(
    piece.file.placeOfKey([...piece.path, ...local, key]),
    `unknown key ${JSON.stringify(key)}`,
    mend,
  );
}

/** A key that is known, but in another block. */
function elsewhere(key: string): string | null {
  const blocks = configReference()
    .filter((row) => row.key.split(".").at(-1) === key)
    .map((row) => row.key.split(".").slice(0, -1).join(".").replaceAll("[]", ""));
  const outer = blocks.filter((block) => !blocks.some((other) => block.startsWith(`${other}.`)));
  const named = outer.map((block) => (block === "" ? "the top of the file" : block));
  return named.length === 0 ? null : `It belongs in ${named.join(" or ")}.`;
}

const SHAPES: Readonly<Record<string, readonly [string, string]>> = {
  object: ["a block of keys", 'Write "key: value" lines below it, indented.'],
  array: ["a list", 'Begin each item with "- ".'],
  boolean: ["true or false", "Write true or false, without quotes."],
  number: ["a whole number", "Write digits, without quotes."],
  int: ["a whole number", "Write digits, without a fraction."],
};

function explain(
  issue: Issue,
  path: Path,
  value: unknown,
): { readonly what: string; readonly mend: string | null } {
  const key = path.at(-1);
  if (value === undefined && typeof key === "string") return { what: `"${key}" is missing`, mend: null };
  if (value === undefined) return { what: "an empty item", mend: "Write a value, or remove the dash." };
  if (issue.code === "custom") return { what: issue.message, mend: mendOf(issue.params) };
  if (issue.code === "invalid_type") {
    const [what, mend] = SHAPES[issue.expected] ?? [issue.expected, null];
    return { what: `${kindOf(value)} where ${what} is expected`, mend };
  }
  if (issue.code === "invalid_value") {
    const all = issue.values.map((one) => `"${String(one)}"`).join(" or ");
    return { what: `${JSON.stringify(value)} is not ${all}`, mend: `Write ${all}.` };
  }
  if (issue.code === "invalid_union") return { what: `${kindOf(value)} where text is expected`, mend: null };
  if (issue.code === "too_small" && issue.origin === "array")
    return { what: "the list is empty", mend: null };
  if (issue.code === "too_small")
    return { what: `${JSON.stringify(value)} is too small`, mend: `At least ${issue.minimum}.` };
  if (issue.code === "too_big")
    return { what: `${JSON.stringify(value)} is too large`, mend: `At most ${issue.maximum}.` };
  return { what: issue.message, mend: null };
}

const mendOf = (params: Readonly<Record<string, unknown>> | undefined): string | null =>
  typeof params?.["mend"] === "string" ? params["mend"] : null;

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a block of keys";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "a number" : JSON.stringify(value);
}
