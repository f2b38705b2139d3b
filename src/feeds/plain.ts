import { ellipsize, normaliseSpace, oneLine } from "../lib/text.ts";
import { decodeReferences } from "./references.ts";

const BLOCKS = [
  "address article aside blockquote br center dd details div dl dt figcaption figure footer form",
  "h1 h2 h3 h4 h5 h6 header hr iframe img li main nav ol option p pre section table tbody td tfoot th thead tr ul",
]
  .join(" ")
  .split(" ");
const INLINE = [
  "a abbr acronym audio b bdi bdo big cite code data del dfn em embed font i input ins kbd label mark meta nobr",
  "object picture q rp rt ruby s samp script small source span strike strong style sub sup svg time tt u var video wbr",
]
  .join(" ")
  .split(" ");
const BLOCK_NAMES = new Set(BLOCKS);
const HTML_NAMES = new Set([...BLOCKS, ...INLINE]);

/** A tag, which ends at the next `>`; one that another `<` interrupts is text. Linear on any input. */
const TAG = /<\/?([a-z][a-z0-9]{0,15})(?:[\s/][^<>]*)?>/giu;
const COMMENT = /<!--.{0,2000}?-->/gsu;
const REFERENCE = /&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/iu;

/** HTML's own tags gone, a space for those that begin a line; `List<String>` stays, being no tag of HTML. */
function withoutTags(text: string): string {
  if (!text.includes("<")) return text;
  return text.replaceAll(COMMENT, "").replaceAll(TAG, (tag, name: string) => {
    const known = name.toLowerCase();
    if (!HTML_NAMES.has(known)) return tag;
    return BLOCK_NAMES.has(known) ? " " : "";
  });
}

/** True when a text that claims to be plain is HTML after all. */
export function looksLikeHtml(text: string): boolean {
  for (const [, name] of text.matchAll(TAG)) if (name && HTML_NAMES.has(name.toLowerCase())) return true;
  return false;
}

/** Plain text as HTML that shows it. */
export function asHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * A title, a name or a label as one plain line of at most `max` UTF-16 units, cut at a word. `kind` says what the
 * text is once XML was read; text that was escaped once too often (`&amp;amp;`, a title of `&lt;b&gt;`) is unwrapped
 * once more, whatever it claims to be.
 */
export function plainLine(text: string, kind: "html" | "text", max: number): string {
  // What is cut away here could not be seen: even `&#128512;` in every place leaves enough.
  const bounded = text.slice(0, max * 16);
  let plain = kind === "html" ? decodeReferences(withoutTags(bounded)) : bounded;
  if (REFERENCE.test(plain)) plain = decodeReferences(plain);
  if (plain !== bounded || kind === "html") plain = withoutTags(plain);
  return ellipsize(oneLine(plain), max, (part) => part.length);
}

/** Any tag or comment. Linear on any input: the next `<` ends the search. */
const MARKUP = /<[^<>]*>/gu;

/** What stands in it is said to browsers, and may be another at each poll. */
const UNSEEN = /<(script|style)[\s>]/giu;

/** The text without its scripts and styles; one without an end goes on to the end of the text. */
function withoutUnseen(html: string): string {
  if (!html.includes("<s") && !html.includes("<S")) return html;
  const lower = html.toLowerCase();
  let kept = "";
  let from = 0;
  for (const { 1: name = "", index } of html.matchAll(UNSEEN)) {
    if (index < from) continue;
    kept += html.slice(from, index);
    const end = lower.indexOf(`</${name.toLowerCase()}`, index);
    if (end < 0) return kept;
    from = end;
  }
  return kept + html.slice(from);
}

/**
 * The words of HTML, to be compared and not to be shown: tags, scripts and styles are gone, references stay as they are
 * written. No tokenizer is asked: many entries may be compared at once.
 */
export const htmlWords = (html: string): string =>
  normaliseSpace(withoutUnseen(html).replaceAll(MARKUP, " "));
