import { sameWords } from "./wording.ts";

const SEPARATOR = /\s+[|–—\-·•»:]\s+|\s*[|»]\s*/u;

/**
 * A page's title without the name of the site that many put behind (or before) it. What is cut off must be the
 * site's name, or the rest must be the page's one heading: a dash inside a headline stays.
 */
export function withoutSiteName(title: string, siteName: string | null, heading: string | null): string {
  if (heading !== null && heading.length >= 15 && title.length > heading.length) {
    const rest = title.startsWith(heading) ? title.slice(heading.length) : null;
    if (rest !== null && /^\s*[|–—\-·•»:]\s/u.test(rest)) return heading;
  }
  if (siteName === null) return title;
  const parts = title.split(SEPARATOR);
  const last = parts.at(-1) ?? "";
  if (parts.length > 1 && sameWords(last, siteName)) {
    return title.slice(0, title.length - last.length).replace(/[\s|–—\-·•»:]+$/u, "");
  }
  const head = parts[0] ?? "";
  if (parts.length > 1 && sameWords(head, siteName)) {
    return title.slice(head.length).replace(/^[\s|–—\-·•»:]+/u, "");
  }
  return title;
}
