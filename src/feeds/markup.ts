import { Tokenizer } from "htmlparser2";
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

/** No real element of a feed has more; the rest are read over. */
const MAX_ATTRIBUTES = 64;

const ignore = (): void => {};

/** The attributes of the tag being read; the tokenizer tells a value in pieces. */
function attributeReader(source: string) {
  let attributes = new Map<string, string>();
  let name: string | null = null;
  let value = "";
  return {
    begin: (): void => void (attributes = new Map()),
    taken: (): Attributes => attributes,
    onattribname: (start: number, end: number): void => {
      name = attributes.size < MAX_ATTRIBUTES ? source.slice(start, end).toLowerCase() : null;
      value = "";
    },
    onattribdata: (start: number, end: number): void => {
      if (name !== null) value += source.slice(start, end);
    },
    onattribend: (): void => {
      if (name !== null && !attributes.has(name)) attributes.set(name, decodeReferences(value));
      name = null;
    },
  };
}

/**
 * Reads XML or HTML from beginning to end and tells the handler of its tags and texts, well-formed or not, in time
 * linear in its length: there is no tree and no stack here. Names come in lower case. The reading stops once `stop()`
 * says so, after the tag at hand. Nothing that a document can hold makes it throw.
 */
export function readMarkup(
  source: string,
  mode: "xml" | "html",
  handler: MarkupHandler,
  stop: () => boolean = () => false,
): void {
  const reader = attributeReader(source);
  let tag = "";
  const halt = (): void => {
    if (stop()) tokenizer.pause();
  };
  const tokenizer: Tokenizer = new Tokenizer(
    { xmlMode: mode === "xml", decodeEntities: false },
    {
      onopentagname: (start, end) => {
        tag = source.slice(start, end).toLowerCase();
        reader.begin();
      },
      onattribname: reader.onattribname,
      onattribdata: reader.onattribdata,
      onattribend: reader.onattribend,
      onopentagend: (end) => {
        handler.open(tag, reader.taken(), end + 1);
        halt();
      },
      onselfclosingtag: (end) => {
        handler.open(tag, reader.taken(), end + 1);
        if (mode === "xml") handler.close(tag, end + 1);
        halt();
      },
      onclosetag: (start, end) => {
        handler.close(source.slice(start, end).toLowerCase(), source.lastIndexOf("<", start));
        halt();
      },
      ontext: (start, end) => handler.text?.(decodeReferences(source.slice(start, end)), false),
      oncdata: (start, end, offset) => handler.text?.(source.slice(start, end - offset), true),
      onattribentity: ignore,
      ontextentity: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  );
  tokenizer.write(source);
  tokenizer.end();
}
