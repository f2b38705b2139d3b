import { decodeReferences } from "./references.ts";

/** Attributes by lower-case name, as written there; the first of two equal names counts. */
export type Attributes = ReadonlyMap<string, string>;

/** What is told of a document, in order. Positions are indices into the source. */
export type MarkupHandler = {
  /** `contentStart` is the position right after the tag; a tag that closes itself is followed by its `close`. */
  readonly open: (name: string, attributes: Attributes, contentStart: number) => void;
  /** `contentEnd` is where the closing tag begins. */
  readonly close: (name: string, contentEnd: number) => void;
  /** Text between tags. `literal` (CDATA) text holds no references. */
  readonly text?: (text: string, literal: boolean) => void;
};

/** No real element of a feed or page has more; the rest are read over. */
export const MAX_ATTRIBUTES = 64;
const NO_ATTRIBUTES: Attributes = new Map();

type Reading = {
  readonly source: string;
  readonly handler: MarkupHandler;
  /** The last tag that was opened: mostly it is the next that is closed. */
  opened: string;
};

const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0c || code === 0x0d;
const SLASH = 0x2f;
const GREATER = 0x3e;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;

const endsName = (code: number): boolean => code === SLASH || code === GREATER || isSpace(code);

/** Where a name that begins at `from` ends; the length of the source when it does not. */
function nameEnd(source: string, from: number): number {
  let at = from;
  while (at < source.length && !endsName(source.charCodeAt(at))) at++;
  return at;
}

function skipSpace(source: string, from: number): number {
  let at = from;
  while (at < source.length && isSpace(source.charCodeAt(at))) at++;
  return at;
}

/** The position after `what`, from `from` on; -1 when it does not come any more. */
function after(source: string, what: string, from: number): number {
  const at = source.indexOf(what, from);
  return at < 0 ? -1 : at + what.length;
}

/**
 * Reads a document as XML, well-formed or not, and tells the handler of its tags and texts: what
 * htmlparser2's tokenizer tells in its XML mode, several times as fast, as whole texts, comments and CDATA are
 * skipped over at once. Every feed is read by it at every poll that brings something.
 */
export function scanXml(source: string, handler: MarkupHandler, stop: () => boolean): void {
  const reading: Reading = { source, handler, opened: "" };
  let text = 0;
  let at = 0;
  while (at >= 0 && !stop()) {
    const open = source.indexOf("<", at);
    if (open < 0) break;
    const first = source.charCodeAt(open + 1);
    // A lone `<` is text like any other.
    if (first === GREATER || isSpace(first)) {
      at = open + 1;
      continue;
    }
    const isEmptyClose = first === SLASH && source.charCodeAt(skipSpace(source, open + 2)) === GREATER;
    if (isEmptyClose) {
      at = open + 2;
      continue;
    }
    if (open > text) tellText(source, text, open, handler);
    at = readMarked(reading, open, first);
    text = at;
  }
  if (text >= 0 && !stop() && text < source.length) tellText(source, text, source.length, handler);
}

function tellText(source: string, from: number, to: number, handler: MarkupHandler): void {
  handler.text?.(decodeReferences(source.slice(from, to)), false);
}

/** What `<` begins, which stands at `open` and is followed by `first`; gives where it ends, -1: it has no end. */
function readMarked(reading: Reading, open: number, first: number): number {
  const { source, handler } = reading;
  if (first === EXCLAMATION) return readDeclared(source, open + 2, handler);
  if (first === QUESTION) return after(source, "?>", open + 2);
  return first === SLASH ? readClosing(reading, open) : readOpening(reading, open + 1);
}

/** A comment, CDATA, or a declaration, which is read over. */
function readDeclared(source: string, from: number, handler: MarkupHandler): number {
  if (source.startsWith("[CDATA[", from)) {
    const start = from + 7;
    const end = source.indexOf("]]>", start);
    handler.text?.(end < 0 ? source.slice(start) : source.slice(start, end), true);
    return end < 0 ? -1 : end + 3;
  }
  if (source.startsWith("--", from)) return commentEnd(source, from + 2);
  return after(source, ">", source.startsWith("-", from) ? from + 2 : from + 1);
}

/** `-->`, or `--!>` as browsers have it. */
function commentEnd(source: string, from: number): number {
  for (let at = source.indexOf("--", from); at >= 0; at = source.indexOf("--", at + 1)) {
    const next = source.charCodeAt(at + 2);
    if (next === GREATER) return at + 3;
    if (next === EXCLAMATION && source.charCodeAt(at + 3) === GREATER) return at + 4;
  }
  return -1;
}

function readClosing({ source, handler, opened }: Reading, open: number): number {
  const start = skipSpace(source, open + 2);
  if (source.charCodeAt(start) === SLASH) return after(source, ">", start);
  const next = start + opened.length;
  if (source.charCodeAt(next) === GREATER && source.startsWith(opened, start)) {
    handler.close(opened, open);
    return next + 1;
  }
  const end = nameEnd(source, start);
  if (end >= source.length) return -1;
  handler.close(source.slice(start, end).toLowerCase(), open);
  return after(source, ">", end);
}

function readOpening(reading: Reading, from: number): number {
  const { source, handler } = reading;
  const nameStop = nameEnd(source, from);
  const name = source.slice(from, nameStop).toLowerCase();
  reading.opened = name;
  if (source.charCodeAt(nameStop) === GREATER) {
    handler.open(name, NO_ATTRIBUTES, nameStop + 1);
    return nameStop + 1;
  }
  const attributes = new Map<string, string>();
  let at = nameStop;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (code === GREATER) {
      handler.open(name, attributes, at + 1);
      return at + 1;
    }
    if (code === SLASH) {
      at = skipSpace(source, at + 1);
      if (source.charCodeAt(at) !== GREATER) continue;
      handler.open(name, attributes, at + 1);
      handler.close(name, at + 1);
      return at + 1;
    }
    at = isSpace(code) ? at + 1 : readAttribute(source, at, attributes);
  }
  return -1;
}

/** Reads `name`, `name=value`, `name="value"`; gives where it ends. The first of two equal names counts. */
function readAttribute(source: string, from: number, attributes: Map<string, string>): number {
  let stop = from + 1;
  while (stop < source.length && source.charCodeAt(stop) !== EQUALS && !endsName(source.charCodeAt(stop)))
    stop++;
  const set = (value: string): void => {
    if (attributes.size >= MAX_ATTRIBUTES) return;
    const name = source.slice(from, stop).toLowerCase();
    if (!attributes.has(name)) attributes.set(name, decodeReferences(value));
  };
  const sign = skipSpace(source, stop);
  if (source.charCodeAt(sign) !== EQUALS) {
    set("");
    return sign;
  }
  const start = skipSpace(source, sign + 1);
  const quote = source.charCodeAt(start);
  if (quote === QUOTE || quote === APOSTROPHE) {
    const end = source.indexOf(quote === QUOTE ? '"' : "'", start + 1);
    if (end < 0) return source.length;
    set(source.slice(start + 1, end));
    return end + 1;
  }
  let end = start;
  while (end < source.length && source.charCodeAt(end) !== GREATER && !isSpace(source.charCodeAt(end))) end++;
  set(source.slice(start, end));
  return end;
}
