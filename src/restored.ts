import { closeSync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { type AppOptions, openApp } from "./app.ts";
import { AdminError } from "./domain/errors.ts";
import { type Done, fileTime } from "./operator/operator.ts";
import { BOT_RUNS, closeAll } from "./operator/restore.ts";
import { unpackCopy } from "./store/backup.ts";
import { isInUse } from "./store/in-use.ts";
import { isPostgres } from "./store/open.ts";

/**
 * Puts a copy in the place of the SQLite store, which is kept under another name. The copy is checked, brought up to
 * date, and its destinations are closed, before it gets there; it stays as it was itself.
 * Throws an AdminError, with nothing changed, when it is no sound copy or when a bot runs.
 */
export async function restoreCopy(options: AppOptions, file: string): Promise<Done> {
  const { store, clock } = options;
  if (isPostgres(store))
    throw new AdminError(
      "The store is a PostgreSQL database: put its dump back with pg_restore, then run bulletin restore --reread",
    );
  if (isInUse(store, clock.now())) throw new AdminError(BOT_RUNS);
  const fresh = `${store}.restoring`;
  const rows = unpackCopy(file, fresh);
  const { lines } = await closed({ ...options, store: fresh });
  const aside = `${store}.before-restore-${fileTime(clock.now())}`;
  const kept = putInPlace(fresh, store, aside);
  const all = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const before = kept ? [`The store before it: ${aside}`] : [];
  return { lines: [`restored ${file}: ${all} rows in ${rows.size} tables, checked`, ...before, ...lines] };
}

/** Under the config as it is now: destinations that are younger than the copy are closed like the others. */
async function closed(options: AppOptions): Promise<Done> {
  await using app = await openApp(options);
  return await closeAll(app.operator);
}

/** A write-ahead log belongs to its own file: it goes where that goes. False: there was no store. */
function putInPlace(fresh: string, store: string, aside: string): boolean {
  const kept = ["", "-wal", "-shm"].map((suffix) => moved(store + suffix, aside + suffix));
  for (const suffix of ["-wal", "-shm", ""]) moved(fresh + suffix, store + suffix);
  const folder = openSync(dirname(store), "r");
  fsyncSync(folder);
  closeSync(folder);
  return kept[0] === true;
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
