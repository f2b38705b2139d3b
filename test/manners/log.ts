import type { Millis } from "../../src/domain/types.ts";
import type { Asked } from "./site.ts";

/** From one request to the next. */
export const gaps = (log: readonly Asked[]): readonly Millis[] =>
  log.slice(1).map((asked, i) => asked.at - (log[i]?.at ?? 0));

export const smallest = (values: readonly number[]): number => Math.min(...values);
export const largest = (values: readonly number[]): number => Math.max(...values);

/** Both validators of a request. */
export const conditions = ({ headers }: Asked): readonly (string | undefined)[] => [
  headers["if-none-match"],
  headers["if-modified-since"],
];

export const unconditional = (log: readonly Asked[]): readonly Asked[] =>
  log.filter((asked) => conditions(asked).every((value) => value === undefined));

/** The requests in `[from, to)`. */
export const between = (log: readonly Asked[], from: Millis, to: Millis): readonly Asked[] =>
  log.filter(({ at }) => at >= from && at < to);
