import type { Agent, Dispatcher } from "undici";
import type { Clock, Limits, Millis } from "../../domain/types.ts";
import { readBody } from "./body.ts";

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
  cancelled: AbortSignal,
): Promise<Ended> {
  const began = clock.monotonic();
  const deadline = AbortSignal.timeout(Math.max(0, Math.ceil(remaining)));
  const signal = AbortSignal.any([cancelled, deadline]);
  const { form = null } = request;
  const ours = { "user-agent": userAgent, accept: "*/*", "accept-encoding": "gzip, br", ...request.headers };
  const { statusCode, headers, body } = await agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: form === null ? "GET" : "POST",
    headers: form === null ? ours : { ...ours, ...FORM },
    body: form,
    signal,
  });
  // Destroyed with nobody reading, it would throw where nobody can catch.
  body.on("error", () => undefined);
  const location = first(headers["location"]);
  // 301, 302 and 303 would make a GET of a POST: whoever answers so took no form.
  const leadsOn = form === null ? REDIRECTS : KEEPING_METHOD;
  if (leadsOn.has(statusCode) && location !== undefined) {
    await discard(body);
    signal.throwIfAborted();
    const permanent = statusCode === 301 || statusCode === 308;
    return { kind: "redirect", location, permanent, remaining: remaining - (clock.monotonic() - began) };
  }
  const read = await readAnswer(statusCode, headers, body, request, limits);
  return { kind: "answered", answer: { status: statusCode, headers: flat(headers), body: read } };
}

async function readAnswer(
  status: number,
  headers: Dispatcher.ResponseData["headers"],
  body: Dispatcher.ResponseData["body"],
  { maxBytes, truncate = false }: Asking,
  limits: Limits,
): Promise<Uint8Array> {
  if (status === 204 || status === 304) {
    await discard(body);
    return new Uint8Array();
  }
  try {
    const announced = Number(first(headers["content-length"]) ?? 0);
    const bounds = { maxBytes, truncate, encodings: limits.encodings, announced };
    return await readBody(body, joined(headers["content-encoding"]), bounds);
  } finally {
    body.destroy();
  }
}

/** Reads a body that nobody wants, so that the connection can serve again; a long one costs the connection. */
async function discard(body: Dispatcher.ResponseData["body"]): Promise<void> {
  await body.dump({ limit: 64 * 1024 }).catch(() => undefined);
}

type HeaderValue = string | string[] | undefined;

const first = (value: HeaderValue): string | undefined => (Array.isArray(value) ? value[0] : value);
const joined = (value: HeaderValue): string | undefined => (Array.isArray(value) ? value.join(", ") : value);

function flat(headers: Readonly<Record<string, HeaderValue>>): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const text = joined(value);
    return text === undefined || name === "set-cookie" ? [] : [[name, text] as const];
  });
  return Object.fromEntries(entries);
}
