import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { AdminError } from "../../src/domain/errors.ts";
import { openStore } from "../../src/store/open.ts";
import { openFolder } from "../support/app.ts";

/** What an admin reads when this file is opened. */
async function said(file: string): Promise<string> {
  const error: unknown = await openStore(file).catch((thrown: unknown) => thrown);
  return error instanceof AdminError ? error.message : `not for an admin: ${String(error)}`;
}

test("a store whose folder cannot be made is said with its path and the mend", async () => {
  await using folder = await openFolder();
  await writeFile(join(folder.path, "data"), "a file where the folder should be");
  const message = await said(join(folder.path, "data", "bulletin.db"));
  expect(message).toContain(join(folder.path, "data", "bulletin.db"));
  expect(message).toContain("Bulletin's user may write there");
});

test("a store that is a folder, or another program's file, is left alone", async () => {
  await using folder = await openFolder();
  await mkdir(join(folder.path, "bulletin.db"));
  expect(await said(join(folder.path, "bulletin.db"))).toContain("cannot be opened");
  await writeFile(join(folder.path, "notes.txt"), "These are notes, and no database at all. ".repeat(40));
  expect(await said(join(folder.path, "notes.txt"))).toContain("not a store of Bulletin");
});

test("a statement's plan outlives the values it is asked with, and a partial index serves it", async () => {
  await using store = await openStore(":memory:");
  const due = store.db
    .selectFrom("feeds")
    .select("id")
    .where("state", "=", "active")
    .where("wanted", "=", 1)
    .where("dueAt", "<=", 7)
    .limit(3);
  // What a plan depends on is no value that is bound; the rest is.
  const { sql: text, parameters } = due.compile();
  expect(text).toContain(`"state" = 'active' and "wanted" = 1 and "due_at" <= ? limit ? + 0`);
  expect(parameters).toEqual([7, 3]);
  const plan = await due.explain<{ readonly detail: string }>(undefined, sql`query plan`);
  expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining("feeds_due")]);
});
