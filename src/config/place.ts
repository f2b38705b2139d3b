import { isAbsolute, relative } from "node:path";
import type { ConfigProblem } from "../domain/types.ts";

/** A spot in a config file; lines and columns count from 1. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

/** Keys and list indices from the top of a file to a value. */
export type Path = readonly (string | number)[];

/** The file as a terminal can open it: relative to the working folder when it lies in there. */
export function displayPath(file: string): string {
  const path = relative("", file);
  return path.startsWith("..") || isAbsolute(path) ? file : path;
}

/** `config/bulletin.yaml:12`. */
export const formatPlace = (place: Place): string => `${displayPath(place.file)}:${place.line}`;

/** `config/bulletin.yaml:12:7  unknown key "quite". Did you mean "quiet"?` */
export function formatProblem(problem: ConfigProblem): string {
  const place = `${displayPath(problem.file)}:${problem.line}:${problem.column}`;
  return `${place}  ${problem.what}${problem.mend === null ? "" : `. ${problem.mend}`}`;
}

export const problemAt = (place: Place, what: string, mend: string | null): ConfigProblem => ({
  ...place,
  what,
  mend,
});

/** File by file, top to bottom: the order in which a person mends them. */
export const byPlace = (a: ConfigProblem, b: ConfigProblem): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
