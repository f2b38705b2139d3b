import type { Dispatcher } from "undici";
import type { Millis } from "../../domain/types.ts";
import { offAbort, onAbort } from "../abort.ts";
import { timer } from "../clock.ts";
import { failure } from "./failure.ts";

/** How much of an answer's body to take; what is longer fails with `tooLong`, or is cut there. */
export type Portion = { readonly bytes: number; readonly tooLong: string | null };

export type ExchangeRequest = Pick<
  Dispatcher.DispatchOptions,
  "origin" | "path" | "method" | "headers" | "body"
>;

export type ExchangeBounds = {
  /** Until the body is there whole. */
  readonly deadlineMs: Millis;
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
  readonly portion: (head: Head) => Portion;
};

/** Names in lower case, values as they came (latin1); several of one name joined with ", ". No set-cookie. */
export type Headers = Readonly<Record<string, string>>;
export type Head = { readonly status: number; readonly headers: Headers };
/** `body` is as it came: still encoded. */
export type Reply = Head & { readonly body: Uint8Array };

/**
 * One request and its answer, over undici's lowest door: `request()` would make a stream, a resource and two signals
 * even for an answer without a body, which most polls get. Rejects with whatever undici or node threw, with a
 * "TimeoutError" after `deadlineMs`, with an "AbortError" when the signal aborted.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  { deadlineMs, signal, portion }: ExchangeBounds,
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  let controller: Dispatcher.DispatchController | null = null;
  let ended: Error | null = null;
  let head: Head | null = null;
  let taken: Body | null = null;

  const settle = (): void => {
    stop();
    if (signal !== undefined) offAbort(signal, cancel);
  };
  /** Ends it for good: nothing that comes later counts, and the connection is of no more use. */
  const end = (reason: Error): void => {
    if (ended !== null) return;
    ended = reason;
    settle();
    controller?.abort(reason);
    reject(reason);
  };
  const cancel = (): void => end(new DOMException("cancelled", "AbortError"));
  const late = (): void => end(new DOMException("too late", "TimeoutError"));
  const stop = timer(Math.max(0, Math.ceil(deadlineMs)), late);
  const done = (): void => {
    settle();
    if (head === null) reject(failure("sent no answer"));
    else resolve({ status: head.status, headers: head.headers, body: taken?.bytes() ?? EMPTY });
  };

  if (signal !== undefined) onAbort(signal, cancel);
  if (signal?.aborted === true) cancel();
  else
    dispatcher.dispatch(request, {
      onRequestStart: (started) => {
        controller = started;
        if (ended !== null) started.abort(ended);
      },
      onResponseStart: (_, status, headers) => {
        // 1xx only announces.
        if (status < 200) return;
        head = { status, headers: flat(headers) };
        if (BODILESS.has(status)) return;
        const most = portion(head);
        taken = openBody(most);
        // Enough to refuse, never enough to believe.
        const announced = Number(head.headers["content-length"] ?? 0);
        if (most.tooLong !== null && announced > most.bytes) end(failure(most.tooLong));
      },
      onResponseData: (_, chunk) => {
        if (ended !== null || taken === null || taken.add(chunk)) return;
        const { tooLong } = taken;
        // Cut or not, the rest is not waited for.
        if (tooLong === null) done();
        end(tooLong === null ? new DOMException("enough", "AbortError") : failure(tooLong));
      },
      onResponseEnd: done,
      onResponseError: (_, error) => end(error),
    });
  return promise;
}

const BODILESS = new Set([204, 304]);
const EMPTY = new Uint8Array();

type Body = {
  readonly tooLong: string | null;
  /** False: that was more than is taken. */
  readonly add: (chunk: Uint8Array) => boolean;
  readonly bytes: () => Uint8Array;
};

function openBody({ bytes: most, tooLong }: Portion): Body {
  const chunks: Uint8Array[] = [];
  let length = 0;
  return {
    tooLong,
    add: (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      return length <= most;
    },
    bytes: () =>
      chunks[0] !== undefined && chunks[0].length === length && length <= most
        ? chunks[0]
        : Buffer.concat(chunks, Math.min(length, most)),
  };
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || name === "set-cookie") continue;
    plain[name] = typeof value === "string" ? value : value.join(", ");
  }
  return plain;
}
