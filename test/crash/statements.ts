import { DatabaseSync, StatementSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { Life } from "./plan.ts";

/** Says of each statement, in the order of one connection, whether it commits: a transaction's end, or a lone write. */
export function openCommits(): (sql: string) => boolean {
  let isInside = false;
  return (sql) => {
    if (/^\s*(?:begin|start transaction)/iu.test(sql)) isInside = true;
    if (/^\s*(?:commit|rollback)/iu.test(sql)) isInside = false;
    return /^\s*commit/iu.test(sql) || (!isInside && /^\s*(?:with|insert|update|delete)/iu.test(sql));
  };
}

/** Passes the points that any statement may be: in a migration, or in a reload of the config. */
export function openWork({ pass }: Life): (sql: string) => void {
  let hasLooked = false;
  let isReloading = false;
  return (sql) => {
    if (/^\s*(?:create|alter)\s/iu.test(sql)) pass("inside a migration");
    // The config is made rows before the first look for what is due; after that it was changed.
    hasLooked ||= sql.startsWith('with "c" as (select "id" from "feeds"');
    isReloading ||= hasLooked && sql.startsWith('select "name" from "locks"');
    if (isReloading) pass("inside a reload");
  };
}

/** SQLite's result codes for a full and for a read-only disk (sqlite.org/rescode.html). */
const DISK: Readonly<Record<number, string>> = { 13: "disk full", 8: "disk readonly" };

/** Watches every statement of Node's own SQLite. */
export function watchDatabase(life: Life): void {
  const { pass, mark, plan } = life;
  const opened = new WeakSet<DatabaseSync>();
  const commits = openCommits();
  const look = openWork(life);
  const killer = plan.point === "inside a checkpoint" ? openKiller(plan.depth) : null;
  const databases = new WeakMap<StatementSync, DatabaseSync>();
  let isTold = false;

  type Prepare = (this: DatabaseSync, sql: string) => StatementSync;
  const prepare: Prepare = Reflect.get(DatabaseSync.prototype, "prepare");
  DatabaseSync.prototype.prepare = function prepareWatched(this: DatabaseSync, sql: string): StatementSync {
    if (!opened.has(this)) open(this, life);
    opened.add(this);
    const statement = prepare.call(this, sql);
    databases.set(statement, this);
    return statement;
  };

  /** The disk's faults are counted where a statement met one. */
  function met(error: unknown): void {
    const kind = DISK[((error as { readonly errcode?: number }).errcode ?? 0) & 0xff];
    if (kind !== undefined && !isTold) mark(kind);
    isTold ||= kind !== undefined;
  }

  for (const name of ["run", "all"] as const) {
    const original = StatementSync.prototype[name] as (...args: readonly unknown[]) => unknown;
    const watched = function (this: StatementSync, ...args: readonly unknown[]): unknown {
      const commit = commits(this.sourceSQL);
      look(this.sourceSQL);
      if (commit) pass("before commit");
      try {
        const result = original.apply(this, [...args]);
        if (commit) pass("after commit");
        if (commit && life.isLast("inside a checkpoint")) dieInside(databases.get(this), life, killer);
        return result;
      } catch (error) {
        met(error);
        throw error;
      }
    };
    Object.assign(StatementSync.prototype, { [name]: watched });
  }
}

function open(db: DatabaseSync, { plan: { checkpoints, disk, point } }: Life): void {
  if (checkpoints) db.exec("pragma wal_autocheckpoint = 1");
  // There must be something left to write back.
  if (point === "inside a checkpoint") db.exec("pragma wal_autocheckpoint = 0");
  if (disk === null) return;
  const [worse, better] =
    disk.kind === "full"
      ? ["pragma max_page_count = 1", "pragma max_page_count = 1073741823"]
      : ["pragma query_only = on", "pragma query_only = off"];
  setTimeout(() => db.exec(worse), disk.after).unref();
  setTimeout(() => db.exec(better), disk.after + disk.length).unref();
}

const KILLER = `
const { workerData: { flag, depth } } = require("node:worker_threads");
Atomics.wait(flag, 0, 0);
const end = performance.now() + depth;
while (performance.now() < end);
process.kill(process.pid, "SIGKILL");`;

/** A thread that ends the process so long after the flag is raised, whatever the main thread is in. */
function openKiller(depth: number): Int32Array {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  new Worker(KILLER, { eval: true, workerData: { flag, depth } }).unref();
  return flag;
}

function dieInside(db: DatabaseSync | undefined, { mark }: Life, killer: Int32Array | null): void {
  if (db === undefined || killer === null) return;
  mark("checkpoint begun");
  Atomics.store(killer, 0, 1);
  Atomics.notify(killer, 0);
  db.exec("pragma wal_checkpoint(truncate)");
  mark("checkpoint over");
  for (;;);
}
