import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { ConfigProblem } from "../domain/types.ts";
import { problemAt, type Path, type Place } from "./place.ts";
import { explainYamlError, isHarmlessToReadOn } from "./yaml-errors.ts";

/** A parsed file: its plain value, and where each part of it stands. */
export type YamlFile = {
  readonly file: string;
  readonly value: unknown;
  /** Where the value at a path stands, or its nearest ancestor that is there. */
  readonly placeOf: (path: Path) => Place;
  /** Where the key at the end of a path stands. */
  readonly placeOfKey: (path: Path) => Place;
};

const MAX_CHARACTERS = 1_000_000;
const MAX_DEPTH = 40;
const MAX_VALUES = 100_000;

/**
 * Reads one YAML 1.2 file. `file` is null when the text is too broken to judge its keys; duplicate keys are not.
 * Aliases are followed within bounds (40 levels, 100,000 values).
 */
export function readYaml(
  path: string,
  source: string,
): { readonly file: YamlFile | null; readonly problems: readonly ConfigProblem[] } {
  const start: Place = { file: path, line: 1, column: 1 };
  const refused = (what: string, mend: string | null) => ({
    file: null,
    problems: [problemAt(start, what, mend)],
  });
  if (source.length > MAX_CHARACTERS) return refused("the file is larger than 1 MB", "Split it.");
  const text = source.replace(/^\ufeff/u, "");
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: path, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parse(text, lines);
  if (document === null) return refused("the file is nested too deeply", null);
  const problems = document.errors.concat(document.warnings).map((error) => {
    const { what, mend } = explainYamlError(error, text, document, (offset) => placeAt(offset).line);
    return problemAt(placeAt(error.pos[0]), what, mend);
  });
  if (!document.errors.every(isHarmlessToReadOn)) return { file: null, problems: problems.slice(0, 5) };
  const value = toPlain(document);
  if (value === TOO_MUCH)
    return refused("the file is nested too deeply, or its aliases grow too large", "Write it out plainly.");
  const place = (path: Path, key: boolean) => placeAt(offsetOf(document, path, key));
  return {
    file: { file: path, value, placeOf: (p) => place(p, false), placeOfKey: (p) => place(p, true) },
    problems,
  };
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, logLevel: "error" });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const TOO_MUCH = Symbol("too much");

/** Plain data from the document, or TOO_MUCH. Empty values become undefined: a key whose value is commented out counts as not set. */
function toPlain(document: Document.Parsed): unknown {
  let left = MAX_VALUES;
  const convert = (node: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH || left-- <= 0) return TOO_MUCH;
    if (isAlias(node)) return convert(node.resolve(document), depth + 1);
    if (isScalar(node)) return scalarValue(node.value, node.source);
    if (isSeq(node)) return whole(node.items.map((item) => convert(item, depth + 1)));
    if (!isMap(node)) return undefined;
    const pairs = node.items.map(({ key, value }) => [keyText(key), convert(value, depth + 1)] as const);
    return pairs.some(([, value]) => value === TOO_MUCH) ? TOO_MUCH : withoutPrototype(pairs);
  };
  return convert(document.contents, 0);
}

const whole = (values: readonly unknown[]): unknown => (values.includes(TOO_MUCH) ? TOO_MUCH : values);

/** No key can reach a prototype: `__proto__` is a key like any other (and unknown). */
function withoutPrototype(pairs: readonly (readonly [string, unknown])[]): unknown {
  const map: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of pairs) map[key] = value;
  return map;
}

/** Digits that a number would round (snowflakes) or shorten (leading zeros) stay as they are written. */
function scalarValue(value: unknown, source: string | undefined): unknown {
  if (value === null) return undefined;
  if (typeof value === "number" && source !== undefined && String(value) !== source && /^\d+$/u.test(source))
    return source;
  return value;
}

const keyText = (key: unknown): string => (isScalar(key) ? String(key.value) : "");

/** The offset of the value (or of its key) at a path; as far as the path leads. */
function offsetOf(document: Document.Parsed, path: Path, wantKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node) ? node.items.find(({ key }) => keyText(key) === String(step)) : undefined;
    const next: unknown = isSeq(node) ? node.items[Number(step)] : pair?.value;
    const keyOffset = startOf(pair?.key);
    if (next === undefined && keyOffset === null) return offset;
    const last = index === path.length - 1;
    offset = (wantKey && last ? keyOffset : null) ?? startOf(next) ?? keyOffset ?? offset;
    node = next;
  }
  return offset;
}

const startOf = (node: unknown): number | null => (node as Node | null | undefined)?.range?.[0] ?? null;
