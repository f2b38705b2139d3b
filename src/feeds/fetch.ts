import { STATUS_CODES } from "node:http";
import type { FeedResponse, Limits, Millis, Validators } from "../domain/types.ts";
import type { Http, HttpResponse } from "../lib/http.ts";
import { retryAfter } from "../lib/http/pauses.ts";
import { parseDate } from "./dates.ts";
import { linkedHub } from "./link-header.ts";

const SECOND = 1000;
const MAX_FRESHNESS = 86_400 * SECOND;
const ACCEPT =
  "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5";

type Headers = Readonly<Record<string, string>>;

/** Both validators as they were received, and the offer to get only what is new (RFC 9110, 13.1; RFC 3229). */
function requestHeaders(validators: Validators): Headers {
  const { etag, lastModified } = validators;
  const headers: Record<string, string> = { accept: ACCEPT };
  if (etag !== null) headers["if-none-match"] = etag;
  if (lastModified !== null) headers["if-modified-since"] = lastModified;
  if (etag !== null) headers["a-im"] = "feed";
  return headers;
}

/** The seconds of a Cache-Control directive; null when it is not there. */
function directive(cacheControl: string, name: string): number | null {
  for (const part of cacheControl.slice(0, 1000).split(",")) {
    const [key, value] = part.split("=", 2);
    const seconds = value?.trim().replaceAll('"', "") ?? "";
    if (key?.trim().toLowerCase() === name && /^\d{1,15}$/u.test(seconds)) return Number(seconds);
  }
  return null;
}

/** How long the answer says it stays fresh: max-age minus Age, else Expires minus Date (RFC 9111, 4.2), to 24 h. */
function freshnessOf(headers: Headers, now: Millis): Millis {
  const { expires: expiry = "", "cache-control": cacheControl = "" } = headers;
  if (expiry === "" && cacheControl === "") return 0;
  if (/(?:^|[\s,])no-(?:store|cache)(?:$|[\s,])/iu.test(cacheControl)) return 0;
  const maxAge = directive(cacheControl, "max-age");
  const age = /^\d{1,15}$/u.test(headers["age"]?.trim() ?? "") ? Number(headers["age"]) : 0;
  const expires = parseDate(expiry);
  const lifetime =
    maxAge === null ? (expires ?? 0) - (parseDate(headers["date"] ?? "") ?? now) : (maxAge - age) * SECOND;
  return Math.min(Math.max(lifetime, 0), MAX_FRESHNESS);
}

/**
 * What to store of an answer that was sent whole. Apache marks the ETag of what it compresses ("...-gzip") and does not
 * know it again; WordPress behind it then says 304 only to If-Modified-Since alone. So where a server sends the whole
 * document to whoever brought just these two validators, the date goes alone next time. A 304 brings the true ETag.
 */
function storedOf(sent: Validators, came: Validators): Validators {
  const isSame = sent.etag === came.etag && sent.lastModified === came.lastModified;
  const isMarked = /^(?:W\/)?"[^"]*-gzip"$/u.test(came.etag ?? "");
  return isSame && isMarked && parseDate(came.lastModified ?? "") !== null ? { ...came, etag: null } : came;
}

type Answered = Extract<HttpResponse, { kind: "response" }>;

function failed(response: Answered, now: Millis): FeedResponse {
  const name = STATUS_CODES[response.status];
  const reason = name === undefined ? `HTTP ${response.status}` : `HTTP ${response.status} ${name}`;
  const asked = retryAfter(response.status, response.headers, now);
  return asked === 0 ? { kind: "failed", reason } : { kind: "failed", reason, retryAfterMs: asked };
}

type FeedRequest = {
  readonly url: string;
  readonly validators: Validators;
  readonly limits: Limits;
  readonly now: Millis;
  readonly signal?: AbortSignal;
};

/**
 * Asks a feed once, conditionally where validators are known; these go out byte for byte as they came in. The answer
 * carries the validators to store: a 304 replaces only those that it names. Network failures and unexpected statuses
 * are `failed`, 410 is `gone`; `paused` when the host wants to be left alone and nothing was asked. At most `limits.feedBytes` and `limits.feedMs`.
 */
export async function fetchFeed(http: Http, request: FeedRequest): Promise<FeedResponse> {
  const { url, validators, limits, signal } = request;
  const response = await http.get({
    url,
    headers: requestHeaders(validators),
    maxBytes: limits.feedBytes,
    totalMs: limits.feedMs,
    priority: "feed",
    ...(signal ? { signal } : {}),
  });
  return response.kind === "failed" ? unanswered(response) : answered(response, request);
}

const unanswered = ({ reason, pausedUntil }: Extract<HttpResponse, { kind: "failed" }>): FeedResponse =>
  pausedUntil === undefined ? { kind: "failed", reason } : { kind: "paused", reason, until: pausedUntil };

function answered(response: Answered, { validators, limits, now }: FeedRequest): FeedResponse {
  const { status, headers } = response;
  const moved = response.redirected && response.permanent ? { permanentUrl: response.url } : {};
  const etag = headers["etag"] ?? null;
  const lastModified = headers["last-modified"] ?? null;
  const freshness = freshnessOf(headers, now);
  if (status === 304 && (validators.etag !== null || validators.lastModified !== null)) {
    const kept = { etag: etag ?? validators.etag, lastModified: lastModified ?? validators.lastModified };
    return { kind: "unchanged", validators: kept, freshness, ...moved };
  }
  if (status === 410) return { kind: "gone" };
  if (status !== 200 && status !== 203 && status !== 226) return failed(response, now);
  return {
    kind: "fetched",
    body: response.body,
    contentType: headers["content-type"] ?? null,
    url: response.url,
    validators: status === 226 ? { etag, lastModified } : storedOf(validators, { etag, lastModified }),
    freshness,
    ...moved,
    partial: status === 226,
    linked: linkedHub(headers["link"] ?? "", response.url, limits.urlLength),
  };
}
