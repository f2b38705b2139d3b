import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type SelectModifierNode,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  SqliteQueryCompiler,
} from "kysely";
import { AdminError } from "../domain/errors.ts";
import { nextTurn } from "../lib/clock.ts";
import { storable } from "./storable.ts";

/** Before this release WAL could corrupt the file after a checkpoint (sqlite.org/changes.html, 3.51.3). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** So many statements take a few milliseconds. */
const STATEMENTS_A_TURN = 40;

/** Takes the write lock at once, so that no transaction fails half way with SQLITE_BUSY. */
class ImmediateDriver extends SqliteDriver {
  #connection: Promise<DatabaseConnection> | null = null;
  override acquireConnection(): Promise<DatabaseConnection> {
    return (this.#connection ??= super.acquireConnection().then(letsOthersWork));
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

/** SQLite answers at once: without a break a transaction of thousands of statements would hold the event loop. */
function letsOthersWork(connection: DatabaseConnection): DatabaseConnection {
  let statements = 0;
  return {
    executeQuery: async (query) => {
      if (++statements % STATEMENTS_A_TURN === 0) await nextTurn();
      return await connection.executeQuery(query);
    },
    streamQuery: (query, size) => connection.streamQuery(query, size),
  };
}

/** Kysely runs SQLite migrations without a transaction unless it is told that SQLite can. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Leaves out row locks (`for update skip locked`): a transaction here holds the only write lock there is. */
class LocklessCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === "Distinct") super.visitSelectModifier(node);
  }
  protected override addParameter(parameter: unknown): void {
    super.addParameter(storable(parameter));
  }
}

/** Kysely's SQLite dialect over Node's own `node:sqlite`: WAL, every commit synced, statements kept prepared. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;
  constructor(file: string) {
    const database = openDatabase(file);
    super({ database });
    this.#database = database;
  }
  override createDriver(): SqliteDriver {
    return new ImmediateDriver({ database: this.#database });
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
  override createQueryCompiler(): SqliteQueryCompiler {
    return new LocklessCompiler();
  }
}

function openDatabase(file: string): SqliteDatabase {
  // The store holds platform sessions: nobody else on the machine needs to read it.
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file, { timeout: 10_000 });
  checkVersion(db);
  for (const pragma of ["journal_mode = wal", "synchronous = full", "foreign_keys = on"])
    db.exec(`pragma ${pragma}`);
  return { close: () => db.close(), prepare: cachedPrepare(db) };
}

function checkVersion(db: DatabaseSync): void {
  const version = String(db.prepare("select sqlite_version() as v").get()?.["v"]);
  const parts = version.split(".").map(Number);
  const order = OLDEST_SQLITE.findIndex((part, i) => part !== parts[i]);
  if (order >= 0 && (parts[order] ?? 0) < (OLDEST_SQLITE[order] ?? 0))
    throw new AdminError(
      `SQLite ${version} is too old: start Bulletin through npm, which brings its own Node.`,
    );
}

/** Preparing costs more than running most statements; the queries of the house are a few dozen fixed texts. */
function cachedPrepare(db: DatabaseSync): SqliteDatabase["prepare"] {
  const cache = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    const statement = db.prepare(text);
    const values = (list: readonly unknown[]) => list as SQLInputValue[];
    const prepared: ReturnType<SqliteDatabase["prepare"]> = {
      reader: statement.columns().length > 0,
      all: (list) => statement.all(...values(list)),
      run: (list) => statement.run(...values(list)),
      iterate: (list) => statement.iterate(...values(list)),
    };
    if (cache.size >= 300) cache.clear();
    cache.set(text, prepared);
    return prepared;
  };
}
