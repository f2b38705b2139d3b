import { access, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readEnvFile } from "./config/env-file.ts";
import { formatProblem, loadConfig } from "./config/load.ts";
import { fingerprint } from "./config/watch.ts";
import { AdminError } from "./domain/errors.ts";
import type { Config, ConfigProblem, Secrets } from "./domain/types.ts";
import { type InitAnswers, initFile, writeInit } from "./operator/init.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export const SAMPLE = fileURLToPath(new URL("../config/sample/", import.meta.url));

/** Where things lie: what was said on the command line, else the environment, else the working folder. */
export type Places = {
  /** The config folder, or one config file. */
  readonly config: string;
  /** Somebody named it, so it must be there. */
  readonly named: boolean;
  readonly data: string;
  readonly cwd: string;
};

export function placesOf(
  env: Environment,
  cwd: string,
  config: string | undefined,
  data: string | undefined,
): Places {
  const named = config ?? env["BULLETIN_CONFIG"];
  return {
    cwd,
    config: resolve(cwd, named ?? "config"),
    named: named !== undefined,
    data: resolve(cwd, data ?? env["BULLETIN_DATA"] ?? "data"),
  };
}

export type Installation = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly warnings: readonly ConfigProblem[];
  /** No config was written yet: the sample newsroom runs, in a store of its own. */
  readonly sample: boolean;
  /** The SQLite file, or the address of a PostgreSQL database. */
  readonly store: string;
  /** The folder to watch for changes. */
  readonly folder: string;
  /** The fingerprint of what lay in it when it was read. */
  readonly content: string;
};

/**
 * Reads config, `.env` and environment; throws an AdminError that lists every problem when the config is wrong. `apart`:
 * others work meanwhile, and must not be held up.
 */
export async function readInstallation(
  places: Places,
  env: Environment,
  apart = false,
): Promise<Installation> {
  const merged = await readEnvFile(join(places.cwd, ".env"), env);
  const isFile = /\.ya?ml$/u.test(places.config);
  if (isFile || places.named) await mustBeThere(places.config, isFile);
  const folder = isFile ? join(places.config, "..") : places.config;
  const content = await fingerprint(folder);
  const loaded = await loadConfig({
    folder: places.config,
    env: merged,
    apart,
    keptIn: join(places.data, "config.kept"),
    ...(isFile ? { files: [places.config] } : {}),
  });
  switch (loaded.kind) {
    case "loaded":
      return {
        ...loaded,
        sample: false,
        store: loaded.config.store ?? join(places.data, "bulletin.db"),
        folder,
        content,
      };
    case "invalid":
      throw new AdminError(loaded.problems.map(formatProblem).join("\n"));
    case "missing":
      return await sampleInstallation(places, merged);
  }
}

/** A config that somebody named is not replaced by the sample when it is not there. */
async function mustBeThere(path: string, isFile: boolean): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null)
    throw new AdminError(
      isFile
        ? `${path} does not exist.`
        : `${path} does not exist: name a folder with *.yaml files in it, or one such file.`,
    );
  if (!isFile && !found.isDirectory())
    throw new AdminError(`${path} is no folder, and no *.yaml file: the config is one of the two.`);
}

async function sampleInstallation(places: Places, env: Environment): Promise<Installation> {
  const loaded = await loadConfig({ folder: SAMPLE, env });
  if (loaded.kind !== "loaded") throw new Error("the sample in config/sample is broken");
  const store = join(places.data, "sample", "bulletin.db");
  const address = await readFile(newsroomFile(store), "utf8").catch(() => null);
  const config = address === null ? loaded.config : atNewsroom(loaded.config, address);
  return { ...loaded, config, sample: true, store, folder: SAMPLE, content: "" };
}

/** Beside the sample's store: where its newsroom is, as its usual port may have been taken. */
export const newsroomFile = (store: string): string => join(dirname(store), "newsroom-address");

/** The sample's config with its one feed at this address. */
export const atNewsroom = (config: Config, address: string): Config => ({
  ...config,
  feeds: config.feeds.map((feed) => ({ ...feed, url: address })),
  subscriptions: config.subscriptions.map((subscription) => ({ ...subscription, feedUrl: address })),
});

/** The file that `init` writes. */
const configFile = ({ config }: Places): string => (/\.ya?ml$/u.test(config) ? config : initFile(config));

/** The config file that `init` would write over, null when none is there; and whether there is an `.env`. */
export async function existing(
  places: Places,
): Promise<{ readonly config: string | null; readonly env: boolean }> {
  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  return {
    config: (await isThere(configFile(places))) ? configFile(places) : null,
    env: await isThere(join(places.cwd, ".env")),
  };
}

/** Writes the config file and, where there is none, `.env`; gives a line for each. */
export async function writeInstallation(places: Places, answers: InitAnswers): Promise<readonly string[]> {
  return await writeInit(configFile(places), join(places.cwd, ".env"), answers);
}
