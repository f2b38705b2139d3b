import type { Agent } from "undici";
import type { Clock, Limits, Millis } from "../../domain/types.ts";
import { decodeBody, tooLarge } from "./body.ts";
import { exchange, type Head, type Portion } from "./exchange.ts";

/** One request of a chain, with what is left of the deadline. */
export type Hop = { readonly url: URL; readonly remaining: Millis };

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type Ended =
  | { readonly kind: "answered"; readonly answer: Answer }
  | {
      readonly kind: "redirect";
      readonly location: string;
      readonly permanent: boolean;
      readonly remaining: Millis;
    };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const KEEPING_METHOD = new Set([307, 308]);

/** The part of a request that every hop of its chain shares. */
export type Asking = {
  readonly headers?: Readonly<Record<string, string>>;
  /** A form to be posted; absent: a GET. */
  readonly form?: string;
  readonly maxBytes: number;
  readonly truncate?: boolean;
  readonly signal?: AbortSignal;
};

/** Who asks, within what, by which clock. */
export type Asker = { readonly userAgent: string; readonly limits: Limits; readonly clock: Clock };

const FORM = { "content-type": "application/x-www-form-urlencoded" } as const;

/**
 * One GET, or one POST of a form, without turns, guard or redirects: sends just host, connection and the headers named here, reads the body
 * to its end, and throws whatever undici, node or a passed bound throws (`failureReason` reads it).
 */
export async function ask(
  agent: Agent,
  { url, remaining }: Hop,
  request: Asking,
  { userAgent, limits, clock }: Asker,
): Promise<Ended> {
  const began = clock.monotonic();
  const { form = null } = request;
  // 301, 302 and 303 would make a GET of a POST: whoever answers so took no form.
  const leadsOn = form === null ? REDIRECTS : KEEPING_METHOD;
  const { status, headers, body } = await exchange(
    agent,
    {
      origin: url.origin,
      path: url.pathname + url.search,
      method: form === null ? "GET" : "POST",
      headers: headersOf(request, userAgent),
      body: form,
    },
    {
      deadlineMs: remaining,
      signal: request.signal,
      portion: (head) => (locationOf(head, leadsOn) === null ? portionOf(head, request) : UNWANTED),
    },
  );
  const location = locationOf({ status, headers }, leadsOn);
  if (location !== null) {
    const permanent = status === 301 || status === 308;
    return { kind: "redirect", location, permanent, remaining: remaining - (clock.monotonic() - began) };
  }
  const encoding = headers["content-encoding"];
  if (encoding === undefined) return { kind: "answered", answer: { status, headers, body } };
  const { maxBytes, truncate = false } = request;
  const read = await decodeBody(body, encoding, { maxBytes, truncate, encodings: limits.encodings });
  return { kind: "answered", answer: { status, headers, body: read } };
}

function headersOf({ headers, form }: Asking, userAgent: string): Readonly<Record<string, string>> {
  const ours = { "user-agent": userAgent, accept: "*/*", "accept-encoding": "gzip, br", ...headers };
  return form === undefined ? ours : { ...ours, ...FORM };
}

/** Where an answer leads on to; null: it does not. */
const locationOf = ({ status, headers }: Head, leadsOn: ReadonlySet<number>): string | null =>
  leadsOn.has(status) ? (headers["location"] ?? null) : null;

/** A body that nobody wants is read, so that the connection can serve again; a long one costs the connection. */
const UNWANTED: Portion = { bytes: 64 * 1024, tooLong: null };

/** What is encoded may come a little larger than it is (RFC 1951, 3.2.4), as text never is. */
function portionOf({ headers }: Head, { maxBytes, truncate = false }: Asking): Portion {
  const isEncoded = headers["content-encoding"] !== undefined;
  return {
    bytes: isEncoded ? Math.ceil(maxBytes * 1.01) + 1_024 : maxBytes,
    tooLong: truncate ? null : tooLarge(maxBytes),
  };
}
