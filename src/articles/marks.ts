import { webUrl } from "../lib/address.ts";
import type { Document } from "./dom.ts";
import type { LinkedData } from "./json-ld.ts";
import { folded } from "./wording.ts";

/** What publishers call a text that somebody paid for, as a category or as a part of its address. */
const PAID = new Set(
  [
    "sponsored, sponsored content, sponsored post, sponsored posts, sponsored story, sponsored article, sponsor content",
    "advertorial, advertorials, advertisement feature, advertising feature, paid content, paid post, paidpost",
    "partner content, partnercontent, branded content, brand content, brandvoice, brand voice, brand studio",
    "native ad, native advertising, promoted content, promoted post, anzeige, anzeigen, werbung, gesponsert",
    "publireportage, publi reportage, contenu sponsorisé, contenu sponsorise, contenu partenaire",
    "contenido patrocinado, patrocinado, publirreportaje, publireportaje, contenido de marca",
    "contenuto sponsorizzato, sponsorizzato, publiredazionale, conteúdo patrocinado, conteudo patrocinado",
    "conteúdo de marca, gesponsord, gesponsorde content, annonssamarbete, annonsørinnhold, annonsorinnhold",
    "artykuł sponsorowany, artykul sponsorowany, материал партнёра, партнерский материал, スポンサー記事",
  ]
    .join(", ")
    .split(", ")
    .map(folded),
);

/** A headline that says so itself: "Sponsored: …", "[Anzeige] …". */
const PAID_TITLE =
  /^[[(]?(?:sponsored|advertorial|anzeige|publireportage|publirreportaje)[\])]?\s*[:|–—\])-]/iu;

/** What marks an article as paid for; null: nothing does. */
export function paidMark(of: {
  readonly title: string;
  readonly url: string;
  readonly categories: readonly string[];
}): string | null {
  const category = of.categories.find((name) => PAID.has(folded(name)));
  if (category !== undefined) return `its category is “${category}”`;
  const part = (webUrl(of.url)?.pathname ?? "").split("/").find((name) => PAID.has(folded(name)));
  if (part !== undefined) return `its address has the part “${part}”`;
  return PAID_TITLE.test(of.title) ? "its headline says so" : null;
}

/**
 * The same from what a page says of itself (https://schema.org/AdvertiserContentArticle), or from a link in its text
 * that is marked as paid for (https://developers.google.com/search/docs/crawling-indexing/qualify-outbound-links).
 * Links outside paragraphs are the site's advertisements.
 */
export function paidMarkOfPage(document: Document, linked: LinkedData | null): string | null {
  if (linked?.types.includes("AdvertiserContentArticle") === true)
    return "the page calls it AdvertiserContentArticle";
  const link = document.querySelector('article p a[rel~="sponsored"], main p a[rel~="sponsored"]');
  return link === null ? null : PAID_LINK;
}

const PAID_LINK = "a link in its text is marked rel=sponsored";

/** The same from the HTML that a feed carries. */
export const paidMarkOfHtml = (html: string): string | null =>
  /<a\b[^<>]{0,2000}\brel\s*=\s*["']?[^"'<>]{0,200}\bsponsored\b/iu.test(html) ? PAID_LINK : null;

/**
 * What says that readers must pay: `isAccessibleForFree` of the article or of a part of it
 * (https://developers.google.com/search/docs/appearance/structured-data/paywalled-content), or the content tier.
 */
export function paywallMark(document: Document, linked: LinkedData | null): string | null {
  if (linked?.isFree === false) return "the page says isAccessibleForFree: false";
  const tier = document
    .querySelector('meta[property="article:content_tier"]')
    ?.getAttribute("content")
    ?.trim()
    .toLowerCase();
  return tier === "locked" || tier === "metered" ? `the page's content tier is ${tier}` : null;
}
