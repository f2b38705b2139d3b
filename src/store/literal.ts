import { sql } from "kysely";

/**
 * A word of a partial index's condition, written into the statement: given as a parameter, SQLite would plan the
 * statement anew each time (sqlite.org/c3ref/prepare.html: a parameter that decides about an index).
 */
export const literal = <Word extends string | number>(word: Word) => sql.lit(word);
