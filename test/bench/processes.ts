import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
export const MAIN = here("../../src/main.ts");

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

export type Cost = { readonly cpu: number; readonly wall: number };

/** Microseconds of CPU and of the clock for one check of an unchanged feed. */
export function checks(kind: "ours" | "bare", url: string): Cost {
  // Not a test, even when a test asks: it has its own SQLite file.
  const { VITEST: _, ...env } = process.env;
  const out = execFileSync(process.execPath, [here("checks.ts"), kind, url], { encoding: "utf8", env });
  return JSON.parse(out) as Cost;
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
