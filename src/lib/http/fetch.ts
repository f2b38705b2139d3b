import { fetch as undiciFetch, Response as UndiciResponse } from "undici";
import type { Dispatcher, RequestInit } from "undici";
import { failure, size } from "./failure.ts";

/** An answer to `fetch` may be this large, decoded: more than any call of a platform's API gives. */
export const FETCH_BYTES = 10_000_000;

const NO_BODY = new Set([101, 103, 204, 205, 304]);

/**
 * A WHATWG `fetch` whose every connection, redirects included, goes through `dispatcher`, for clients that bring
 * their own protocol (Bluesky's). Any method, no turns; the answer's body fails once it is longer than `maxBytes`;
 * aborting `closing` ends it.
 */
export function guardedFetch(
  dispatcher: Dispatcher,
  userAgent: string,
  closing: AbortSignal,
  maxBytes = FETCH_BYTES,
): typeof globalThis.fetch {
  return async (input, init) => {
    // The global Request belongs to another copy of undici than ours: only its plain parts can be handed over.
    const request = new Request(input, init);
    // The caller's own signal: one that is derived from it goes with the Request, while the answer is still read.
    const given = init?.signal ?? (input instanceof Request ? input.signal : null);
    const signal = AbortSignal.any(given === null ? [closing] : [given, closing]);
    const headers = new Headers(request.headers);
    if (!headers.has("user-agent")) headers.set("user-agent", userAgent);
    const plain: RequestInit = {
      method: request.method,
      headers: [...headers],
      body: request.body === null ? null : await request.arrayBuffer(),
      redirect: request.redirect,
      signal,
      dispatcher,
    };
    const response = await undiciFetch(request.url, plain);
    const body = NO_BODY.has(response.status) ? null : response.body;
    // undici forgets the signal with its own Request: the body is ended here.
    return new UndiciResponse(body?.pipeThrough(atMost(maxBytes), { signal }) ?? null, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

function atMost(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      length += chunk.length;
      if (length > maxBytes) throw failure(`its answer is larger than ${size(maxBytes)}`);
      controller.enqueue(chunk);
    },
  });
}
