import { createHash } from "node:crypto";
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

/** Forgets the database of a folder, when there is one. */
export async function dropStore(folder: string): Promise<void> {
  const url = server();
  const name = nameOf(folder);
  if (url !== null && made.delete(name)) await query(url, `drop database ${name} with (force)`);
}
