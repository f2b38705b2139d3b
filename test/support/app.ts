import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAccounts } from "../../src/accounts.ts";
import { type App, openApp } from "../../src/app.ts";
import type { Log, SendResult } from "../../src/domain/types.ts";
import { placesOf, readInstallation } from "../../src/installation.ts";
import type { Operator } from "../../src/operator/operator.ts";
import type { Store } from "../../src/store/open.ts";
import type { TestClock } from "./clock.ts";
import { type Scripted, scripted } from "./scripted.ts";
import { dropStore, storeAt } from "./stores.ts";

/** A folder for one test: config and store lie in it, so that a second app on it is a restart. */
export async function openFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "bulletin-"));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await dropStore(path);
      await rm(path, { recursive: true, force: true });
    },
  };
}

export type TestApp = AsyncDisposable & {
  readonly app: App;
  readonly operator: Operator;
  readonly store: Store;
  /** Everything that was logged as a warning or worse. */
  readonly warnings: readonly string[];
  readonly tick: () => Promise<void>;
  readonly drain: () => Promise<void>;
  /** Works until nothing is due. */
  readonly pass: () => Promise<void>;
  /** Another config, as if the file had been changed. */
  readonly reload: (yaml: string, env?: Readonly<Record<string, string>>) => Promise<void>;
};

export type TestAppOptions = {
  readonly folder: string;
  readonly yaml: string;
  readonly clock: TestClock;
  /** Stand in for the destinations of the same id. */
  readonly destinations?: readonly Scripted[];
  readonly env?: Readonly<Record<string, string>>;
  /** Stands in for the admin channel. */
  readonly tell?: (text: string) => Promise<SendResult>;
  /** What `network.allow` names; 127.0.0.1 unless said. Named hosts take no turns, those of a range do. */
  readonly allow?: string;
  /** What `network.ports` opens. */
  readonly ports?: readonly number[];
};

/** The whole app over a real store, with the config that a person would write. */
export async function openTestApp(options: TestAppOptions): Promise<TestApp> {
  const { folder, clock, destinations = [], allow = "127.0.0.1", ports = [] } = options;
  const base = `network: { allow: ["${allow}"], ports: [${ports.join(", ")}] }\nweb: { enabled: false }\n`;
  const ending = new AbortController();
  const warnings: string[] = [];
  const read = async (yaml: string, env: Readonly<Record<string, string>> = {}) => {
    const file = join(folder, "bulletin.yaml");
    await writeFile(file, base + yaml);
    return await readInstallation(placesOf({}, folder, file, folder), env);
  };
  const installation = await read(options.yaml, options.env);
  const app = await openApp({
    ...installation,
    store: await storeAt(folder, installation.store),
    clock,
    log: openTestLog(warnings),
    signal: ending.signal,
    openAccounts: async (wanted) => {
      const opened = await openAccounts(wanted);
      const stand = new Map(destinations.map((one) => [one.id, one]));
      const { tell } = options;
      const discord: typeof opened.discord =
        tell === undefined
          ? opened.discord
          : {
              destination: () => scripted("admin_channel"),
              tell: (_, text) => tell(text),
              listen: async () => ({ [Symbol.asyncDispose]: async () => {} }),
              board: (channelId) => ({
                channelId,
                post: ({ title, reason }) => tell(`“${title}” is held: ${reason}`),
                find: async () => ({ kind: "absent" }),
                redraw: async () => ({ kind: "sent", ref: { id: "", url: null, cid: null } }),
              }),
              [Symbol.asyncDispose]: async () => {},
            };
      return { ...opened, discord, destinations: new Map([...opened.destinations, ...stand]) };
    },
  });
  const { schedule } = app.operator;
  return {
    app,
    operator: app.operator,
    store: app.operator.context.store,
    warnings,
    ...schedule,
    reload: async (yaml, env) => {
      const { config, secrets } = await read(yaml, env);
      await app.reload(config, secrets);
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await schedule.drain();
      await app[Symbol.asyncDispose]();
    },
  };
}

function openTestLog(warnings: string[]): Log {
  const keep = (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
    void warnings.push(
      `${message} ${fields["error"] instanceof Error ? fields["error"].message : ""}`.trim(),
    );
  return { debug: () => {}, info: () => {}, warn: keep, error: keep };
}
