import { registrableDomain, webUrl } from "../../lib/address.ts";
import { isFeedProxy } from "../link.ts";
import { type Finding, hit } from "./finding.ts";

/** An entry that leads nowhere. */
export const missingLink = ({ link }: { readonly link: string | null }): Finding =>
  link === null ? hit("the feed gives no link for it") : null;

/**
 * A post whose link leads away from the site: to another registrable domain than the feed's and the site's, be it by
 * itself or after redirects. `home` holds the addresses of feed and site; without any there is nothing to compare.
 */
export function foreignDomain(article: {
  readonly url: string;
  readonly pageUrl: string | null;
  readonly home: readonly string[];
}): Finding {
  const own = new Set(article.home.flatMap(domainsOf));
  if (own.size === 0) return null;
  const [foreign] = [article.url, article.pageUrl ?? ""].flatMap(domainsOf).filter((one) => !own.has(one));
  return foreign === undefined
    ? null
    : hit(`its link leads to ${foreign}, which is not the site's own domain`);
}

/** The domain of an address; none for what only passes readers on to the publisher. */
function domainsOf(address: string): readonly string[] {
  const url = webUrl(address);
  return url === null || isFeedProxy(url.hostname) ? [] : [registrableDomain(url.hostname)];
}
