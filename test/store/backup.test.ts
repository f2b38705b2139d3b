import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, inject, test } from "vitest";
import { backup } from "../../src/operator/backup.ts";
import { checkCopy, copyStore, unpackCopy } from "../../src/store/backup.ts";
import { isInUse } from "../../src/store/in-use.ts";
import { openStore } from "../../src/store/open.ts";
import { beat } from "../../src/store/processes.ts";
import { openFolder } from "../support/app.ts";
import { openLine } from "../support/line.ts";
import { publish, to } from "../support/publish.ts";
import { scripted } from "../support/scripted.ts";

const onPostgres = inject("postgres") !== undefined;

/** What an admin is told. */
async function saidBy(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && error.name === "AdminError") return error.message;
    throw error;
  }
  return "nothing";
}

test.skipIf(onPostgres)(
  "a copy made while others write has all of one moment, for its owner's eyes alone",
  async () => {
    await using folder = await openFolder();
    await using store = await openStore(join(folder.path, "bulletin.db"));
    await using other = await openStore(join(folder.path, "bulletin.db"));
    const write = (at: number) => other.db.insertInto("logins").values({ account: "a", at }).execute();
    for (let at = 0; at < 200; at++) await write(at);
    const file = join(folder.path, "copies", "one.db");
    const copied = new AbortController();
    const writing = (async () => {
      for (let at = 200; !copied.signal.aborted; at++) await write(at);
    })();
    const rows = await copyStore(store.db, file);
    copied.abort();
    await writing;
    expect(rows.get("logins")).toBeGreaterThanOrEqual(200);
    expect(checkCopy(file)).toEqual(rows);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder.path, "copies"))).toEqual(["one.db"]);
  },
);

test.skipIf(onPostgres)(
  "backup names a file by the time, and never writes over one that is there",
  async () => {
    await using line = await openLine({ yaml: to("discord: 1"), destinations: [scripted("discord:1")] });
    await publish(line, "one", "two");
    const { operator } = line.app();
    const { lines } = await backup(operator, null);
    const [name] = await readdir(join(line.folder, "backups"));
    expect(name).toMatch(/^bulletin-2026-06-01T\d{6}Z\.db$/u);
    const file = join(line.folder, "backups", name ?? "");
    expect(lines).toEqual([
      expect.stringMatching(
        /^backed up to .*\.db: \d+ rows in \d+ tables, \d+\.\d MB, opened again and checked$/u,
      ),
      `Put it back, with the bot stopped: bulletin restore ${file}`,
    ]);
    expect(checkCopy(file).get("deliveries")).toBe(2);
    expect(await saidBy(() => backup(operator, file))).toContain("is there already");
  },
);

test.skipIf(!onPostgres)("PostgreSQL's own tools are named instead of a copy", async () => {
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [scripted("discord:1")] });
  const message = await saidBy(() => backup(line.app().operator, null));
  expect(message).toMatch(/pg_dump --format=custom .*postgres:.*pg_restore .*bulletin restore --reread/u);
});

test.skipIf(onPostgres)(
  "a place that cannot be written, a damaged copy, and a foreign file are said plainly",
  async () => {
    await using folder = await openFolder();
    await using store = await openStore(join(folder.path, "bulletin.db"));
    await writeFile(join(folder.path, "file"), "");
    expect(await saidBy(() => copyStore(store.db, join(folder.path, "file", "copy.db")))).toContain(
      "could not be copied to",
    );
    const copy = join(folder.path, "copy.db");
    await copyStore(store.db, copy);
    await spoilPage(copy, 2);
    expect(await saidBy(() => checkCopy(copy))).toContain("is damaged");
    const foreign = join(folder.path, "foreign.db");
    const other = new DatabaseSync(foreign);
    other.exec("create table notes (text text)");
    other.close();
    expect(await saidBy(() => checkCopy(foreign))).toContain("is not a copy of a store of Bulletin");
    await writeFile(foreign, "no database at all ".repeat(100));
    expect(await saidBy(() => unpackCopy(foreign, join(folder.path, "new.db")))).toContain("not a store");
  },
);

test.skipIf(onPostgres)(
  "a store of an older version is copied before its tables change; a newer one is refused",
  async () => {
    await using folder = await openFolder();
    const file = join(folder.path, "bulletin.db");
    await (await openStore(file))[Symbol.asyncDispose]();
    expect((await readdir(folder.path)).filter((name) => name.includes("before"))).toEqual([]);
    const db = new DatabaseSync(file);
    db.exec(`delete from kysely_migration where name >= '0008-restored'; drop table standing;
    alter table destinations drop column outages; alter table destinations drop column outage_since;
    drop index deliveries_overflow; alter table deliveries drop column overflow; alter table deliveries drop column alone; alter table deliveries drop column stood;
    alter table destinations drop column paced_at; alter table destinations drop column outage_until; alter table destinations drop column outage_reason;
    alter table destinations drop column restored_at; alter table destinations drop column reread_from;
    alter table deliveries drop column looked; alter table locks drop column digest; insert into logins values ('a', 1)`);
    db.close();
    await (await openStore(file))[Symbol.asyncDispose]();
    const copy = checkCopy(`${file}.before-0008-restored`);
    expect([copy.get("logins"), copy.has("standing"), checkCopy(file).has("standing")]).toEqual([
      1,
      false,
      true,
    ]);

    const newer = new DatabaseSync(file);
    newer.exec("insert into kysely_migration values ('9999-later', '2030-01-01')");
    newer.close();
    expect(await saidBy(() => openStore(file))).toContain("written by a newer Bulletin");
  },
);

/** What a failing disk leaves of a page. */
async function spoilPage(file: string, page: number): Promise<void> {
  const bytes = await readFile(file);
  bytes.fill(0xff, page * 4096, (page + 1) * 4096);
  await writeFile(file, bytes);
}

test.skipIf(onPostgres)("a file is in use while a process says so", async () => {
  await using folder = await openFolder();
  const file = join(folder.path, "bulletin.db");
  const now = Date.UTC(2026, 5, 1);
  expect(isInUse(file, now)).toBe(false);
  await using store = await openStore(file);
  expect(isInUse(file, now)).toBe(false);
  await beat(store, "a bot", now);
  expect([isInUse(file, now + 5_000), isInUse(file, now + 60_000)]).toEqual([true, false]);
});
