import robotsParser from "robots-parser";
import type { Clock, Limits, Millis } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import type { Http, HttpResponse } from "../lib/http.ts";
import type { Rule } from "./robots-rules.ts";
import { asText, productToken, rulesFor, stepsToWeigh } from "./robots-rules.ts";

export type Permission =
  | { readonly kind: "allowed" }
  | { readonly kind: "disallowed" }
  /** Nobody could say: it counts as a no, for now. */
  | { readonly kind: "unreachable"; readonly reason: string };

export type Robots = {
  /** Whether an article page may be fetched, by its site's robots.txt. Asks the site at most once a day. */
  readonly mayFetch: (url: string, signal?: AbortSignal) => Promise<Permission>;
};

export type RobotsOptions = {
  readonly http: Http;
  /** Its product token is what groups are matched with. */
  readonly userAgent: string;
  readonly limits: Limits;
  readonly clock: Clock;
};

type Answer =
  | { readonly kind: "rules"; readonly rules: readonly Rule[] }
  | { readonly kind: "unreachable"; readonly reason: string };

/** What one origin said; `weight` is the length of its rules. */
type Known = { readonly answer: Answer; readonly until: Millis; readonly weight: number };

const DAY = 86_400_000;
/** How long an unreachable robots.txt is not asked again. */
const SOON = 300_000;
const MAX_ORIGINS = 1_000;
/** Characters of rules kept over all origins. */
const MAX_WEIGHT = 4_000_000;
/** About 20 ms; a large, honest file takes a hundredth. */
const MAX_STEPS = 5_000_000;

/**
 * robots.txt by RFC 9309: 4xx means that all is allowed, 5xx, 429 and silence that nothing is; kept for a day in
 * memory, and beyond it while the site cannot be reached; read up to `limits.robotsBytes`, the rest is ignored.
 */
export function openRobots({ http, userAgent, limits, clock }: RobotsOptions): Robots {
  const token = productToken(userAgent);
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<Answer>>();

  async function askOrigin(origin: string): Promise<Answer> {
    const response = await http.get({
      url: `${origin}/robots.txt`,
      maxBytes: limits.robotsBytes,
      totalMs: limits.feedMs,
      truncate: true,
    });
    const fresh = readResponse(response, token);
    const before = known.get(origin)?.answer;
    const answer = fresh.kind === "unreachable" && before?.kind === "rules" ? before : fresh;
    const until = clock.now() + (fresh.kind === "rules" ? DAY : SOON);
    keep(known, origin, { answer, until, weight: weightOf(answer) });
    return answer;
  }

  /** One request per origin, however many wait for it; it outlives the patience of any one of them. */
  function answerOf(origin: string): Promise<Answer> {
    const entry = known.get(origin);
    if (entry !== undefined && clock.now() < entry.until) {
      keep(known, origin, entry);
      return Promise.resolve(entry.answer);
    }
    const running = asking.get(origin);
    if (running !== undefined) return running;
    const asked = askOrigin(origin).finally(() => asking.delete(origin));
    asking.set(origin, asked);
    return asked;
  }

  const mayFetch = async (text: string, signal?: AbortSignal): Promise<Permission> => {
    const url = webUrl(text);
    if (url === null) return { kind: "unreachable", reason: "this is no web address" };
    const answer = await untilAborted(answerOf(url.origin), signal);
    return answer.kind === "unreachable" ? answer : weigh(answer.rules, url);
  };

  return { mayFetch };
}

function readResponse(response: HttpResponse, token: string): Answer {
  if (response.kind === "failed") return { kind: "unreachable", reason: `robots.txt: ${response.reason}` };
  const { status, body } = response;
  if (status >= 200 && status < 300)
    return { kind: "rules", rules: rulesFor(token, new TextDecoder().decode(body)) };
  // "Too many requests" is no statement about robots, but surely no invitation.
  if (status >= 400 && status < 500 && status !== 429) return { kind: "rules", rules: [] };
  return { kind: "unreachable", reason: `robots.txt: the server answered ${status}` };
}

function weigh(rules: readonly Rule[], url: URL): Permission {
  const address = withoutFragment(url);
  if (stepsToWeigh(rules, address.length) > MAX_STEPS)
    return { kind: "unreachable", reason: "robots.txt: its rules are too many to weigh" };
  const allowed = parseRobots(`${url.origin}/robots.txt`, asText(rules)).isAllowed(address);
  return { kind: allowed === false ? "disallowed" : "allowed" };
}

/** The package is CommonJS, and its function is the export itself; its types call that `default`. */
const parseRobots = robotsParser as unknown as typeof robotsParser.default;

const withoutFragment = (url: URL): string => url.href.slice(0, url.href.length - url.hash.length);

const weightOf = (answer: Answer): number =>
  answer.kind === "rules" ? answer.rules.reduce((sum, { pattern }) => sum + pattern.length + 20, 0) : 0;

/** Puts an entry at the young end of the map and lets the oldest go until the bounds hold. */
function keep(known: Map<string, Known>, origin: string, entry: Known): void {
  known.delete(origin);
  known.set(origin, entry);
  let weight = [...known.values()].reduce((sum, { weight }) => sum + weight, 0);
  for (const [oldest, { weight: freed }] of known) {
    if ((known.size <= MAX_ORIGINS && weight <= MAX_WEIGHT) || oldest === origin) return;
    known.delete(oldest);
    weight -= freed;
  }
}

/** The answer, or "cancelled" as soon as the signal aborts. */
async function untilAborted(answer: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
  if (signal === undefined) return answer;
  const cancelled: Answer = { kind: "unreachable", reason: "robots.txt: cancelled" };
  if (signal.aborted) return cancelled;
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const stop = (): void => resolve(cancelled);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([answer, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
