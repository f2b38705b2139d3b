import type { ImageRef } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import { oneLine } from "../lib/text.ts";
import type { Element } from "./dom.ts";

const NEVER =
  /gravatar\.com|\/s\.w\.org\/|\/emoji\/|wp-smiley|twemoji|\/avatars?[/_.-]|[/_.-](?:logo|favicon|sprite|placeholder|default-(?:image|og)|site-icon)s?[/_.-]|[/_.-](?:spacer|blank|transparent|pixel|1x1|icon-?\d*)\.|\.(?:svgz?|gif|ico)(?:$|[?#])|^https?:\/\/(?:pixel|stats|b|sb|count|beacon|tracking|ad|ads)\.|feedburner\.com\/~|feedsportal\.com|doubleclick|\/wp-includes\/|scorecardresearch|facebook\.com\/tr|google-analytics|\/count(?:er)?(?:\.php|\?)/iu;

/** Width and height below which a picture in the text is an icon, a smiley or a tracking pixel. */
const MIN_SIDE = 150;

/** Whether an address is, by its looks, no picture of the story: gravatar, smiley, logo, tracking pixel, SVG, GIF. */
export const isNoPicture = (url: string): boolean => NEVER.test(url);

/** A picture by its address, made absolute; null when it is no web address. */
export function pictureAt(
  src: string | null | undefined,
  alt: string | null | undefined,
  base: string | null,
): ImageRef | null {
  const url = src === null || src === undefined || src === "" ? null : webUrl(src, base ?? undefined);
  if (url === null) return null;
  const text = oneLine(alt ?? "");
  return { url: url.href, alt: text === "" ? null : text };
}

/** So many are tried, so that a page of bad ones costs a publisher little. */
const MOST_PICTURES = 3;

/**
 * Those that may be a picture of the story, each once, in their order; where none may, the first that was given at all,
 * so that the check of the picture can say what was wrong with it.
 */
export function choosePictures(pictures: readonly (ImageRef | null)[]): readonly ImageRef[] {
  const given = pictures.filter((picture) => picture !== null);
  const fit = given.filter(
    ({ url }, at) => !isNoPicture(url) && given.findIndex((other) => other.url === url) === at,
  );
  return fit.length > 0 ? fit.slice(0, MOST_PICTURES) : given.slice(0, 1);
}

/** The first picture in an article's body that is large enough to be one, its lazy-loading address included. */
export function firstPicture(body: Element, base: string | null): ImageRef | null {
  for (const image of body.querySelectorAll("img")) {
    if (!mayBeLarge(image)) continue;
    const picture = pictureAt(sourceOf(image), image.getAttribute("alt"), base);
    if (picture !== null && !isNoPicture(picture.url)) return picture;
  }
  return null;
}

function mayBeLarge(image: Element): boolean {
  const sides = ["width", "height"].map((name) => Number.parseInt(image.getAttribute(name) ?? "", 10));
  const looks = `${image.getAttribute("class") ?? ""} ${image.getAttribute("id") ?? ""}`;
  return (
    sides.every((side) => Number.isNaN(side) || side >= MIN_SIDE) &&
    !/(?:^|[\s_-])(?:avatar|emoji|wp-smiley|logo|icon)(?:$|[\s_-])/iu.test(looks)
  );
}

function sourceOf(image: Element): string | null {
  for (const name of ["data-src", "data-lazy-src", "data-original", "src"]) {
    const value = image.getAttribute(name)?.trim() ?? "";
    if (value !== "" && !value.startsWith("data:")) return value;
  }
  const set = image.getAttribute("srcset") ?? image.getAttribute("data-srcset") ?? "";
  return set.trim().split(/\s+/u)[0] || null;
}
