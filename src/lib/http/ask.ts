import type { Readable } from "node:stream";
import type { Agent } from "undici";
import type { Clock, Limits, Millis } from "../../domain/types.ts";
import { readBody } from "./body.ts";
import { exchange, type Reply } from "./exchange.ts";

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
  signals: readonly AbortSignal[],
): Promise<Ended> {
  const began = clock.monotonic();
  const { form = null } = request;
  const ours = { "user-agent": userAgent, accept: "*/*", "accept-encoding": "gzip, br", ...request.headers };
  const { status, headers, body } = await exchange(agent, {
    origin: url.origin,
    path: url.pathname + url.search,
    method: form === null ? "GET" : "POST",
    headers: form === null ? ours : { ...ours, ...FORM },
    body: form,
    deadlineMs: remaining,
    signals,
  });
  const location = headers["location"];
  // 301, 302 and 303 would make a GET of a POST: whoever answers so took no form.
  const leadsOn = form === null ? REDIRECTS : KEEPING_METHOD;
  if (leadsOn.has(status) && location !== undefined) {
    if (body !== null) await discard(body);
    const permanent = status === 301 || status === 308;
    return { kind: "redirect", location, permanent, remaining: remaining - (clock.monotonic() - began) };
  }
  const read = body === null ? EMPTY : await readAnswer(body, headers, request, limits);
  return { kind: "answered", answer: { status, headers, body: read } };
}

const EMPTY = new Uint8Array();

async function readAnswer(
  body: Readable,
  headers: Reply["headers"],
  { maxBytes, truncate = false }: Asking,
  limits: Limits,
): Promise<Uint8Array> {
  try {
    const announced = Number(headers["content-length"] ?? 0);
    const bounds = { maxBytes, truncate, encodings: limits.encodings, announced };
    return await readBody(body, headers["content-encoding"], bounds);
  } finally {
    body.destroy();
  }
}

/** Of a body that nobody wants. */
const DISCARDED = 64 * 1024;

/** Reads a body that nobody wants, so that the connection can serve again; a long one costs the connection. */
async function discard(body: Readable): Promise<void> {
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > DISCARDED) break;
  }
}
