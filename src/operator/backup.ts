import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AdminError } from "../domain/errors.ts";
import { copyStore } from "../store/backup.ts";
import { type Done, fileTime, type Operator } from "./operator.ts";

/** Copies the store into a file while the bot runs; without a name, into `backups` beside it. */
export async function backup({ context }: Operator, name: string | null): Promise<Done> {
  const { store, clock } = context;
  if (store.engine === "postgres") throw new AdminError(postgresWay(store.location));
  const file = resolve(
    name ?? join(dirname(store.location), "backups", `bulletin-${fileTime(clock.now())}.db`),
  );
  if (statSync(file, { throwIfNoEntry: false }) !== undefined)
    throw new AdminError(`${file} is there already: name another file.`);
  const rows = await copyStore(store.db, file);
  const all = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const megabytes = (statSync(file).size / 1e6).toFixed(1);
  return {
    lines: [
      `backed up to ${file}: ${all} rows in ${rows.size} tables, ${megabytes} MB, opened again and checked`,
      `Put it back, with the bot stopped: bulletin restore ${file}`,
    ],
  };
}

const postgresWay = (address: string): string =>
  `The store is a PostgreSQL database, which has its own tools: pg_dump --format=custom --file=bulletin.dump ${address}. ` +
  `To put it back, with every process of the bot stopped: pg_restore --clean --dbname=${address} bulletin.dump, then bulletin restore --reread, so that nothing is posted twice.`;
