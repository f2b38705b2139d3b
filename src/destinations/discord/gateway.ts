import { reasonOf } from "../../domain/errors.ts";
import type { Clock, Log, Millis } from "../../domain/types.ts";
import type { DiscordClient } from "./client.ts";
import { converse, type End, type Session } from "./conversation.ts";
import { gatewayReply } from "./frames.ts";

/**
 * Discord's gateway, kept open: the way in which it tells of clicks. Written on the bare socket, as discord.js's own
 * shard (@discordjs/ws 1.2) tries again every half second without end, cannot be stopped between two connections, and
 * throws where nobody can catch it: trouble here must never stop the posts.
 */
export type GatewayOptions = {
  readonly client: DiscordClient;
  readonly token: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly requestMs: Millis;
  /** The longest that the first new try may wait: a click cannot. From there it doubles. */
  readonly firstRetry: Millis;
  /** Where an earlier process broke off. */
  readonly session: Session | null;
  /** The session as far as it is heard; null: it is over. */
  readonly keep: (session: Session | null) => void;
  readonly event: (name: string, data: unknown) => void;
};

const FIRST_WAIT: Millis = 1_000;
const LONGEST_WAIT: Millis = 60_000;
/** So many failures in a row, and the session's own address is given up. */
const LOYALTY = 3;

/** Opens it in the background; disposing says goodbye so that another process can take the session up. */
export function openGateway(options: GatewayOptions): AsyncDisposable {
  const ending = new AbortController();
  const running = stayConnected(options, ending.signal).catch((error: unknown) =>
    options.log.error("the gateway broke", { error }),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
    },
  };
}

async function stayConnected(options: GatewayOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options;
  const state = { session: options.session };
  const keep = (session: Session | null): void => {
    state.session = session;
    options.keep(session);
  };
  for (let failures = 0; !signal.aborted;) {
    const end = await connectOnce(options, state.session, keep, signal);
    if (signal.aborted) return;
    if (end.next === "stop") {
      log.error(`clicks in Discord are not heard until the next start: ${end.reason}`);
      return;
    }
    failures = end.wasReady ? 0 : failures + 1;
    if (end.next === "identify" || failures >= LOYALTY) keep(null);
    const wait = Math.max(end.afterMs ?? 0, backOff(options, failures));
    log[failures < LOYALTY ? "debug" : "warn"]("the gateway is connected again soon", {
      reason: end.reason,
      wait,
    });
    await clock.sleep(wait, signal);
  }
}

type Ended = End & { readonly afterMs?: Millis };

async function connectOnce(
  options: GatewayOptions,
  session: Session | null,
  keep: (session: Session) => void,
  signal: AbortSignal,
): Promise<Ended> {
  const found = session === null ? await gatewayAddress(options, signal) : { url: session.url };
  if ("next" in found) return found;
  const { token, clock, requestMs } = options;
  const event = (name: string, data: unknown): void => {
    if (name === "READY" || name === "RESUMED") options.log.debug("the gateway is open", { how: name });
    options.event(name, data);
  };
  const end = await converse({
    url: found.url,
    token,
    session,
    clock,
    patience: requestMs,
    signal,
    keep,
    event,
  });
  // Discord wants one to five seconds between a session that it refused and the next one.
  return end.next === "identify" && session !== null
    ? { ...end, afterMs: 1_000 + 4_000 * clock.random() }
    : end;
}

/** Where to connect, as GET /gateway/bot says; and whether another session may be begun today. */
async function gatewayAddress(
  { client }: GatewayOptions,
  signal: AbortSignal,
): Promise<{ readonly url: string } | Ended> {
  const failed = (reason: string, afterMs: Millis): Ended => ({
    next: "identify",
    reason,
    wasReady: false,
    afterMs,
  });
  const answer = await client.ask({ method: "GET", path: "/gateway/bot" }, signal);
  if (answer.kind === "failure" && answer.result.kind === "refused" && answer.result.scope === "account")
    return { ...failed(answer.result.reason, 0), next: "stop" };
  if (answer.kind === "failure")
    return failed(answer.result.reason, answer.result.kind === "retry" ? answer.result.afterMs : 0);
  const read = gatewayReply.safeParse(answer.body);
  if (!read.success) return failed(`its address makes no sense: ${reasonOf(read.error)}`, 0);
  const { url, session_start_limit: limit } = read.data;
  return limit.remaining > 0 ? { url } : failed("no session may be begun any more today", limit.reset_after);
}

/** After a connection that was in order the next comes soon; each failure doubles the wait. */
const backOff = ({ firstRetry, clock }: GatewayOptions, failures: number): Millis =>
  Math.min(LONGEST_WAIT, Math.min(FIRST_WAIT, firstRetry) * 2 ** Math.min(failures, 10)) *
  (0.5 + clock.random() / 2);
