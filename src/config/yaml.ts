import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { ConfigProblem } from "../domain/types.ts";
import { problemAt, type Path, type Place } from "./place.ts";
import { explainYamlError, isHarmlessToReadOn, isTooDeep, UNUSABLE, type Explained } from "./yaml-errors.ts";

/** A parsed file: its plain value, and where each part of it stands. */
export type YamlFile = {
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Where the value at a path stands, or its nearest ancestor that is there. */
  readonly placeOf: (path: Path) => Place;
  /** Where a character of the text at a path stands, counted from its start; the text's own start where that is unclear. */
  readonly placeIn: (path: Path, at: number) => Place;
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
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: path, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refused = (offset: number, { what, mend }: Explained) => ({
    file: null,
    problems: [problemAt(placeAt(offset), what, mend)],
  });
  if (source.length > MAX_CHARACTERS) return refused(0, UNUSABLE.tooLong);
  const text = source.replace(/^\ufeff/u, "");
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: "error",
  });
  const errors = [...document.errors, ...document.warnings];
  if (errors.some(isTooDeep)) return refused(0, UNUSABLE.tooLarge);
  const problems = errors.map((error) => {
    const { what, mend } = explainYamlError(error, text, document, (offset) => placeAt(offset).line);
    return problemAt(placeAt(error.pos[0]), what, mend);
  });
  if (!errors.every(isHarmlessToReadOn)) return { file: null, problems: problems.slice(0, 5) };
  const plain = toPlain(document);
  if (plain.kind === "too large") return refused(0, UNUSABLE.tooLarge);
  if (plain.kind === "bad alias") return refused(plain.offset, UNUSABLE.badAlias);
  if (plain.kind === "no block") return refused(plain.offset, UNUSABLE.noBlock);
  return {
    file: {
      file: path,
      value: plain.value,
      placeOf: (steps) => placeAt(offsetOf(document, steps, false)),
      placeIn: (steps, at) => {
        const start = offsetOf(document, steps, false);
        return placeAt(start + offsetIn(document.getIn(steps, true), text, start, at));
      },
      placeOfKey: (steps) => placeAt(offsetOf(document, steps, true)),
    },
    problems,
  };
}

type Plain =
  | { readonly kind: "block"; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: "too large" }
  | { readonly kind: "bad alias"; readonly offset: number }
  | { readonly kind: "no block"; readonly offset: number };

/**
 * Plain data from the document. Empty values become undefined: a key whose value is commented out counts as not set.
 */
function toPlain(document: Document.Parsed): Plain {
  let left = MAX_VALUES;
  let trouble: Plain | null = null;
  const convert = (node: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH || left-- <= 0) trouble = { kind: "too large" };
    if (trouble !== null) return undefined;
    if (isScalar(node)) return scalarValue(node.value, node.source);
    if (isSeq(node)) return node.items.map((item) => convert(item, depth + 1));
    if (isMap(node))
      return blockOf(node.items.map(({ key, value }) => [keyText(key), convert(value, depth + 1)]));
    if (!isAlias(node)) return undefined;
    const target = node.resolve(document);
    if (target === undefined) trouble = { kind: "bad alias", offset: startOf(node) ?? 0 };
    return convert(target, depth + 1);
  };
  const value = convert(document.contents, 0);
  if (trouble !== null) return trouble;
  if (value === undefined) return { kind: "block", value: {} };
  if (!isMap(document.contents)) return { kind: "no block", offset: startOf(document.contents) ?? 0 };
  return { kind: "block", value: value as Readonly<Record<string, unknown>> };
}

/** A block that no key can leave by its prototype: `__proto__` is a key like any other (and unknown). */
export function blockOf(pairs: readonly (readonly [string, unknown])[]): Readonly<Record<string, unknown>> {
  const block = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of pairs) block[key] = value;
  return block;
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

/**
 * How far from its start in the file a character of a text stands, whatever quotes and indentation it is written in: its
 * n-th brace is the n-th brace there. 0 where that does not show (the character is written as an escape).
 */
function offsetIn(node: unknown, source: string, start: number, at: number): number {
  if (!isScalar(node) || typeof node.value !== "string") return 0;
  const raw = source.slice(start, node.range?.[1] ?? start);
  const character = node.value.charAt(at);
  let offset = raw.indexOf(character);
  for (const earlier of node.value.slice(0, at))
    if (earlier === character && offset !== -1) offset = raw.indexOf(character, offset + 1);
  return Math.max(0, offset);
}

const startOf = (node: unknown): number | null => (node as Node | null | undefined)?.range?.[0] ?? null;
