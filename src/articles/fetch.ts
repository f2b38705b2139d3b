import type { Limits } from "../domain/types.ts";
import type { Http } from "../lib/http.ts";
import { decodePage } from "./charset.ts";
import type { Robots } from "./robots.ts";

export type PageResponse =
  | { readonly kind: "page"; readonly html: string; readonly url: string }
  /** 404 or 410. */
  | { readonly kind: "gone" }
  /** The site's robots.txt asks us to stay away. */
  | { readonly kind: "disallowed" }
  | { readonly kind: "failed"; readonly reason: string; readonly retry: boolean }
  | { readonly kind: "not a page"; readonly reason: string };

const ACCEPT = "text/html,application/xhtml+xml;q=0.9";

/**
 * Fetches an article's page once, if robots.txt allows it, within `limits.pageBytes` (decoded) and `limits.pageMs`.
 * `url` in the answer is the address after redirects. `retry` says whether asking again later makes sense.
 */
export async function fetchPage(
  http: Http,
  robots: Robots,
  url: string,
  limits: Limits,
  signal?: AbortSignal,
): Promise<PageResponse> {
  const permission = await robots.mayFetch(url, signal);
  if (permission.kind === "disallowed") return permission;
  if (permission.kind === "unreachable") {
    return { kind: "failed", reason: `robots.txt: ${permission.reason}`, retry: true };
  }
  const response = await http.get({
    url,
    headers: { accept: ACCEPT },
    maxBytes: limits.pageBytes,
    totalMs: limits.pageMs,
    priority: "page",
    ...(signal ? { signal } : {}),
  });
  if (response.kind === "failed") return { kind: "failed", reason: response.reason, retry: true };
  if (response.status !== 200) return refused(response.status);
  const contentType = response.headers["content-type"] ?? null;
  if (!mayBeHtml(contentType)) return { kind: "not a page", reason: `it is ${contentType ?? "no text"}` };
  const html = decodePage(response.body, contentType);
  if (!html.includes("<")) return { kind: "not a page", reason: "there is no HTML in it" };
  return { kind: "page", html, url: response.url };
}

function refused(status: number): PageResponse {
  if (status === 404 || status === 410) return { kind: "gone" };
  const retry = status >= 500 || status === 408 || status === 425 || status === 429;
  return { kind: "failed", reason: `the page answered ${status}`, retry };
}

/** A missing type is given the benefit of the doubt; anything said to be no HTML is believed. */
function mayBeHtml(contentType: string | null): boolean {
  return contentType === null || /^\s*(?:text\/html|application\/xhtml\+xml)\b/iu.test(contentType);
}
