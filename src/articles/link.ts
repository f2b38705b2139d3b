import { registrableDomain, webUrl, withoutTracking } from "../lib/address.ts";

/** Hosts that only count clicks and pass on to the publisher. */
const FEED_PROXY =
  /(?:^|\.)(?:feedproxy\.google\.com|feedburner\.com|feedsportal\.com|feedblitz\.com|feedpress\.me|dlvr\.it|bit\.ly|buff\.ly|ow\.ly|trib\.al|ift\.tt|t\.co|tinyurl\.com|lnkd\.in|is\.gd|goo\.gl)$/u;

export const isFeedProxy = (hostname: string): boolean => FEED_PROXY.test(hostname);

/**
 * The link that is posted: the entry's own, as the publisher wrote it, without tracking parameters. Where the page
 * was found at last counts only when the entry has no link, or links to a feed proxy that passed us on.
 */
export function postedLink(entryLink: string | null, pageUrl: string | null): string {
  const own = entryLink === null ? null : webUrl(entryLink);
  const passedOn = own !== null && pageUrl !== null && isFeedProxy(own.hostname);
  return withoutTracking((own === null || passedOn ? pageUrl : entryLink) ?? "");
}

/**
 * The address a page calls its own, made absolute; null when there is none, when it lies on another registrable
 * domain than the page, or when it is a mere front page.
 */
export function canonicalLink(href: string | null, pageUrl: string): string | null {
  const page = webUrl(pageUrl);
  const canonical = href === null ? null : webUrl(href, pageUrl);
  if (page === null || canonical === null) return null;
  if (registrableDomain(canonical.hostname) !== registrableDomain(page.hostname)) return null;
  if (canonical.pathname === "/" && canonical.search === "" && page.pathname !== "/") return null;
  return canonical.href;
}
