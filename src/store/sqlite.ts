import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  BinaryOperationNode,
  ColumnNode,
  CompiledQuery,
  type DatabaseConnection,
  type LimitNode,
  type OperationNode,
  ReferenceNode,
  type SelectModifierNode,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  SqliteQueryCompiler,
  type ValueNode,
} from "kysely";
import { AdminError, reasonOf } from "../domain/errors.ts";
import { nextTurn } from "../lib/clock.ts";
import { inCode, inSql } from "./names.ts";
import { storable } from "./storable.ts";

/** Before this release WAL could corrupt the file after a checkpoint (sqlite.org/changes.html, 3.51.3). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** A store that is forgotten. */
export const IN_MEMORY = ":memory:";

const BEGIN = "begin immediate";

/** So many statements take a few milliseconds. */
const STATEMENTS_A_TURN = 40;

/** Takes the write lock at once, so that no transaction fails half way with SQLITE_BUSY. */
class ImmediateDriver extends SqliteDriver {
  #connection: Promise<DatabaseConnection> | null = null;
  readonly #database: OpenDatabase;
  constructor(database: OpenDatabase) {
    super({ database });
    this.#database = database;
  }
  override acquireConnection(): Promise<DatabaseConnection> {
    return (this.#connection ??= super.acquireConnection().then(letsOthersWork));
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(BEGIN));
  }
  /** After some errors (a full disk) SQLite has rolled back by itself (sqlite.org/lang_transaction.html, 3): the first error counts. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isInTransaction()) await super.rollbackTransaction(connection);
  }
}

type OpenDatabase = SqliteDatabase & { readonly isInTransaction: () => boolean };

/** SQLite answers at once: without a break a transaction of thousands of statements would hold the event loop. */
function letsOthersWork(connection: DatabaseConnection): DatabaseConnection {
  let statements = 0;
  return {
    executeQuery: async (query) => {
      const begins = query.sql === BEGIN;
      if (++statements >= STATEMENTS_A_TURN) {
        await nextTurn();
        statements = 0;
      }
      // A short transaction has no break in it: a second store of this process would wait for it in vain.
      if (begins) statements = 0;
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

/** What the rows' partial indexes go by. */
const INDEXED = new Set(["state", "wanted", "publish"]);

/**
 * Leaves out row locks (`for update skip locked`): a transaction here holds the only write lock there is. And SQLite
 * makes a new plan, which takes longer than most statements do, whenever a value is bound that the old one looked at: a
 * limit, or what decides whether a partial index will do. So a limit is hidden, and a state is written out.
 */
class LocklessCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === "Distinct") super.visitSelectModifier(node);
  }
  protected override visitLimit(node: LimitNode): void {
    super.visitLimit(node);
    this.append(" + 0");
  }
  protected override visitValue(node: ValueNode): void {
    if (isCompared(this.parentNode)) this.appendImmediateValue(node.value);
    else super.visitValue(node);
  }
  protected override addParameter(parameter: unknown): void {
    super.addParameter(storable(parameter));
  }
  protected override sanitizeIdentifier(name: string): string {
    return super.sanitizeIdentifier(inSql(name));
  }
}

/** Whether a node compares a column that partial indexes go by with a value. */
function isCompared(node: OperationNode | undefined): boolean {
  if (node === undefined || !BinaryOperationNode.is(node) || !ReferenceNode.is(node.leftOperand))
    return false;
  const { column } = node.leftOperand;
  return ColumnNode.is(column) && INDEXED.has(column.column.name);
}

/** Kysely's SQLite dialect over Node's own `node:sqlite`: WAL, every commit synced, statements kept prepared. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: OpenDatabase;
  constructor(file: string) {
    const database = openDatabase(file);
    super({ database });
    this.#database = database;
  }
  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#database);
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
  override createQueryCompiler(): SqliteQueryCompiler {
    return new LocklessCompiler();
  }
}

function openDatabase(file: string): OpenDatabase {
  try {
    // The store holds platform sessions: nobody else on the machine needs to read it.
    if (file !== IN_MEMORY) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const db = new DatabaseSync(file, { timeout: 10_000 });
    checkVersion(db);
    for (const pragma of ["journal_mode = wal", "synchronous = full", "foreign_keys = on"])
      db.exec(`pragma ${pragma}`);
    return {
      close: () => db.close(),
      prepare: cachedPrepare(db),
      isInTransaction: () => db.isTransaction,
    };
  } catch (error) {
    throw openingError(file, error);
  }
}

/** What keeps a file from being opened, by SQLite's primary result codes (sqlite.org/rescode.html), and the mend. */
const MENDS: Readonly<Record<number, string>> = {
  5: "Another program holds it locked: end that one, then start again.",
  8: "See that Bulletin's user may write to the file and to its folder.",
  10: "The disk does not read or write it: see the system's log, and put a copy of the file in its place when it is damaged.",
  11: "It is damaged: put it aside, and put a copy of it in its place.",
  13: "The disk is full: make room, then start again. Nothing was lost.",
  14: "See that its folder exists, and that Bulletin's user may write there.",
  26: 'It is not a store of Bulletin: put it aside, or name another file under the config\'s key "store".',
};

/** What an admin must do when the file cannot be opened (or `what` happened); anything else stays the bug that it is. */
export function openingError(
  file: string,
  error: unknown,
  what = `The store ${file} cannot be opened`,
): unknown {
  if (!(error instanceof Error)) return error;
  const { errcode, syscall } = error as { readonly errcode?: number; readonly syscall?: string };
  const mend = syscall === undefined ? MENDS[(errcode ?? 0) & 0xff] : MENDS[14];
  if (mend === undefined) return error;
  return new AdminError(`${what} (${reasonOf(error)}). ${mend}`);
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
  const cache = new Map<string, Prepared>();
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    const statement = db.prepare(text);
    const prepared = text.includes("*") ? preparedAsTheyCome(statement) : preparedInLists(statement);
    if (cache.size >= 300) cache.clear();
    cache.set(text, prepared);
    return prepared;
  };
}

type Prepared = ReturnType<SqliteDatabase["prepare"]>;

const values = (list: readonly unknown[]) => list as SQLInputValue[];

/** A row has the columns that its table has at that time. */
const preparedAsTheyCome = (statement: StatementSync): Prepared => ({
  reader: statement.columns().length > 0,
  all: (list) => statement.all(...values(list)),
  run: (list) => statement.run(...values(list)),
  iterate: (list) => statement.iterate(...values(list)),
});

/** The statement names its columns: a list of values is made faster than a row, and gets the names of the code at once. */
function preparedInLists(statement: StatementSync): Prepared {
  statement.setReturnArrays(true);
  const names = statement.columns().map(({ name }) => inCode(name));
  const rowOf = (list: unknown): Record<string, unknown> => {
    const row: Record<string, unknown> = {};
    names.forEach((name, n) => (row[name] = (list as readonly unknown[])[n]));
    return row;
  };
  return {
    reader: names.length > 0,
    all: (list) => (statement.all(...values(list)) as unknown[]).map(rowOf),
    run: (list) => statement.run(...values(list)),
    iterate: (list) => statement.iterate(...values(list)).map(rowOf),
  };
}
