import { parseHTML } from "linkedom";

/** What we use of a DOM node; the project compiles without the browser's types. */
export type Node = {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<Node>;
};

export type Element = Node & {
  readonly parentElement: Element | null;
  readonly getAttribute: (name: string) => string | null;
  readonly querySelector: (selector: string) => Element | null;
  readonly querySelectorAll: (selector: string) => Iterable<Element>;
  readonly remove: () => void;
};

export type Document = {
  readonly documentElement: Element;
  readonly body: Element;
  readonly querySelector: (selector: string) => Element | null;
  readonly querySelectorAll: (selector: string) => Iterable<Element>;
};

export const ELEMENT_NODE = 1;
export const TEXT_NODE = 3;

/** Browsers flatten what is nested deeper than this; a page that needs more is an attack or broken. */
const MAX_DEPTH = 512;

const OPENING = /<(?:(!--)|(\/?)([a-z][a-z0-9-]*)\b)/gu;
const NEVER_NESTED =
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|tr|td|th|thead|tbody|tfoot|option|optgroup|colgroup|rt|rp|html|head|body)$/u;
const RAW = /^(?:script|style|textarea|title)$/u;

/**
 * Whether elements are nested deeper than any real page needs: one look along the text, before a parser whose cost
 * grows with the square of the depth sees it. Elements that close by themselves (void ones, `<p>`, `<li>`) don't count.
 */
export function isTooDeep(html: string): boolean {
  const text = html.toLowerCase();
  const opening = new RegExp(OPENING);
  let depth = 0;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const [, comment, closing, name = ""] = found;
    const raw = closing === "" && RAW.test(name);
    if (comment !== undefined || raw) {
      const end = text.indexOf(raw ? `</${name}` : "-->", opening.lastIndex);
      if (end < 0) return false;
      opening.lastIndex = raw ? end + name.length + 2 : end;
    } else if (!NEVER_NESTED.test(name)) {
      depth = closing === "/" ? Math.max(0, depth - 1) : depth + 1;
      if (depth > MAX_DEPTH) return true;
    }
  }
  return false;
}

/** A whole page, or a fragment of one, as a document that always has a body. */
export function parseDocument(html: string): Document {
  const whole = /<html[\s>]/iu.test(html)
    ? html
    : `<!doctype html><html><head></head><body>${html}</body></html>`;
  return (parseHTML(whole) as { document: Document }).document;
}

export const isElement = (node: Node): node is Element => node.nodeType === ELEMENT_NODE;
