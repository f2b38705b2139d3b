import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

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
  readonly store: string;
  readonly writeConfig: (yaml: string) => Promise<void>;
  /** Starts it; a module may be loaded before the program, which reads these variables. */
  readonly run: (preload?: Preload) => Bot;
  /** Runs one command to its end. */
  readonly command: (...args: readonly string[]) => Promise<Said>;
};

export type Preload = { readonly module: string; readonly env: Readonly<Record<string, string>> };

export async function openInstallation(
  yaml: string,
  secrets: Readonly<Record<string, string>>,
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "bulletin-run-"));
  const writeConfig = (text: string) => writeFile(join(folder, "config", "bulletin.yaml"), text);
  await mkdir(join(folder, "config"));
  await writeConfig(yaml);
  const bots: Bot[] = [];
  const start = (args: readonly string[], preload?: Preload): ChildProcess =>
    spawn(process.execPath, [...(preload === undefined ? [] : ["--import", preload.module]), MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"], LOG_LEVEL: "debug", ...secrets, ...preload?.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    store: join(folder, "data", "bulletin.db"),
    writeConfig,
    run: (preload) => {
      const bot = botOf(start(["run"], preload));
      bots.push(bot);
      return bot;
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
