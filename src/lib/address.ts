import { createHash } from "node:crypto";
import { getDomain, parse } from "tldts";

const TRACKING =
  /^(?:utm_|at_|mc_|pk_|mtm_|fb_|__twitter)|^(?:fbclid|gclid|dclid|msclkid|yclid|igshid|xtor|cmpid|ocid|ref_src|smid|ns_\w+|wt_?mc|_hsenc|_hsmi|mkt_tok|s_cid|ito|traffic_source)$/iu;
const TRACKING_FRAGMENT = /^(?:xtor|utm_|ref=|Echobox|at_)/iu;

const WHOLE = /^https?:\/\//iu;

/** The address parsed when it is http(s), else null. */
export function webUrl(text: string, base?: string): URL | null {
  const address = text.trim();
  // The base would be parsed as well.
  const url = WHOLE.test(address) ? URL.parse(address) : URL.parse(address, base);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== ""
    ? url
    : null;
}

/** The address that a person means who types a host without https://, as in "frontline.org/news"; null when it is none. */
export function typedAddress(text: string): string | null {
  const typed = text.trim();
  if (webUrl(typed) !== null) return typed;
  const url = /^[a-z][a-z0-9+.-]*:\/\//iu.test(typed) ? null : webUrl(`https://${typed}`);
  if (url === null || /\s/u.test(typed)) return null;
  const { isIcann, isPrivate, isIp } = parse(url.hostname);
  return isIcann === true || isPrivate === true || isIp === true ? `https://${typed}` : null;
}

/**
 * An address made comparable: two spellings of one article give the same key. Host in lower case, http as https,
 * no default port, no trailing slash, no tracking parameters, the others kept in order; only tracking fragments go.
 * Text that is no web address is its own key.
 */
export function addressKey(text: string): string {
  const url = webUrl(text);
  if (url === null) return bounded(text.trim());
  const query = untracked(url);
  const search = query === "" ? "" : `?${query}`;
  const fragment = url.hash.length > 1 && !TRACKING_FRAGMENT.test(url.hash.slice(1)) ? url.hash : "";
  const path = url.pathname.replace(/\/+$/u, "");
  const port = url.port === "80" || url.port === "" ? "" : `:${url.port}`;
  return bounded(`https://${url.hostname.replace(/\.$/u, "")}${port}${path}${search}${fragment}`);
}

/** Characters that stand for themselves in a form's query (URL Standard, 5.2). */
const PLAIN_QUERY = /^\?[\w*.=&-]*$/u;

/** The query without its tracking parameters, written as a form's; plain ones, which most are, without taking it apart. */
function untracked(url: URL): string {
  if (url.search === "") return "";
  if (!PLAIN_QUERY.test(url.search))
    return new URLSearchParams([...url.searchParams].filter(([name]) => !TRACKING.test(name))).toString();
  const parameters = url.search.slice(1).split("&");
  return parameters
    .map((one) => (one === "" || one.includes("=") ? one : `${one}=`))
    .filter((one) => one !== "" && !TRACKING.test(one.slice(0, one.indexOf("="))))
    .join("&");
}

/** PostgreSQL's index takes rows of up to 2,704 bytes, and two keys may stand in one. */
const LONGEST_KEY = 1_000;

/** A key as it is, or, when it is very long, its beginning and the hash of it all. */
export function bounded(key: string): string {
  // Three bytes at most for a UTF-16 unit.
  return key.length * 3 <= LONGEST_KEY || Buffer.byteLength(key) <= LONGEST_KEY
    ? key
    : `${key.slice(0, 200)}#${createHash("sha256").update(key).digest("hex")}`;
}

/** The link without its tracking parameters, otherwise as the publisher wrote it: what is posted. */
export function withoutTracking(text: string): string {
  const url = webUrl(text);
  if (url === null) return text;
  const tracked = [...url.searchParams.keys()].filter((name) => TRACKING.test(name));
  for (const name of tracked) url.searchParams.delete(name);
  if (TRACKING_FRAGMENT.test(url.hash.slice(1))) url.hash = "";
  return tracked.length > 0 || url.hash !== new URL(text).hash ? url.href : text;
}

/** The registrable domain, private suffixes (github.io) included; the host itself where there is none (an IP, localhost). */
export function registrableDomain(hostname: string): string {
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}
