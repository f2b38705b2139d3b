import { join } from "node:path";
import { openApp, VERSION } from "./app.ts";
import type { Doors, GlobalOptions, Opened, Running } from "./cli/doors.ts";
import { command } from "./cli/program.ts";
import type { Terminal } from "./cli/terminal.ts";
import {
  existingConfig,
  type Installation,
  type Places,
  placesOf,
  readInstallation,
  SAMPLE,
  writeInstallation,
} from "./installation.ts";
import { systemClock } from "./lib/clock.ts";
import { openLog } from "./lib/log.ts";
import { openSample } from "./sample.ts";
import { watchInstallation } from "./reload.ts";

const { env, stdin, stdout, stderr } = process;
const terminal: Terminal = {
  out: (text) => void stdout.write(text),
  error: (text) => void stderr.write(text),
  interactive: stdout.isTTY && stdin.isTTY,
  color: stdout.isTTY && (env["NO_COLOR"] ?? "") === "",
};
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
// A reader that went away (`bulletin status | head`) is no error.
stdout.on("error", () => ending.abort());

const places = (options: GlobalOptions): Places => placesOf(env, process.cwd(), options.config, options.data);
const read = (options: GlobalOptions): Promise<Installation> => readInstallation(places(options), env);
const level = env["LOG_LEVEL"];
const log = (usual: string) =>
  openLog({ level: level ?? usual, human: stderr.isTTY, now: systemClock.now, write: terminal.error });
const shared = { clock: systemClock, signal: ending.signal, clocksMustAgree: true };

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
  const installation = read0.sample ? stack.use(await openSample(read0, systemClock)).installation : read0;
  const running = log(installation.sample ? "warn" : "info");
  const app = stack.use(await openApp({ ...shared, ...installation, log: running }));
  const started = stack.use(await app.start(installation.sample ? "The sample newsroom" : "Bulletin"));
  if (!installation.sample)
    stack.use(
      watchInstallation({ installation, read: () => read(options), app, clock: systemClock, log: running }),
    );
  const owned = stack.move();
  return {
    operator: app.operator,
    sample: installation.sample,
    pageUrl: started.pageUrl,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const doors: Doors = {
  terminal,
  open,
  openAside,
  run,
  existingConfig: (options) => existingConfig(places(options)),
  writeConfig: (options, answers) => writeInstallation(places(options), answers),
  signal: ending.signal,
  sleep: systemClock.sleep,
};
process.exitCode = await command(doors, process.argv.slice(2), VERSION);
