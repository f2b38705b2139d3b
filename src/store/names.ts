import type { KyselyPlugin } from "kysely";

const snakes = new Map<string, string>();
const camels = new Map<string, string>();

function kept(names: Map<string, string>, name: string, made: (name: string) => string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const fresh = made(name);
  names.set(name, fresh);
  return fresh;
}

/** A name as it stands in SQL: `dueAt` is `due_at` there. The compilers of both engines write it so. */
export const inSql = (name: string): string =>
  kept(snakes, name, (text) => text.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`));

/** A name as the code knows it: `due_at` is `dueAt` here. */
export const inCode = (name: string): string =>
  kept(camels, name, (text) => text.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase()));

type Row = Record<string, unknown>;

/** Rows under the names that the code knows; those of one result all have the same. */
function named(rows: Row[]): Row[] {
  const [first = {}] = rows;
  const pairs = Object.keys(first).map((name) => [name, inCode(name)] as const);
  if (pairs.every(([name, known]) => name === known)) return rows;
  return rows.map((found) => {
    const row: Row = {};
    for (const [name, known] of pairs) row[known] = found[name];
    return row;
  });
}

/**
 * Gives rows the names that the code knows, where the driver did not. Kysely's own plugin for this rebuilds every query
 * besides, which takes as long as to compile it.
 */
export const NAMES: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: ({ result }) => Promise.resolve({ ...result, rows: named(result.rows) }),
};
