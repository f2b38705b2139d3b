import type { Outcome } from "./oracle.ts";

/** Histories, what was in them, and what went wrong, each with its count. */
export type Total = Readonly<Record<string, number>>;

export const totalOf = ({ faults, ...counts }: Outcome): Total => ({ histories: 1, ...counts, ...faults });

export const sumOf = (one: Total, other: Total): Total =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [
      name,
      (one[name] ?? 0) + (other[name] ?? 0),
    ]),
  );

export const told = (total: Total): string =>
  Object.entries(total)
    .map(([name, n]) => `${n} ${name}`)
    .join(", ");
