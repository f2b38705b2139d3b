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

const inCode = (name: string): string =>
  kept(camels, name, (text) => text.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase()));

const row = (found: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const named: Record<string, unknown> = {};
  for (const name in found) named[inCode(name)] = found[name];
  return named;
};

/**
 * Gives rows the names that the code knows: `due_at` is `dueAt` here. Kysely's own plugin for this rebuilds every query
 * besides, which takes as long as to compile it.
 */
export const NAMES: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: ({ result }) => Promise.resolve({ ...result, rows: result.rows.map(row) }),
};
