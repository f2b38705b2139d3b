import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Json } from "../../src/domain/types.ts";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What Node compiled once, for all processes of all runs. */
const COMPILED = join(tmpdir(), "bulletin-compiled");
const MAIN = fileURLToPath(new URL("../../src/start.mjs", import.meta.url));

/** How a process ended: its exit code, or the signal that killed it. */
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** The bot as its own process. */
export type Bot = AsyncDisposable & {
  /** What it wrote to its log so far. */
  readonly log: () => string;
  /** Asks it to end (SIGTERM) and waits until it did. */
  readonly stop: () => Promise<Ending>;
  /** Kills it (SIGKILL): nothing in it runs any more. */
  readonly kill: () => Promise<void>;
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<Ending>;
  /** Stands still (SIGSTOP), or goes on (SIGCONT). */
  readonly freeze: () => void;
  readonly thaw: () => void;
};

export type Said = { readonly code: number | null; readonly out: string; readonly error: string };

/** A folder in which the bot is installed: its config, its store, its secrets. Disposing kills every bot of it. */
export type Installation = AsyncDisposable & {
  readonly folder: string;
  readonly store: string;
  readonly writeConfig: (yaml: string) => Promise<void>;
  readonly run: () => Bot;
  /** A process that has loaded the program, after this module, and waits for its plan before it begins. */
  readonly standby: (module: string) => Standby;
  /** Runs one command to its end. */
  readonly command: (...args: readonly string[]) => Promise<Said>;
};

/** A process at the door: the module says a word when it is there, and reads the plan, one JSON text, from its input. */
export type Standby = AsyncDisposable & { readonly begin: (plan: Json) => Promise<Bot> };

export async function openInstallation(
  yaml: string,
  secrets: Readonly<Record<string, string>>,
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "bulletin-run-"));
  const writeConfig = (text: string) => writeFile(join(folder, "config", "bulletin.yaml"), text);
  await mkdir(join(folder, "config"));
  await writeConfig(yaml);
  const bots: Bot[] = [];
  const start = (args: readonly string[], module?: string): ChildProcess =>
    spawn(process.execPath, [...(module === undefined ? [] : ["--import", module]), MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: COMPILED, LOG_LEVEL: "debug", ...secrets },
      stdio: [module === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
  const known = (bot: Bot): Bot => {
    bots.push(bot);
    return bot;
  };
  return {
    folder,
    store: join(folder, "data", "bulletin.db"),
    writeConfig,
    run: () => known(botOf(start(["run"]))),
    standby: (module) => {
      const child = start(["run"], module);
      const bot = known(botOf(child));
      // Whoever is killed at the door does not read.
      child.stdin?.on("error", () => {});
      const isThere = once(child.stdout ?? child, "data");
      return {
        begin: async (plan) => {
          await isThere;
          child.stdin?.end(JSON.stringify(plan));
          return bot;
        },
        [Symbol.asyncDispose]: bot.kill,
      };
    },
    command: (...args) => said(start(args)),
    [Symbol.asyncDispose]: async () => {
      for (const bot of bots) await bot.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function botOf(child: ChildProcess): Bot {
  const text = heard(child);
  const ended = endOf(child);
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return {
    log: () => text.out + text.error,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
    kill,
    ended,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    [Symbol.asyncDispose]: kill,
  };
}

async function said(child: ChildProcess): Promise<Said> {
  const text = heard(child);
  const { code } = await endOf(child);
  return { code, ...text };
}

function heard(child: ChildProcess): { out: string; error: string } {
  const text = { out: "", error: "" };
  child.stdout?.on("data", (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text.error += chunk.toString()));
  return text;
}

async function endOf(child: ChildProcess): Promise<Ending> {
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}
