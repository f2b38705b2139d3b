import { reasonOf } from "../domain/errors.ts";

/** What the network says of a server that is away, what PostgreSQL says while it stops, starts or fails over. */
const LOST_CODES =
  /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|ENOENT|E?TIMEDOUT|EHOST\w+|ENET\w+|08\w{3}|57P0[1-5]|53300|25P03|25006)$/u;
/** The same from the client library, which gives these no code. */
const LOST_WORDS =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed)/u;
/** Serialization failure and deadlock: nothing was written, and the same again will do. */
const AGAIN_CODES = new Set(["40001", "40P01"]);
/**
 * SQLite's primary result codes (sqlite.org/rescode.html) for what passes, and is the fault of nothing that was to be
 * written: another program keeps the file locked (SQLITE_BUSY), as a move does while it reads; the disk cannot be
 * written (READONLY), fails (IOERR) or is full (FULL).
 */
const PASSING = new Set([5, 8, 10, 13]);

/** The one place where the store's errors are told apart: "lost", "again", or the server's own code; "" for others. */
export function codeOf(error: unknown): string {
  const given = error instanceof Error && "code" in error ? String(error.code) : "";
  const errcode = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  if (PASSING.has(errcode & 0xff)) return "lost";
  if (LOST_CODES.test(given) || LOST_WORDS.test(reasonOf(error))) return "lost";
  return AGAIN_CODES.has(given) ? "again" : given;
}

/** Whether the store cannot be used for now; what was asked of it may or may not have been written. */
export const isStoreLost = (error: unknown): boolean => codeOf(error) === "lost";
