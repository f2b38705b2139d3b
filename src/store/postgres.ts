import { PostgresDialect, PostgresQueryCompiler } from "kysely";
import { type ClientBase, Pool, types } from "pg";
import { AdminError, reasonOf } from "../domain/errors.ts";
import { codeOf } from "./faults.ts";
import { inSql } from "./names.ts";
import { storable } from "./storable.ts";

/** Connections of one process: it waits for the network far more than for the store. */
const CONNECTIONS = 8;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 20_000;
/** A process that stands still inside a transaction holds rows that others wait for: the server ends it. */
const IDLE_IN_TRANSACTION_MS = 10_000;
/** All numbers of the store fit a double: times in milliseconds, counts. */
const isInt8 = (oid: number): boolean => oid === 20;

class StorableCompiler extends PostgresQueryCompiler {
  protected override addParameter(parameter: unknown): void {
    super.addParameter(storable(parameter));
  }
  protected override sanitizeIdentifier(name: string): string {
    return super.sanitizeIdentifier(inSql(name));
  }
}

class StoreDialect extends PostgresDialect {
  override createQueryCompiler(): PostgresQueryCompiler {
    return new StorableCompiler();
  }
}

/** Kysely's PostgreSQL dialect for this address; the password is kept apart from it. Connects when first used. */
export function postgresDialect(address: string, password: string | null): PostgresDialect {
  const pool = new Pool({
    connectionString: withPassword(address, password),
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + CONNECT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    application_name: "bulletin",
    keepAlive: true,
    types: {
      getTypeParser: (oid, format) => (isInt8(oid) ? Number : types.getTypeParser(oid, format)),
    },
    // oxlint-disable-next-line typescript/no-misused-promises -- The pool waits for it, though its types don't say so.
    onConnect: syncEveryCommit,
  });
  // A connection that breaks between two statements says so to the next one, or is replaced when it was idle.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return new StoreDialect({ pool });
}

/** An answer "done" must mean that it outlives the server's power cut; a server that promises more keeps doing so. */
async function syncEveryCommit(client: ClientBase): Promise<void> {
  await client.query(
    `select set_config('synchronous_commit', 'on', false)
     where current_setting('synchronous_commit') in ('off', 'local', 'remote_write')`,
  );
}

function withPassword(address: string, password: string | null): string {
  const url = URL.parse(address);
  if (url === null || password === null) return address;
  url.password = encodeURIComponent(password);
  return url.href;
}

/** Where a store lies, as it may be shown: no password, no options. */
export function shownAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return "postgres://...";
  const user = url.username === "" ? "" : `${url.username}@`;
  return `postgres://${user}${url.searchParams.get("host") ?? url.host}${url.pathname}`;
}

/** What an admin must do when the store cannot be opened; anything else stays the bug that it is. */
export function openingError(address: string, error: unknown): unknown {
  const shown = shownAddress(address);
  const database = URL.parse(address)?.pathname.slice(1) ?? "";
  const user = URL.parse(address)?.username ?? "";
  const code = codeOf(error);
  const reason = reasonOf(error);
  if (code === "28P01" || code === "28000" || /password must be a string|SCRAM/u.test(reason))
    return new AdminError(
      `PostgreSQL refuses the login to ${shown} (${reason}): set STORE_PASSWORD (or STORE_PASSWORD_FILE) in .env or in the environment, and see that ${user} may log in.`,
    );
  if (code === "3D000")
    return new AdminError(
      `There is no database ${database} at ${shown}: make it with "createdb ${database}".`,
    );
  if (code === "42501")
    return new AdminError(
      `${user} may not make tables at ${shown} (${reason}): let it own the database ("alter database ${database} owner to ${user}").`,
    );
  if (code === "lost")
    return new AdminError(
      `The database ${shown} cannot be reached (${reason}): does PostgreSQL run there, and does it listen for this machine? The config's key "store" says where it is.`,
    );
  return error;
}
