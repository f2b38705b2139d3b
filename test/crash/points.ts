// Loaded before the program (node --import): kills it at a named point, fills its disk, or turns its clock. The
// program itself knows nothing of this.
import { subscribe } from "node:diagnostics_channel";
import { DatabaseSync, StatementSync } from "node:sqlite";

/** The n-th time that this point is passed, the process ends as by a power cut. */
const [wanted = "", nth = "1"] = (process.env["CRASH_POINT"] ?? "").split("#");
/** `full` or `readonly`, from this many milliseconds after the start, for so long: `full@300+1000`. */
const disk = /^(full|readonly)@(\d+)\+(\d+)$/u.exec(process.env["CRASH_DISK"] ?? "");
/** The wall clock jumps by so many milliseconds, so long after the start: `-90000@500`. */
const clock = /^(-?\d+)@(\d+)$/u.exec(process.env["CRASH_CLOCK"] ?? "");
/** After every commit the log is written back into the database. */
const checkpoints = process.env["CRASH_CHECKPOINT"] === "1";

let left = Number(nth);

function pass(point: string): void {
  if (point !== wanted || (left -= 1) > 0) return;
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

// ---------------------------------------------------------------- commits

const opened = new WeakSet<DatabaseSync>();
let isInside = false;

function open(db: DatabaseSync): void {
  opened.add(db);
  if (checkpoints) db.exec("pragma wal_autocheckpoint = 1");
  if (disk === null) return;
  const [, kind, after, length] = disk;
  const [worse, better] =
    kind === "full"
      ? ["pragma max_page_count = 1", "pragma max_page_count = 1073741823"]
      : ["pragma query_only = on", "pragma query_only = off"];
  setTimeout(() => db.exec(worse), Number(after)).unref();
  setTimeout(() => db.exec(better), Number(after) + Number(length)).unref();
}

type Prepare = (this: DatabaseSync, sql: string) => StatementSync;
const prepare: Prepare = Reflect.get(DatabaseSync.prototype, "prepare");
DatabaseSync.prototype.prepare = function prepareWatched(this: DatabaseSync, sql: string): StatementSync {
  if (!opened.has(this)) open(this);
  return prepare.call(this, sql);
};

/** A statement that commits: the end of a transaction, or a write outside of one. */
function commits(sql: string): boolean {
  if (/^\s*begin/iu.test(sql)) isInside = true;
  if (/^\s*(?:commit|rollback)/iu.test(sql)) isInside = false;
  return /^\s*commit/iu.test(sql) || (!isInside && /^\s*(?:with|insert|update|delete)/iu.test(sql));
}

for (const name of ["run", "all"] as const) {
  const original = StatementSync.prototype[name] as (...args: readonly unknown[]) => unknown;
  const watched = function (this: StatementSync, ...args: readonly unknown[]): unknown {
    const commit = commits(this.sourceSQL);
    if (commit) pass("before commit");
    const result = original.apply(this, [...args]);
    if (commit) pass("after commit");
    return result;
  };
  Object.assign(StatementSync.prototype, { [name]: watched });
}

// ---------------------------------------------------------------- requests

type Sent = { readonly request: { readonly method: string; readonly path: string } };

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^POST \S*\/channels\/\d+\/messages$/u, "create"],
  [/^POST \S*\/crosspost$/u, "crosspost"],
  [/^DELETE \S*\/messages\/\d+$/u, "delete"],
  [/^POST \S*\.uploadBlob/u, "uploadBlob"],
  [/^POST \S*\.putRecord/u, "putRecord"],
  [/^POST \S*\.deleteRecord/u, "deleteRecord"],
  [/^POST \S*\.createSession/u, "createSession"],
  [/^GET \S*\/feed\//u, "feed"],
];

const STAGES: readonly (readonly [string, string])[] = [
  ["undici:request:create", "before"],
  ["undici:request:bodySent", "sent"],
  ["undici:request:headers", "inside the answer to"],
  ["undici:request:trailers", "after"],
];

for (const [channel, stage] of STAGES)
  subscribe(channel, (message) => {
    const { method, path } = (message as Sent).request;
    const name = NAMES.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1];
    if (name !== undefined) pass(`${stage} ${name}`);
  });

// ---------------------------------------------------------------- the clock

if (clock !== null) {
  const { now } = Date;
  let jump = 0;
  Date.now = () => now() + jump;
  setTimeout(() => (jump = Number(clock[1])), Number(clock[2])).unref();
}
