import { join } from "node:path";
import { openApp, VERSION } from "./app.ts";
import { openAsker } from "./cli/ask.ts";
import type { Doors, GlobalOptions, Opened, Running } from "./cli/doors.ts";
import { command } from "./cli/program.ts";
import type { Terminal } from "./cli/terminal.ts";
import {
  existing,
  type Installation,
  type Places,
  placesOf,
  readInstallation,
  SAMPLE,
  writeInstallation,
} from "./installation.ts";
import { systemClock } from "./lib/clock.ts";
import { openLog } from "./lib/log.ts";
import { watchInstallation } from "./reload.ts";

/** What the program gets of its process. */
export type Process = {
  /** What was typed after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: { readonly isTTY: boolean };
  readonly stdout: { readonly isTTY: boolean; readonly write: (text: string) => unknown };
  readonly stderr: { readonly isTTY: boolean; readonly write: (text: string) => unknown };
  /** Aborts when the program is told to end. */
  readonly signal: AbortSignal;
};

/** Runs the command that was typed; gives the exit code. */
export async function runCommand(own: Process): Promise<number> {
  return await command(openDoors(own), own.argv, VERSION);
}

/** What commands may do: each reads the config anew and opens the app that it needs. */
function openDoors({ env, cwd, stdin, stdout, stderr, signal }: Process): Doors {
  const terminal: Terminal = {
    out: (text) => void stdout.write(text),
    error: (text) => void stderr.write(text),
    interactive: stdout.isTTY && stdin.isTTY,
    color: stdout.isTTY && (env["NO_COLOR"] ?? "") === "",
  };
  const places = (options: GlobalOptions): Places => placesOf(env, cwd, options.config, options.data);
  const read = (options: GlobalOptions, apart = false): Promise<Installation> =>
    readInstallation(places(options), env, apart);
  const level = env["LOG_LEVEL"];
  const log = (usual: string) =>
    openLog({ level: level ?? usual, human: stderr.isTTY, now: systemClock.now, write: terminal.error });
  const shared = { clock: systemClock, signal, clocksMustAgree: true };

  async function open(options: GlobalOptions): Promise<Opened> {
    const installation = await read(options);
    const app = await openApp({ ...shared, ...installation, log: log("error") });
    return {
      operator: app.operator,
      sample: installation.sample,
      warnings: installation.warnings,
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  }

  async function openAside(options: GlobalOptions, allow: readonly string[] | null): Promise<Opened> {
    const installation = await read(options).catch(() => read({ config: join(SAMPLE, "bulletin.yaml") }));
    const { network } = installation.config;
    const config = {
      ...installation.config,
      feeds: [],
      destinations: [],
      subscriptions: [],
      network: { ...network, allow: allow ?? network.allow },
    };
    const app = await openApp({
      ...shared,
      config,
      secrets: installation.secrets,
      store: ":memory:",
      log: log("error"),
    });
    return {
      operator: app.operator,
      sample: installation.sample,
      warnings: [],
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  }

  async function run(options: GlobalOptions): Promise<Running> {
    await using stack = new AsyncDisposableStack();
    const read0 = await read(options);
    const sample = read0.sample ? await import("./sample.ts") : null;
    const installation =
      sample === null ? read0 : stack.use(await sample.openSample(read0, systemClock)).installation;
    const running = log(installation.sample ? "warn" : "info");
    const app = stack.use(await openApp({ ...shared, ...installation, log: running }));
    const started = stack.use(await app.start(installation.sample ? "The sample newsroom" : "Bulletin"));
    if (!installation.sample)
      stack.use(
        watchInstallation({
          installation,
          read: () => read(options, true),
          app,
          clock: systemClock,
          log: running,
        }),
      );
    const owned = stack.move();
    return {
      operator: app.operator,
      sample: installation.sample,
      pageUrl: started.pageUrl,
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  }

  return {
    terminal,
    ask: terminal.interactive ? openAsker() : null,
    open,
    openAside,
    run,
    restore: async (options, file) => {
      const { restoreCopy } = await import("./restored.ts");
      return await restoreCopy({ ...shared, ...(await read(options)), log: log("error") }, file);
    },
    existing: (options) => existing(places(options)),
    writeConfig: (options, answers) => writeInstallation(places(options), answers),
    signal,
    sleep: systemClock.sleep,
  };
}
