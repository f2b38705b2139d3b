import { DefaultRestOptions, REST, RequestMethod } from "discord.js";
import type { RESTOptions } from "discord.js";
import type { Clock, Json, Millis } from "../../domain/types.ts";
import { deadToken, failure, retry, translateFailure } from "./errors.ts";
import type { Failure } from "./errors.ts";
import { openGate, routeOf } from "./gate.ts";
import type { Gate } from "./gate.ts";
import { type InvalidRequests, tooMany } from "./invalid.ts";

export type ClientOptions = {
  /** Without a version: `https://discord.com/api`. */
  readonly api: string;
  readonly token: string;
  readonly clock: Clock;
  /** The deadline of one request, with its body. */
  readonly requestMs: Millis;
  /** What the process was refused so far, whichever client it was. */
  readonly invalid: InvalidRequests;
};

export type Request = {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/api/v10`: `/channels/1/messages`. */
  readonly path: `/${string}`;
  readonly body?: Json;
  /** Making it twice does no harm, so that no answer is a `retry`. Reading always is. */
  readonly repeatable?: boolean;
  /** Asked right before it is sent: true, and nothing is. */
  readonly isOver?: (() => boolean) | undefined;
  /** Its path bears an interaction's own token, so that the bot's is not sent. */
  readonly ownToken?: boolean;
};

export type Answer = { readonly kind: "answer"; readonly body: unknown } | Failure;

/** One bot's way to Discord: never throws, never waits for a limit, never repeats a request by itself. */
export type DiscordClient = {
  readonly ask: (request: Request, signal: AbortSignal) => Promise<Answer>;
  readonly close: () => void;
};

const LATE: Millis = 2_000;

/** Opens discord.js's REST client for one token; nothing is sent yet. */
export function openClient(options: ClientOptions): DiscordClient {
  const gate = openGate(options.clock);
  const base = options.api.replace(/\/+$/, "");
  const rest = new REST({
    version: "10",
    api: base,
    retries: 0,
    timeout: options.requestMs,
    rejectOnRateLimit: () => true,
    userAgentAppendix: "Bulletin",
    makeRequest: wholeAnswer(gate, options.invalid, `${base}/v10`),
  }).setToken(bareToken(options.token));
  let token: "unknown" | "good" | "dead" = "unknown";
  let first: Promise<Answer> | null = null;
  const askOnce = async (request: Request, signal: AbortSignal): Promise<Answer> => {
    const held = token === "dead" ? deadToken() : heldBack(gate, options.invalid, request, signal);
    if (held !== null) return held;
    const answer = await asked(rest, request, signal);
    // discord.js forgets a refused token, but says so in words; each further 401 counts towards a ban.
    if (answer.kind === "failure" && answer.code === 401) token = "dead";
    else if (token === "unknown" && !(answer.kind === "failure" && answer.code === null)) token = "good";
    return answer;
  };
  return {
    ask: async (request, signal) => {
      if (token !== "unknown") return await askOnce(request, signal);
      if (first === null) return await (first = askOnce(request, signal).finally(() => (first = null)));
      // A dead token is tried once, not once for each channel; whoever waited long may own no lease any more.
      const began = options.clock.monotonic();
      await first;
      const late = options.clock.monotonic() - began > LATE;
      return late ? failure(null, retry(0, "waited for another request")) : await askOnce(request, signal);
    },
    close: () => {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}

/** The token as it was copied, with or without the word before it. */
export const bareToken = (token: string): string => token.trim().replace(/^Bot\s+/i, "");

function heldBack(
  gate: Gate,
  invalid: InvalidRequests,
  { method, path, isOver }: Request,
  signal: AbortSignal,
): Failure | null {
  if (signal.aborted) return failure(null, retry(0, "stopped before it was sent"));
  if (isOver?.() === true) return failure(null, retry(0, "its lease was over before it was sent"));
  const banned = invalid.rest();
  if (banned > 0) return failure(null, retry(banned, tooMany));
  const wait = gate.rest(routeOf(method, path));
  return wait > 0 ? failure(null, retry(wait, "Discord asked to wait")) : null;
}

async function asked(rest: REST, request: Request, signal: AbortSignal): Promise<Answer> {
  try {
    const body = await rest.request({
      method: RequestMethod[METHODS[request.method]],
      fullRoute: request.path,
      // A signal of its own: discord.js never takes its listener off the one it is given.
      signal: AbortSignal.any([signal]),
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.ownToken === true ? { auth: false } : {}),
    });
    return { kind: "answer", body };
  } catch (error) {
    return translateFailure(error, request.repeatable ?? request.method === "GET");
  }
}

const METHODS = { GET: "Get", POST: "Post", PATCH: "Patch", DELETE: "Delete" } as const;

/** Reads the body within discord.js's time limit, which on its own ends with the headers. */
const wholeAnswer =
  (gate: Gate, invalid: InvalidRequests, root: string): RESTOptions["makeRequest"] =>
  async (url, init) => {
    const answer = await DefaultRestOptions.makeRequest(url, init);
    gate.note(routeOf(init.method ?? "GET", url.slice(root.length)), answer.status, answer.headers);
    invalid.note(answer.status, answer.headers);
    const bytes = await answer.arrayBuffer();
    const body = bytes.byteLength === 0 ? null : bytes;
    return new Response(body, { status: answer.status, headers: [...answer.headers] });
  };
