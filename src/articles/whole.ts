import type { ParsedEntry } from "../domain/types.ts";
import { normaliseSpace } from "../lib/text.ts";

/** An article is longer than this, in characters of text; a summary is shorter. */
const ARTICLE_LENGTH = 800;
/** The share by which a text must outgrow the description before it counts as more than that. */
const MORE_THAN_DESCRIPTION = 1.5;

const CUT =
  /(?:…|\.\.\.|&hellip;|&#8230;|&#x2026;)\s*[\])]?\s*$|(?:read (?:more|the full|the rest|on)|continue reading|keep reading|full (?:story|article)|weiterlesen|mehr lesen|lire la suite|lire plus|leer más|seguir leyendo|leggi tutto|continua a leggere|leia mais|continue lendo|lees (?:verder|meer)|läs mer|les mer|læs mere|czytaj (?:dalej|więcej)|читать (?:далее|полностью)|続きを読む|阅读全文|閱讀全文|더 보기)[^.!?]{0,120}$/iu;
const MORE_LINK = /class\s*=\s*["'][^"']{0,100}\b(?:more-link|read-more|readmore)\b/iu;
const FOOTER = /The post .{1,300} appeared first on .{1,200}$/u;

/**
 * True when the feed's own content is the whole article, so that the page need not be fetched: long enough, in more
 * than one paragraph, clearly more than the description, and without the marks of a text that was cut. When in doubt
 * false: a page fetched for nothing costs less than half an article. Linear in the length of the content.
 */
export function isWhole(entry: ParsedEntry): boolean {
  const html = entry.contentHtml;
  if (html === null || MORE_LINK.test(html)) return false;
  const text = strip(html).replace(FOOTER, "").trim();
  const description = entry.descriptionHtml === null ? "" : strip(entry.descriptionHtml);
  return (
    text.length >= ARTICLE_LENGTH &&
    text.length >= description.length * MORE_THAN_DESCRIPTION &&
    (html.match(/<(?:p|br|li|div)\b/giu)?.length ?? 0) >= 2 &&
    !CUT.test(text.slice(-300))
  );
}

/** The text without its tags; entities stay, as only the length and the end matter. */
const strip = (html: string): string => normaliseSpace(html.replaceAll(/<[^<>]*>/gu, " "));
