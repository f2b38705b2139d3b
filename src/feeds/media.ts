import type { ImageRef } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import { plainLine } from "./plain.ts";
import type { Element } from "./xml.ts";

const MAX_ALT = 1000;
const PICTURE = /\.(?:jpe?g|png|webp|gif|avif)$/iu;
/** Portraits of authors, which WordPress.com lists as if they were the article's media. */
const PORTRAIT = /(?:^|\.)gravatar\.com$/iu;

type Candidate = { readonly url: string; readonly alt: string | null; readonly width: number };

/** True for an address that, by its name, is a picture's. */
export const looksLikePicture = (url: string): boolean => PICTURE.test(webUrl(url)?.pathname ?? "");

function candidate(element: Element, url: string | undefined, max: number, alt = ""): readonly Candidate[] {
  const found = webUrl(url?.slice(0, max + 1) ?? "", element.base);
  if (url === undefined || url.trim() === "" || found === null || found.href.length > max) return [];
  if (PORTRAIT.test(found.hostname)) return [];
  const line = plainLine(alt, "html", MAX_ALT);
  const width = Number(element.attributes.get("width") ?? 0);
  return [{ url: found.href, alt: line === "" ? null : line, width: Number.isFinite(width) ? width : 0 }];
}

/** Whether an element with `type`, `medium` and an address stands for a picture. */
function isPicture(element: Element, url: string | undefined): boolean {
  const type = element.attributes.get("type")?.toLowerCase() ?? "";
  const medium = element.attributes.get("medium")?.toLowerCase() ?? "";
  if (type !== "") return type.startsWith("image/") && !type.includes("svg");
  return medium === "image" || (medium === "" && url !== undefined && looksLikePicture(url));
}

const widest = (candidates: readonly Candidate[]): Candidate | null =>
  candidates.reduce<Candidate | null>(
    (best, next) => (best === null || next.width > best.width ? next : best),
    null,
  );

const named = (elements: readonly Element[], name: string): readonly Element[] =>
  elements.filter((element) => element.name === name);

function mediaContents(elements: readonly Element[], max: number): readonly Candidate[] {
  return named(elements, "media:content").flatMap((media) => {
    const url = media.attributes.get("url");
    const alt = named(media.children, "media:description")[0]?.content ?? "";
    return isPicture(media, url) ? candidate(media, url, max, alt) : [];
  });
}

function enclosures(elements: readonly Element[], max: number): readonly Candidate[] {
  return elements.flatMap((element) => {
    const isEnclosure = element.name === "enclosure";
    const isLink =
      element.name.endsWith("link") && element.attributes.get("rel")?.toLowerCase() === "enclosure";
    const url = element.attributes.get(isEnclosure ? "url" : "href");
    return (isEnclosure || isLink) && isPicture(element, url) ? candidate(element, url, max) : [];
  });
}

/**
 * The picture that a feed names for an entry: the widest of Media RSS (inside a group or not), else an enclosure that
 * is a picture, else the widest thumbnail, else the image of a podcast or of the item itself.
 */
export function imageOf(entry: Element, maxLength: number): ImageRef | null {
  const groups = named(entry.children, "media:group").flatMap((group) => group.children);
  const top = [...entry.children, ...groups];
  const media = [...top, ...named(top, "media:content").flatMap((content) => content.children)];
  const thumbnails = named(media, "media:thumbnail").flatMap((thumbnail) =>
    candidate(thumbnail, thumbnail.attributes.get("url"), maxLength),
  );
  const podcast = named(entry.children, "itunes:image").flatMap((image) =>
    candidate(image, image.attributes.get("href"), maxLength),
  );
  const own = named(entry.children, "image").flatMap((image) =>
    candidate(image, named(image.children, "url")[0]?.content ?? image.content.trim(), maxLength),
  );
  const chosen =
    widest(mediaContents(media, maxLength)) ??
    widest(enclosures(top, maxLength)) ??
    widest(thumbnails) ??
    widest(podcast) ??
    widest(own);
  return chosen === null ? null : { url: chosen.url, alt: chosen.alt };
}
