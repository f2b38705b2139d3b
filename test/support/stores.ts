import { createHash } from "node:crypto";
import { copyFile, rm } from "node:fs/promises";
import { inject } from "vitest";
import { databaseAt, query } from "./postgres.ts";

/**
 * The server on which this run of a suite keeps its stores; null: each test has a SQLite file of its own, as has a
 * program outside of the test runner.
 */
const server = (): string | null =>
  process.env["VITEST"] === undefined ? null : (inject("postgres") ?? null);

/** The database of a test's folder: one for all apps that are opened there, one after another or side by side. */
const nameOf = (folder: string): string =>
  `t_${createHash("sha256").update(folder).digest("hex").slice(0, 20)}`;

const made = new Set<string>();

/** Where the apps of this folder keep their store: the file, or a database that is made with the first of them. */
export async function storeAt(folder: string, file: string): Promise<string> {
  const url = server();
  if (url === null) return file;
  const name = nameOf(folder);
  if (!made.has(name))
    await query(url, `create database ${name} template bulletin_template strategy file_copy`);
  made.add(name);
  return databaseAt(url, name);
}

/**
 * Copies the store of a folder, which nobody has open; what it gives puts the copy in its place, as often as wanted.
 * It is as a person does it with the means of the engine, so the bot knows nothing of it.
 */
export async function copyOf(folder: string, file: string): Promise<() => Promise<void>> {
  const url = server();
  if (url === null) {
    await copyFile(file, `${file}.copy`);
    return async () => {
      for (const suffix of ["-wal", "-shm"]) await rm(file + suffix, { force: true });
      await copyFile(`${file}.copy`, file);
    };
  }
  const name = nameOf(folder);
  const copy = nameOf(`${folder} copy`);
  await query(url, `create database ${copy} template ${name} strategy file_copy`);
  made.add(copy);
  return async () => {
    await query(url, `drop database ${name} with (force)`);
    await query(url, `create database ${name} template ${copy} strategy file_copy`);
  };
}

/** Forgets the database of a folder, when there is one. */
export async function dropStore(folder: string): Promise<void> {
  const url = server();
  for (const name of [nameOf(folder), nameOf(`${folder} copy`)])
    if (url !== null && made.delete(name)) await query(url, `drop database ${name} with (force)`);
}
