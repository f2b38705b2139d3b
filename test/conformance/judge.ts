import type { ParsedFeed } from "../../src/domain/types.ts";
import type { Expression, Literal } from "./expectation.ts";
import { type Field, lengthOf, readingOf } from "./fields.ts";

export type Verdict = "passed" | "failed" | "not kept";

/** The verdict on each field that an expectation asks for; none: it asks for nothing that is counted. */
export type Verdicts = ReadonlyMap<Field, Verdict>;

/** Worst first: one failed part fails the field. */
const WORST: readonly Verdict[] = ["failed", "not kept", "passed"];

export const worst = (verdicts: Iterable<Verdict>): Verdict | null => {
  const all = new Set(verdicts);
  return WORST.find((verdict) => all.has(verdict)) ?? null;
};

function merged(parts: readonly Verdicts[]): Verdicts {
  const fields = new Set(parts.flatMap((part) => [...part.keys()]));
  return new Map(
    [...fields].map((field) => {
      const verdicts = parts.flatMap((part) => part.get(field) ?? []);
      return [field, worst(verdicts) ?? "failed"];
    }),
  );
}

const isGood = (verdicts: Verdicts): boolean => worst(verdicts.values()) === "passed";

function compared(
  feed: ParsedFeed,
  side: Expression,
  expected: Literal,
  equal: boolean,
  base: string,
): Verdicts {
  if (side.kind === "path") {
    const reading = readingOf(feed, side.steps, base);
    if (reading === null) return new Map();
    const verdict = reading.is === null ? "not kept" : reading.is(expected) === equal ? "passed" : "failed";
    return new Map([[reading.field, verdict]]);
  }
  if (side.kind !== "call" || side.of.kind !== "path") return new Map();
  if (side.name === "ord")
    return compared(feed, side.of, String.fromCodePoint(Number(expected)), equal, base);
  const found = side.name === "len" ? lengthOf(feed, side.of.steps) : null;
  if (found === null) return new Map();
  return new Map([[found.field, (found.length === expected) === equal ? "passed" : "failed"]]);
}

/** What the product's result is worth against an expectation. `base` is where the file would have stood. */
export function judge(feed: ParsedFeed, expression: Expression, base: string): Verdicts {
  switch (expression.kind) {
    case "and":
      return merged(expression.parts.map((part) => judge(feed, part, base)));
    case "or": {
      const parts = expression.parts.map((part) => judge(feed, part, base));
      return parts.find(isGood) ?? merged(parts);
    }
    case "compare": {
      const { left, right, operator } = expression;
      if (right.kind !== "literal") return new Map();
      return compared(feed, left, right.value, operator === "==", base);
    }
    case "not":
    case "path":
    case "call":
    case "literal":
      return new Map();
  }
}
