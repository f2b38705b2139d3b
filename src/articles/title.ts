import { registrableDomain, webUrl } from "../lib/address.ts";
import { folded } from "./wording.ts";

const SEPARATOR = /\s+[|–—\-·•»:]\s+|\s*[|»]\s*/u;
const JOINT = String.raw`[\s|–—\-·•»:]+`;

/**
 * A page's title without the name of the site that many put behind (or before) it. What is cut off must be one of
 * the site's names (its own, its host, its domain), or the rest must be the page's one heading: a dash inside a
 * headline stays.
 */
export function withoutSiteName(title: string, names: readonly string[], heading: string | null): string {
  if (heading !== null && heading.length >= 15 && title.startsWith(heading)) {
    if (/^\s*[|–—\-·•»:]\s/u.test(title.slice(heading.length))) return heading;
  }
  const known = new Set(names.map(letters).filter((name) => name !== ""));
  const parts = title.split(SEPARATOR);
  const [head = ""] = parts;
  const last = parts.at(-1) ?? "";
  if (parts.length < 2) return title;
  if (known.has(letters(last))) {
    return title.slice(0, title.length - last.length).replace(new RegExp(`${JOINT}$`, "u"), "");
  }
  return known.has(letters(head))
    ? title.slice(head.length).replace(new RegExp(`^${JOINT}`, "u"), "")
    : title;
}

/** What a site may be called: the name it gives itself, its host, its domain with and without the ending. */
export function siteNames(siteName: string | null, url: string): readonly string[] {
  const host = webUrl(url)?.hostname.replace(/^www\./u, "") ?? "";
  const domain = registrableDomain(host);
  return [siteName ?? "", host, domain, domain.split(".")[0] ?? ""];
}

const letters = (text: string): string => folded(text).replaceAll(" ", "");
