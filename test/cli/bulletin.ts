import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/start.mjs", import.meta.url));

export type Ended = { readonly code: number | null; readonly out: string; readonly error: string };

/** A folder of its own, as an admin's, in which commands run as child processes with nothing of our environment. */
export type Desk = AsyncDisposable & {
  readonly folder: string;
  /** Runs a command to its end. */
  readonly bulletin: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
  /** Starts a command, waits until it printed what is looked for, and ends it with SIGTERM when disposed of. */
  readonly start: (
    args: readonly string[],
    until: RegExp,
    env?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly out: () => string; readonly stop: () => Promise<Ended> }>;
};

export async function openDesk(files: Readonly<Record<string, string>> = {}): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), "bulletin-cli-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const begin = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: "pipe" });
    const text = { out: "", error: "" };
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text.out += part));
    child.stderr.setEncoding("utf8").on("data", (part: string) => (text.error += part));
    child.stdin.end();
    const ended = new Promise<Ended>((resolve) =>
      child.once("close", (code) => resolve({ code, out: text.out, error: text.error })),
    );
    return { child, text, ended };
  };
  return {
    folder,
    bulletin: (args, env) => begin(args, env).ended,
    start: async (args, until, env) => {
      const { child, text, ended } = begin(args, env);
      await new Promise<void>((resolve) => {
        const look = () => {
          if (until.test(text.out + text.error)) resolve();
        };
        child.stdout.on("data", look);
        child.stderr.on("data", look);
        child.once("close", () => resolve());
      });
      const stop = () => {
        child.kill("SIGTERM");
        return ended;
      };
      return { out: () => text.out, stop };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A config that reads one feed on loopback and draws its articles for both platforms. */
export const previewConfig = (site: string): string => `
timezone: Europe/Berlin
contact: desk@frontline.example
network: { allow: ["127.0.0.1"] }
timing: { host_gap: 0s }
web: { enabled: false }
feeds:
  - url: ${site}
    backfill: 7
    post_to: [{ preview: discord, name: news }, { preview: bluesky, name: frontline.example }]
`;
