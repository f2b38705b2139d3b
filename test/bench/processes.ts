import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Contest } from "./pairs.ts";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
export const MAIN = here("../../src/start.mjs");
/** The flags with which `npm start` starts the program. */
export const FLAGS =
  /node ((?:--\S+ )*)src\/start\.mjs/u
    .exec(readFileSync(here("../../package.json"), "utf8"))?.[1]
    ?.trim()
    .split(" ") ?? [];

/** Does what `npm ci` does at its end: keeps the whole program compiled in a folder. */
export function compileAll(cache: string): void {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  execFileSync(process.execPath, [...FLAGS, here("../../src/installed.mjs")], { env });
}

export type Publisher = Disposable & { readonly url: string; readonly asked: Promise<unknown> };

/** The feed server as a process; `asked` resolves with its first request. */
export async function startPublisher(): Promise<Publisher> {
  const child = spawn(process.execPath, [here("publisher.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const [first] = (await once(lines, "line")) as [string];
  return {
    url: `http://127.0.0.1:${first.split(" ")[1]}`,
    asked: once(lines, "line"),
    [Symbol.dispose]: () => child.stdin.end(),
  };
}

/** What one check of an unchanged feed costs, beside bare undici. */
export const checks = (url: string, rounds?: number): Contest<"bare" | "ours"> =>
  contestOf("checks.ts", url, rounds);

/** What fetching and reading 50 KB costs, beside a bare tokenizer and rss-parser. */
export const reading = (url: string, rounds?: number): Contest<"bare" | "ours" | "rssParser"> =>
  contestOf("reading.ts", url, rounds);

function contestOf<Name extends string>(file: string, url: string, rounds?: number): Contest<Name> {
  // Not a test, even when a test asks: it has its own SQLite file.
  const { VITEST: _, ...env } = process.env;
  const args = [here(file), url, ...(rounds === undefined ? [] : [String(rounds)])];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", env })) as Contest<Name>;
}

/** Milliseconds that a bare node needs to start and end. */
export function bareStart(): number {
  const began = performance.now();
  execFileSync(process.execPath, ["-e", "0"]);
  return performance.now() - began;
}

/** Megabytes of memory that a process holds. */
export function residentOf(child: ChildProcess): number {
  const kilobytes = execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" });
  return Number(kilobytes) / 1024;
}

/** A bare node that waits, for comparison. */
export function startIdleNode(): ChildProcess {
  return spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "inherit"] });
}
