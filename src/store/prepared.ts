import type { Compilable, CompiledQuery, Kysely } from "kysely";
import type { Millis } from "../domain/types.ts";
import { storable } from "./storable.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;
type Values = Readonly<Record<string, unknown>>;

/** What every claim is given: up to `limit` rows that are due `now`, which are left alone `until` then. */
export type Claim = { readonly now: Millis; readonly until: Millis; readonly limit: number };

/** Stands in the compiled query where a value comes later. */
type Place = { readonly place: string };
const isPlace = (parameter: unknown): parameter is Place =>
  typeof parameter === "object" && parameter !== null && "place" in parameter;

/**
 * A query that is run so often that building it would cost more than the store does: it is compiled once for each
 * database, and each run puts its values in. `build` may use a value of `given` only as it is, as a parameter.
 */
export function prepared<Given extends Values, Row>(
  build: (db: Db, given: Given) => Compilable<Row>,
): (db: Db, given: Given) => Promise<readonly Row[]> {
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  const places = new Proxy({}, { get: (_, name) => ({ place: String(name) }) }) as Given;
  return async (db, given) => {
    // A database and its transactions have the same one.
    const { adapter } = db.getExecutor();
    const query = compiled.get(adapter) ?? build(db, places).compile();
    compiled.set(adapter, query);
    const parameters = query.parameters.map((one) => (isPlace(one) ? storable(given[one.place]) : one));
    return (await db.executeQuery<Row>({ ...query, parameters })).rows;
  };
}

/** The same for queries over a list: one for each length, whose items stand in `given` under their numbers. */
export function preparedLists<Given extends Values, Item, Row>(
  build: (db: Db, given: Given, items: readonly Item[]) => Compilable<Row>,
): (db: Db, given: Given, items: readonly Item[]) => Promise<readonly Row[]> {
  const byLength = new Map<number, (db: Db, given: Values) => Promise<readonly Row[]>>();
  return async (db, given, items) => {
    const run =
      byLength.get(items.length) ??
      prepared((db: Db, given: Values) =>
        build(
          db,
          given as Given,
          items.map((_, n) => given[n] as Item),
        ),
      );
    byLength.set(items.length, run);
    return await run(db, { ...given, ...Object.fromEntries(items.entries()) });
  };
}
