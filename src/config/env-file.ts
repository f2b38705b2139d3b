import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseEnv } from "node:util";
import { AdminError, reasonOf } from "../domain/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_FILE = /^(DISCORD_TOKEN|STORE_PASSWORD|BLUESKY_APP_PASSWORD(?:_[A-Z0-9_]+?)?)_FILE$/u;

/**
 * The environment with the variables of a `.env` file beneath it: the process's own win, a missing file counts as
 * empty. `NAME_FILE` of a secret becomes `NAME` with the file's trimmed content; paths in `.env` are relative to it.
 * Throws AdminError when a named file cannot be read, or a secret is given both ways in one place.
 */
export async function readEnvFile(file: string, env: Environment): Promise<Environment> {
  const [beneath, own] = await Promise.all([
    withSecretFiles(parseEnv(await textOf(file)), dirname(file)),
    withSecretFiles(env, ""),
  ]);
  return { ...beneath, ...own };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new AdminError(`${file} cannot be read: ${reasonOf(error)}`);
  }
}

async function withSecretFiles(env: Environment, folder: string): Promise<Environment> {
  const found: Record<string, string | undefined> = {};
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined || value === "") continue;
    const name = SECRET_FILE.exec(variable)?.[1];
    if (name === undefined) found[variable] ??= value;
    else if (env[name]) throw new AdminError(`${name} and ${variable} are both set: keep one of the two.`);
    else found[name] = await secretIn(variable, resolve(folder, value));
  }
  return found;
}

async function secretIn(variable: string, file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new AdminError(`${variable} names a file that cannot be read: ${reasonOf(error)}`);
  }
}
