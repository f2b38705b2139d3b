import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";

const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
const CODE = ["src", "package-lock.json"] as const;

/** The program that a long run tries: its figures add up as long as this is the same. */
export type Tried = { readonly state: string; readonly commit: string };

/**
 * The state of the program (what lies in `src`, and the packages it is locked to) and the commit that it was found at:
 * commits that change only tests or documents leave the state as it is.
 */
export function triedNow(): Tried {
  const changes = git("diff", "HEAD", "--", ...CODE) + git("status", "--porcelain", "--", ...CODE);
  const hash = createHash("sha256").update(git("ls-tree", "HEAD", ...CODE) + changes);
  const state = `${hash.digest("hex").slice(0, 10)}${changes === "" ? "" : " with changes"}`;
  return { state, commit: git("rev-parse", "--short", "HEAD") };
}

/** One line of such a file. */
export type Kept = { readonly state: string };

/** What earlier runs of this state wrote to a file, one JSON text a line; no file: nothing. */
export function keptIn(file: string | undefined, state: string): readonly Kept[] {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  const kept = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Kept);
  return kept.filter((one) => one.state === state);
}

/** Adds a line to it, for the runs to come. */
export function keepIn(file: string | undefined, line: Kept): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** The upper 95 % bound of a rate of which none was seen in n: about 3 / n. */
export const boundOf = (n: number): number => 1 - 0.05 ** (1 / n);
