import { Agent } from "undici";
import type { Clock, Config, Limits, Millis } from "../domain/types.ts";
import { registrableDomain } from "./address.ts";
import { ask } from "./http/ask.ts";
import type { Answer, Asking, Ended, Hop } from "./http/ask.ts";
import { guardedConnector, systemResolve } from "./http/connect.ts";
import type { Resolve } from "./http/connect.ts";
import { failure, failureReason } from "./http/failure.ts";
import { guardedFetch } from "./http/fetch.ts";
import { openGuard, portOf } from "./http/guard.ts";
import { openPauses, retryAfter } from "./http/pauses.ts";
import type { Pauses } from "./http/pauses.ts";
import { openTurns } from "./http/turns.ts";
import type { Priority } from "./http/turns.ts";

export type HttpOptions = {
  /** Product, version and contact, on every request. */
  readonly userAgent: string;
  readonly limits: Limits;
  readonly network: Config["network"];
  /** Quiet after each request to one registrable domain. */
  readonly hostGap: Millis;
  readonly clock: Clock;
  /** Where the pauses that hosts ask for are kept; unless given, they are forgotten with the program. */
  readonly pauses?: Pauses;
  /** Replaces the machine's name service. */
  readonly resolve?: Resolve;
};

export type HttpRequest = {
  readonly url: string;
  /** Added to `user-agent`, `accept` and `accept-encoding`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the decoded body. */
  readonly maxBytes: number;
  /** For all redirects together, without the waiting for turns. */
  readonly totalMs: Millis;
  /** Feeds go before pages; a page unless said. */
  readonly priority?: Priority;
  readonly signal?: AbortSignal;
  /** Take the first `maxBytes` of a longer body instead of failing. */
  readonly truncate?: boolean;
};

export type HttpResponse =
  | {
      readonly kind: "response";
      readonly status: number;
      /** Names in lower case, values as they came (latin1); several of one name joined with ", ". No set-cookie. */
      readonly headers: Readonly<Record<string, string>>;
      /** Decoded; empty for 204 and 304. */
      readonly body: Uint8Array;
      /** Where the answer came from, after redirects. */
      readonly url: string;
      readonly redirected: boolean;
      /** Redirected, and every hop was permanent (301 or 308). */
      readonly permanent: boolean;
    }
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** Nothing was asked: the host wants to be left alone until then. */
      readonly pausedUntil?: Millis;
    };

export type Http = AsyncDisposable & {
  /** Asks an address once. Never throws and never tries again: what went wrong is `failed`, in plain words. */
  readonly get: (request: HttpRequest) => Promise<HttpResponse>;
  /**
   * The same for one POST of a form, with the same guard, turns and pauses; only a 307 or 308 leads it on. What a hub
   * gets (W3C WebSub, 5.1).
   */
  readonly post: (request: HttpRequest & { readonly form: string }) => Promise<HttpResponse>;
  /** The same guard for clients that need a WHATWG fetch: any method, no turns, answers up to 10 MB. */
  readonly fetch: typeof globalThis.fetch;
};

/**
 * The only way to foreign addresses: limits, manners (facts of feeds.md in one place: GET only but for a hub's form; no cookies, referer,
 * cache-control or pragma; one request at a time per registrable domain; a Retry-After keeps everything away from its
 * host) and the address guard, on every redirect.
 * Disposing ends what runs and what waits; those requests fail as "cancelled".
 */
export function openHttp(options: HttpOptions): Http {
  const { limits, clock, userAgent } = options;
  const guard = openGuard(options.network);
  const agent = new Agent({
    allowH2: false,
    connect: guardedConnector(guard, limits, options.resolve ?? systemResolve),
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    bodyTimeout: Math.max(limits.feedMs, limits.pageMs),
    keepAliveMaxTimeout: 10_000,
  });
  const closing = new AbortController();
  const turns = openTurns(options.hostGap, clock, closing.signal);
  const pauses = options.pauses ?? openPauses();

  /** The request of one hop, in its domain's turn; hosts that the config names take no turns. */
  const inTurn = (hop: Hop, request: OneRequest): Promise<Ended | Paused> =>
    guard.isNamed({ hostname: hop.url.hostname, port: portOf(hop.url) })
      ? unlessPaused(hop, request)
      : afterOthers(hop, request);

  async function afterOthers(hop: Hop, request: OneRequest): Promise<Ended | Paused> {
    const { signal, priority = "page" } = request;
    const cancelled = signal === undefined ? [closing.signal] : [closing.signal, signal];
    using turn = await turns.take(registrableDomain(hop.url.hostname), priority, cancelled);
    if (turn === null) throw failure("cancelled");
    const ended = await unlessPaused(hop, request);
    if (ended.kind === "paused") turn.spare();
    return ended;
  }

  /** Looks right before it asks: whoever waited for a turn may have seen the host ask for a pause meanwhile. */
  async function unlessPaused(hop: Hop, request: OneRequest): Promise<Ended | Paused> {
    const { host } = hop.url;
    const known = pauses.until(host);
    const until = typeof known === "number" ? known : await known;
    if (until > clock.now()) return { kind: "paused", host, until };
    const ended = await ask(agent, hop, request, options);
    if (ended.kind === "redirect") return ended;
    const { status, headers } = ended.answer;
    const wait = retryAfter(status, headers, clock.now());
    if (wait > 0) await pauses.pause(host, clock.now() + wait, `it answered ${status}`);
    return ended;
  }

  async function follow(request: OneRequest): Promise<HttpResponse> {
    /** What redirected. */
    const seen: string[] = [];
    let permanent = true;
    let hop: Hop = { url: readUrl(request.url, limits), remaining: request.totalMs };
    for (;;) {
      const refusal = guard.refuseUrl(hop.url);
      if (refusal !== null) throw failure(refusal);
      const ended = await inTurn(hop, request);
      if (ended.kind === "paused") return pausedHost(ended);
      if (ended.kind === "answered") return responseOf(ended.answer, hop.url, seen.length > 0, permanent);
      permanent &&= ended.permanent;
      seen.push(withoutFragment(hop.url));
      const url = redirectUrl(ended.location, hop.url, limits);
      if (seen.includes(withoutFragment(url))) throw failure("it redirects in a circle");
      if (seen.length > limits.redirects) throw failure(`more than ${limits.redirects} redirects`);
      hop = { url, remaining: ended.remaining };
    }
  }

  const once = (request: OneRequest): Promise<HttpResponse> =>
    follow(request).catch((error: unknown) => {
      const isCancelled = closing.signal.aborted || request.signal?.aborted === true;
      const reason = isCancelled ? "cancelled" : failureReason(error, { limits, totalMs: request.totalMs });
      return { kind: "failed", reason };
    });

  return {
    get: once,
    post: once,
    fetch: guardedFetch(agent, userAgent, closing.signal),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      // Ends what runs and what waits for a connection; what is asked later fails.
      await agent.destroy();
    },
  };
}

type OneRequest = HttpRequest & Pick<Asking, "form">;
type Paused = { readonly kind: "paused"; readonly host: string; readonly until: Millis };

const responseOf = (
  { status, headers, body }: Answer,
  { href }: URL,
  redirected: boolean,
  permanent: boolean,
): HttpResponse => ({
  kind: "response",
  status,
  headers,
  body,
  url: href,
  redirected,
  permanent: redirected && permanent,
});

const pausedHost = ({ host, until }: Paused): HttpResponse => ({
  kind: "failed",
  reason: `${host} asked to be left alone until ${new Date(until).toISOString().slice(0, 16)}Z`,
  pausedUntil: until,
});

function readUrl(text: string, limits: Limits): URL {
  const address = text.trim();
  const url = URL.parse(address);
  // The parser drops line breaks without a word; whoever writes them means mischief.
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (url === null || /[\u0000-\u001f\u007f]/u.test(address)) throw failure("this is no web address");
  if (url.href.length > limits.urlLength)
    throw failure(`the address is longer than ${limits.urlLength} characters`);
  return url;
}

/** RFC 9110, 10.2.2: relative to the address before, whose fragment is kept when the new one brings none. */
function redirectUrl(location: string, from: URL, limits: Limits): URL {
  // Header bytes come as latin1; those that are not ASCII were meant as UTF-8.
  const target = URL.parse(Buffer.from(location, "latin1").toString("utf8"), from);
  if (target === null) throw failure("it redirects to something that is no web address");
  if (target.hash === "") target.hash = from.hash;
  return readUrl(target.href, limits);
}

const withoutFragment = (url: URL): string => url.href.slice(0, url.href.length - url.hash.length);
