import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { Millis } from "../../domain/types.ts";
import { timer } from "../clock.ts";
import { failure } from "./failure.ts";

export type ExchangeOptions = Pick<
  Dispatcher.DispatchOptions,
  "origin" | "path" | "method" | "headers" | "body"
> & {
  /** Until the body is there whole. */
  readonly deadlineMs: Millis;
  /** Each of them ends it. */
  readonly signals: readonly AbortSignal[];
};

export type Reply = {
  readonly status: number;
  /** Names in lower case, values as they came (latin1); several of one name joined with ", ". No set-cookie. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null: this answer has none (204, 304). Whoever gets one reads it to its end or destroys it. */
  readonly body: Readable | null;
};

const EMPTY = new Set([204, 304]);

/**
 * One request and its answer, over undici's lowest door: `request()` would make a stream, a resource and two signals
 * even for an answer without a body, which most polls get. Rejects with whatever undici or node threw, with
 * "TimeoutError" after `deadlineMs`, with "AbortError" when a signal aborted; once there is a body, it fails instead.
 */
export function exchange(dispatcher: Dispatcher, options: ExchangeOptions): Promise<Reply> {
  const { deadlineMs, signals, ...request } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  let controller: Dispatcher.DispatchController | null = null;
  let ended: Error | null = null;
  let head: Omit<Reply, "body"> | null = null;
  let body: Readable | null = null;

  const abort = (reason: Error): void => {
    ended ??= reason;
    controller?.abort(reason);
    fail(reason);
  };
  const onAbort = (): void => abort(new DOMException("cancelled", "AbortError"));
  const stop = timer(Math.max(0, Math.ceil(deadlineMs)), () =>
    abort(new DOMException("too late", "TimeoutError")),
  );
  const settle = (): void => {
    stop();
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
  };
  const fail = (error: Error): void => {
    settle();
    if (body === null) reject(error);
    else body.destroy(error);
  };
  for (const signal of signals) signal.addEventListener("abort", onAbort);
  if (signals.some(({ aborted }) => aborted)) onAbort();
  else
    dispatcher.dispatch(request, {
      onRequestStart: (started) => {
        controller = started;
        if (ended !== null) started.abort(ended);
      },
      onResponseStart: (started, status, headers) => {
        // 1xx only announces.
        if (status < 200) return;
        head = { status, headers: flat(headers) };
        if (EMPTY.has(status)) return;
        body = streamOf(started, settle);
        resolve({ ...head, body });
      },
      onResponseData: (started, chunk) => {
        if (body?.push(chunk) === false) started.pause();
      },
      onResponseEnd: () => {
        settle();
        if (body !== null) body.push(null);
        else if (head !== null) resolve({ ...head, body });
        else reject(failure("sent no answer"));
      },
      onResponseError: (_, error) => fail(ended ?? error),
    });
  return promise;
}

/** The answer's body as it comes; destroyed before its end it costs the connection. */
function streamOf(controller: Dispatcher.DispatchController, settle: () => void): Readable {
  return (
    new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        settle();
        controller.abort(error ?? new DOMException("not wanted", "AbortError"));
        done(error);
      },
    })
      // Destroyed with nobody reading, it would throw where nobody can catch.
      .on("error", () => undefined)
  );
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || name === "set-cookie") continue;
    plain[name] = typeof value === "string" ? value : value.join(", ");
  }
  return plain;
}
