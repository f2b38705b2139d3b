import type { Config, ConfigProblem, Json } from "../domain/types.ts";

/** A config as it was read and found right, with what is to be said of it. */
export type ReadConfig = { readonly config: Config; readonly warnings: readonly ConfigProblem[] };

type Row = Readonly<Record<string, Json>>;
/** Rows with the same keys; what is no plain value stands once in `shared`, and its place there in the row. */
type Table = {
  readonly keys: readonly string[];
  readonly isShared: readonly boolean[];
  readonly shared: readonly Json[];
  readonly rows: readonly (readonly Json[])[];
};

const TABLES = ["feeds", "destinations", "subscriptions"] as const;

/**
 * A config as text from which `unpackConfig` makes the same again. Lists may be very long, and say the same of nearly
 * all items (a schedule, a filter): that is written once, and shared by all again afterwards.
 */
export function packConfig({ config, warnings }: ReadConfig): string {
  const tables = TABLES.map((name) => tableOf(config[name]));
  return JSON.stringify({
    config: { ...config, feeds: [], destinations: [], subscriptions: [] },
    tables,
    warnings,
  });
}

export function unpackConfig(packed: string): ReadConfig {
  const read = JSON.parse(packed) as ReadConfig & { readonly tables: readonly Table[] };
  const lists = Object.fromEntries(TABLES.map((name, n) => [name, rowsOf(read.tables[n])]));
  return { config: { ...read.config, ...lists }, warnings: read.warnings };
}

function tableOf(rows: readonly object[]): Table {
  const keys = Object.keys(rows[0] ?? {});
  const isShared = keys.map((key) => rows.some((row) => isObject((row as Row)[key])));
  const shared: Json[] = [];
  const known = new Map<string, number>();
  const placeOf = (value: Json): number => {
    const text = JSON.stringify(value);
    const place = known.get(text) ?? shared.push(value) - 1;
    known.set(text, place);
    return place;
  };
  const cells = (row: Row): readonly Json[] =>
    keys.map((key, n) => (isShared[n] === true ? placeOf(row[key] ?? null) : (row[key] ?? null)));
  return { keys, isShared, shared, rows: rows.map((row) => cells(row as Row)) };
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

function rowsOf(table: Table | undefined): readonly Row[] {
  if (table === undefined) return [];
  const { keys, isShared, shared, rows } = table;
  return rows.map((cells) => {
    const row: Record<string, Json> = {};
    for (const [n, key] of keys.entries()) {
      const cell = cells[n] ?? null;
      row[key] = isShared[n] === true ? (shared[Number(cell)] ?? null) : cell;
    }
    return row;
  });
}
