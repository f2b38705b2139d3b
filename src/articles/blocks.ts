import { normaliseSpace } from "../lib/text.ts";
import { type Element, isElement, type Node, parseDocument, TEXT_NODE } from "./dom.ts";

/** One run of text as a reader sees it, and what kind of element holds it. */
export type Block = { readonly kind: "paragraph" | "heading" | "item"; readonly text: string };

const BLOCK =
  /^(?:ADDRESS|ARTICLE|ASIDE|BLOCKQUOTE|BODY|CENTER|DD|DETAILS|DIV|DL|DT|FIELDSET|FIGURE|FOOTER|H[1-6]|HEADER|HGROUP|HR|LI|MAIN|OL|P|PRE|SECTION|SUMMARY|TABLE|TBODY|TD|TH|THEAD|TR|UL)$/u;
const UNREAD =
  /^(?:SCRIPT|STYLE|NOSCRIPT|TEMPLATE|SVG|MATH|FORM|BUTTON|SELECT|TEXTAREA|IFRAME|OBJECT|AUDIO|VIDEO|CANVAS|NAV|FIGCAPTION|TITLE|HEAD)$/u;
/** A forced line break ends a paragraph when the line was a sentence, or the next one is a bullet or empty. */
const LINE_END = /\n[^\S\n]*(?=\n)|(?<=[.!?:;”"»])[^\S\n]*\n|\n(?=[^\S\n]*[•‣▪●–—*-]\s)/u;

/** The text under an element, block by block, in reading order; scripts, forms, navigation and captions left out. */
export function readBlocks(root: Element): readonly Block[] {
  const blocks: Block[] = [];
  let line = "";
  const flush = (kind: Block["kind"]): void => {
    for (const part of line.split(LINE_END)) {
      const text = normaliseSpace(part);
      if (text !== "") blocks.push({ kind, text });
    }
    line = "";
  };
  const walk = (node: Node, kind: Block["kind"]): void => {
    if (node.nodeType === TEXT_NODE) line += (node.textContent ?? "").replaceAll(/\s+/gu, " ");
    if (!isElement(node)) return;
    const name = node.nodeName.toUpperCase();
    if (UNREAD.test(name) || isHidden(node)) return;
    if (name === "BR") line += "\n";
    const own = kindOf(name, kind);
    const block = BLOCK.test(name);
    if (block) flush(kind);
    for (const child of node.childNodes) walk(child, own);
    if (block) flush(own);
  };
  walk(root, "paragraph");
  flush("paragraph");
  return blocks;
}

function kindOf(name: string, outer: Block["kind"]): Block["kind"] {
  if (/^H[1-6]$/u.test(name)) return "heading";
  return name === "LI" ? "item" : outer;
}

const isHidden = (element: Element): boolean =>
  element.getAttribute("hidden") !== null ||
  /display\s*:\s*none/iu.test(element.getAttribute("style") ?? "") ||
  /(?:^|\s)(?:screen-reader-text|sr-only|visually-hidden)(?:\s|$)/u.test(element.getAttribute("class") ?? "");

/** The blocks of a piece of HTML, such as a feed's description. */
export const blocksOf = (html: string): readonly Block[] => readBlocks(parseDocument(html).body);

/** A piece of HTML as one line of plain text, entities decoded. */
export const plainText = (html: string): string =>
  blocksOf(html)
    .map(({ text }) => text)
    .join(" ");
