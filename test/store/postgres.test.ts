import { expect, inject, test } from "vitest";
import { AdminError } from "../../src/domain/errors.ts";
import { compareClocks } from "../../src/store/clock.ts";
import { openStore } from "../../src/store/open.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openFolder } from "../support/app.ts";
import { databaseAt, query } from "../support/postgres.ts";
import { storeAt } from "../support/stores.ts";

const server = inject("postgres") ?? "";
const onSqlite = server === "";

/** What an admin reads when this store is opened. */
async function said(location: string, password: string | null = null): Promise<string> {
  const error: unknown = await openStore(location, password).catch((thrown: unknown) => thrown);
  return error instanceof AdminError ? error.message : `not for an admin: ${String(error)}`;
}

test("an unreachable database is said in plain words, without the password", async () => {
  const message = await said("postgres://desk@127.0.0.1:1/news", "hunter2");
  expect(message).toContain("The database postgres://desk@127.0.0.1:1/news cannot be reached");
  expect(message).not.toContain("hunter2");
});

test.skipIf(onSqlite)("a database that is not there is said with the command that makes it", async () => {
  expect(await said(databaseAt(server, "nowhere"))).toContain("createdb nowhere");
});

test.skipIf(onSqlite)("a user who may not log in is told of STORE_PASSWORD", async () => {
  const stranger = new URL(server);
  stranger.username = "stranger";
  expect(await said(stranger.href, "hunter2")).toMatch(/refuses the login .* set STORE_PASSWORD/u);
});

test.skipIf(onSqlite)("a store that a newer Bulletin wrote is left alone", async () => {
  await using folder = await openFolder();
  const location = await storeAt(folder.path, "");
  await query(location, "insert into kysely_migration (name, timestamp) values ('9999-later', '2030')");
  expect(await said(location)).toContain("written by a newer Bulletin");
});

test.skipIf(onSqlite)("clocks that differ by more than seconds are refused, with both times", async () => {
  await using folder = await openFolder();
  await using store = await openStore(await storeAt(folder.path, ""));
  await compareClocks(store, systemClock);
  const hourAhead = { ...systemClock, now: () => systemClock.now() + 3_600_000 };
  await expect(compareClocks(store, hourAhead)).rejects.toThrow(/it is \S+Z here, and \S+Z at the database/u);
});

test.skipIf(onSqlite)("keys sort by their bytes, whatever the language of the database", async () => {
  await using folder = await openFolder();
  await using store = await openStore(await storeAt(folder.path, ""));
  const names = ["b", "B", "a", "_", "2", "ä"];
  for (const account of names)
    await store.db.insertInto("sessions").values({ account, data: "{}", updatedAt: 0 }).execute();
  const rows = await store.db.selectFrom("sessions").select("account").orderBy("account").execute();
  expect(rows.map(({ account }) => account)).toEqual(["2", "B", "_", "a", "b", "ä"]);
});

test("U+0000 never reaches the store, and numbers are whole", async () => {
  await using folder = await openFolder();
  await using store = await openStore(await storeAt(folder.path, ":memory:"));
  await store.db.insertInto("sessions").values({ account: "a\0b", data: "\0", updatedAt: 1.2 }).execute();
  expect(await store.db.selectFrom("sessions").selectAll().execute()).toEqual([
    { account: "ab", data: "", updatedAt: 2 },
  ]);
});
