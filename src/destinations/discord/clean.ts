import { oneLine } from "../../lib/text.ts";

/** More marks on one letter than any script needs; beyond that they run over the lines above and below. */
const MARKS = /(\p{M}{6})\p{M}+/gu;

/** Foreign text as one line that cannot disturb what stands around it; the words are untouched. */
export function cleanText(text: string | null): string {
  return oneLine(text ?? "").replaceAll(MARKS, "$1");
}

/** The longest address that Discord takes in an embed. */
const URL_MAX = 2048;

/** The address as Discord accepts it, without user name or password; null when it is not http(s) or too long. */
export function webAddress(address: string | null): string | null {
  const url = address === null ? null : URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  url.username = "";
  url.password = "";
  return url.href.length <= URL_MAX ? url.href : null;
}

/** The host of an address for people: no `www.`; null for no address. */
export function hostOf(address: string | null): string | null {
  return (address === null ? null : URL.parse(address))?.hostname.replace(/^www\./, "") || null;
}
