import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { Millis } from "../../src/domain/types.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openFolder } from "../support/app.ts";
import { growthPlot } from "./plot.ts";
import { median } from "./pairs.ts";
import { FLAGS, MAIN, residentOf, startPublisher } from "./processes.ts";

/** How the program grows with its feeds: the same number of checks a second, spread over ever more feeds. */

const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000];
const CHECKS_A_SECOND = 170;
/** A file of the config may be 1 MB large. */
const FEEDS_A_FILE = 8_000;
const WATCHED: Millis = 20_000;
const LOOK: Millis = 250;
const PLOT = fileURLToPath(new URL("../../.github/growth.svg", import.meta.url));

export type Grown = {
  readonly feeds: number;
  /** From the start of the process until it says that it runs, over a store that knows the feeds. */
  readonly ready: Millis;
  /** Megabytes, at the end of the watch. */
  readonly memory: number;
  /** Checks settled a second, and milliseconds of CPU for each. */
  readonly rate: number;
  readonly cpu: Millis;
  /** How long the feed that waits longest was overdue, at 99 of 100 looks. */
  readonly lag: Millis;
  /** The page, in the median. */
  readonly page: Millis;
};

/** Starts the program over `feeds` feeds that have nothing new, twice (the store then knows them), and watches it. */
export async function grow(feeds: number, watched: Millis = WATCHED): Promise<Grown> {
  await using folder = await openFolder();
  using publisher = await startPublisher();
  await mkdir(join(folder.path, "config"));
  const every = Math.max(1, Math.round(feeds / CHECKS_A_SECOND));
  const lines = Array.from(
    { length: feeds },
    (_, i) => `- { url: "${publisher.url}/${i}", every: ${every}s, post_to: [{ preview: discord }] }`,
  );
  for (let from = 0; from < feeds; from += FEEDS_A_FILE)
    await writeFile(
      join(folder.path, "config", `feeds-${from}.yaml`),
      `feeds:\n${lines.slice(from, from + FEEDS_A_FILE).join("\n")}\n`,
    );
  await writeFile(join(folder.path, "config", "bulletin.yaml"), 'network: { allow: ["127.0.0.1"] }\n');
  const first = await run(folder.path);
  await end(first.child);
  const { child, ready, page } = await run(folder.path);
  const watch = await watchIt(join(folder.path, "data", "bulletin.db"), page, child, watched);
  await end(child);
  return { feeds, ready, ...watch };
}

type Started = { readonly child: ChildProcess; readonly ready: Millis; readonly page: string };

async function run(cwd: string): Promise<Started> {
  const { VITEST: _, ...env } = process.env;
  const began = performance.now();
  const child = spawn(process.execPath, [...FLAGS, MAIN, "run"], {
    cwd,
    env: { ...env, LOG_LEVEL: "error" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: child.stderr })) {
    const page = /Its page: (\S+)/u.exec(line)?.[1];
    if (page !== undefined) return { child, ready: performance.now() - began, page };
  }
  throw new Error("it ended before it was ready");
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.stderr?.resume();
  child.kill("SIGTERM");
  await ended;
}

async function watchIt(
  store: string,
  page: string,
  child: ChildProcess,
  watched: Millis,
): Promise<Omit<Grown, "feeds" | "ready">> {
  using db = new DatabaseSync(store, { readOnly: true, timeout: 10_000 });
  const number = (sql: string, ...values: number[]): number =>
    Number(db.prepare(sql).get(...values)?.["n"] ?? 0);
  const lags: Millis[] = [];
  const pages: Millis[] = [];
  const began = {
    at: performance.now(),
    cpu: cpuOf(child),
    polls: number("select sum(attempt) n from feeds"),
  };
  while (performance.now() - began.at < watched) {
    const now = systemClock.now();
    lags.push(
      now -
        number(
          "select coalesce(min(due_at), ?) n from feeds where due_at < ? and state = 'active'",
          now,
          now,
        ),
    );
    const asked = performance.now();
    await (await fetch(page)).text();
    pages.push(performance.now() - asked);
    await systemClock.sleep(LOOK);
  }
  const polls = number("select sum(attempt) n from feeds") - began.polls;
  const seconds = (performance.now() - began.at) / 1000;
  return {
    memory: residentOf(child),
    rate: polls / seconds,
    cpu: (cpuOf(child) - began.cpu) / Math.max(1, polls),
    lag: lags.toSorted((a, b) => a - b)[Math.floor(lags.length * 0.99)] ?? 0,
    page: median(pages),
  };
}

/** Milliseconds of CPU that a process has used (Linux: proc(5), fields 14 and 15 of its stat, in hundredths). */
function cpuOf(child: ChildProcess): Millis {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8")
    .replace(/^.*\) /su, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export async function benchScale(print: (text: string) => void): Promise<void> {
  const rows: Grown[] = [];
  print(`So many feeds, ${CHECKS_A_SECOND} checks due a second`);
  print(
    ["feeds", "ready", "memory", "checks/s", "CPU each", "p99 lag", "page"]
      .map((name) => name.padStart(11))
      .join(""),
  );
  for (const size of SIZES) {
    const one = await grow(size);
    rows.push(one);
    const cells = [
      String(one.feeds),
      `${(one.ready / 1000).toFixed(1)} s`,
      `${one.memory.toFixed(0)} MB`,
      one.rate.toFixed(0),
      `${one.cpu.toFixed(2)} ms`,
      `${(one.lag / 1000).toFixed(1)} s`,
      `${one.page.toFixed(0)} ms`,
    ];
    print(cells.map((cell) => cell.padStart(11)).join(""));
  }
  await writeFile(PLOT, growthPlot(rows));
}
