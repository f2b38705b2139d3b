import type { Enclosure, ImageRef } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import { plainLine } from "./plain.ts";
import type { AddressRules } from "./links-xml.ts";
import type { Element } from "./xml.ts";

const MAX_ALT = 1000;
const MAX_ENCLOSURES = 20;
const MAX_TYPE = 100;
const PICTURE = /\.(?:jpe?g|png|webp|gif|avif)$/iu;
/** Portraits of authors, which WordPress.com lists as if they were the article's media. */
const PORTRAIT = /(?:^|\.)gravatar\.com$/iu;

/** Whether an element may bring a file or a picture; a link does so by its attributes. */
const bringsFile = ({ name, attributes }: Element): boolean =>
  name === "enclosure" ||
  name.startsWith("media:") ||
  name.endsWith("image") ||
  (name.endsWith("link") && attributes.size > 0);

type Candidate = { readonly url: string; readonly alt: string | null; readonly width: number };

/** True for an address that, by its name, is a picture's. */
export const looksLikePicture = (url: string): boolean => PICTURE.test(webUrl(url)?.pathname ?? "");

/** The absolute address that an element means by `url`; null for none, or one that is too long. */
function addressOf({ base }: Element, url: string | undefined, { from, longest }: AddressRules): URL | null {
  if (url === undefined || url.trim() === "") return null;
  const found = webUrl(url.slice(0, longest + 1), base ?? from);
  return found === null || found.href.length > longest ? null : found;
}

function candidate(
  element: Element,
  url: string | undefined,
  rules: AddressRules,
  alt = "",
): readonly Candidate[] {
  const found = addressOf(element, url, rules);
  if (found === null) return [];
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

function mediaContents(elements: readonly Element[], rules: AddressRules): readonly Candidate[] {
  return named(elements, "media:content").flatMap((media) => {
    const url = media.attributes.get("url");
    const alt = named(media.children, "media:description")[0]?.content ?? "";
    return isPicture(media, url) ? candidate(media, url, rules, alt) : [];
  });
}

type Enclosing = { readonly element: Element; readonly url: string | undefined };

/** RSS's `<enclosure url>` and Atom's `<link rel="enclosure" href>`. */
function enclosing(elements: readonly Element[]): readonly Enclosing[] {
  return elements.flatMap((element) => {
    const { name, attributes } = element;
    if (name === "enclosure") return [{ element, url: attributes.get("url") ?? attributes.get("href") }];
    const isLink = name.endsWith("link") && attributes.get("rel")?.toLowerCase() === "enclosure";
    return isLink ? [{ element, url: attributes.get("href") }] : [];
  });
}

const enclosedPictures = (elements: readonly Element[], rules: AddressRules): readonly Candidate[] =>
  enclosing(elements).flatMap(({ element, url }) =>
    isPicture(element, url) ? candidate(element, url, rules) : [],
  );

/** The files that an entry brings along, at most 20; those without an http(s) address are left out. */
export function enclosuresOf(entry: Element, rules: AddressRules): readonly Enclosure[] {
  if (!entry.children.some(bringsFile)) return [];
  return enclosing(entry.children)
    .slice(0, MAX_ENCLOSURES)
    .flatMap(({ element, url }) => {
      const found = addressOf(element, url, rules);
      if (found === null) return [];
      const type = element.attributes.get("type")?.trim().toLowerCase().slice(0, MAX_TYPE);
      const length = element.attributes.get("length")?.trim() ?? "";
      return [
        { url: found.href, type: type || null, size: /^\d{1,15}$/u.test(length) ? Number(length) : null },
      ];
    });
}

/**
 * The picture that a feed names for an entry: the widest of Media RSS (inside a group or not), else an enclosure that
 * is a picture, else the widest thumbnail, else the image of a podcast or of the item itself.
 */
export function imageOf(entry: Element, rules: AddressRules): ImageRef | null {
  if (!entry.children.some(bringsFile)) return null;
  const groups = named(entry.children, "media:group").flatMap((group) => group.children);
  const top = [...entry.children, ...groups];
  const media = [...top, ...named(top, "media:content").flatMap((content) => content.children)];
  const thumbnails = named(media, "media:thumbnail").flatMap((thumbnail) =>
    candidate(thumbnail, thumbnail.attributes.get("url"), rules),
  );
  const podcast = named(entry.children, "itunes:image").flatMap((image) =>
    candidate(image, image.attributes.get("href") ?? image.attributes.get("url"), rules),
  );
  const own = named(entry.children, "image").flatMap((image) =>
    candidate(image, named(image.children, "url")[0]?.content ?? image.content.trim(), rules),
  );
  const chosen =
    widest(mediaContents(media, rules)) ??
    widest(enclosedPictures(top, rules)) ??
    widest(thumbnails) ??
    widest(podcast) ??
    widest(own);
  return chosen === null ? null : { url: chosen.url, alt: chosen.alt };
}
