import { Tokenizer } from "htmlparser2";
import { decodeReferences } from "./references.ts";
import { type Attributes, MAX_ATTRIBUTES } from "./scan-xml.ts";

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
 * Reads HTML from beginning to end and tells of its opening tags, in lower case, in time linear in its length: there is
 * no tree and no stack here. The reading stops once `stop()` says so, after the tag at hand. Nothing that a document can
 * hold makes it throw.
 */
export function readTags(
  source: string,
  open: (name: string, attributes: Attributes) => void,
  stop: () => boolean = () => false,
): void {
  const reader = attributeReader(source);
  let tag = "";
  const opened = (): void => {
    open(tag, reader.taken());
    if (stop()) tokenizer.pause();
  };
  const tokenizer: Tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname: (start, end) => {
        tag = source.slice(start, end).toLowerCase();
        reader.begin();
      },
      onattribname: reader.onattribname,
      onattribdata: reader.onattribdata,
      onattribend: reader.onattribend,
      onopentagend: opened,
      onselfclosingtag: opened,
      onclosetag: ignore,
      ontext: ignore,
      oncdata: ignore,
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
