import { DiscordAPIError, HTTPError, RateLimitError } from "discord.js";
import type { Millis, SendResult } from "../../domain/types.ts";
import { reasonOf } from "../../domain/errors.ts";

/** Everything a request can come to but success. */
export type Refusal = Exclude<SendResult, { kind: "sent" }>;

/** What went wrong, and Discord's own number for it (null: no answer, or one without a number). */
export type Failure = { readonly kind: "failure"; readonly code: number | null; readonly result: Refusal };

/** When the server names no time. The outbox adds its own back-off, and chance. */
const SOON: Millis = 5_000;
const BUSY: Millis = 60_000;
/** Something between us and Discord answered; trying often would only make it worse. */
const BLOCKED: Millis = 600_000;

/** Discord's numbers by what they mean for a delivery (https://docs.discord.com/developers/topics/opcodes-and-status-codes#json). */
export const UNKNOWN_CHANNEL = 10003;
export const UNKNOWN_MESSAGE = 10008;
export const MAY_NOT = 50013;
export const ARCHIVED = 50083;
export const LOCKED = 160005;
const TAG_WANTED = 40067;
const DESTINATION = new Map<number, string>([
  [UNKNOWN_CHANNEL, "this channel does not exist (any more)"],
  [10004, "this server does not exist (any more)"],
  [40007, "the bot is banned from this server"],
  [50001, "the bot cannot see this channel: give it View Channel there, or invite it to the server again"],
  [50008, "this channel takes no messages"],
  [50009, "the server's verification level keeps the bot out of this channel"],
  [
    MAY_NOT,
    "the bot may not write here: give it View Channel, Send Messages, Embed Links and Read Message History",
  ],
  [50024, "this kind of channel cannot do that"],
  [50095, "the server is not available where the bot runs"],
  [ARCHIVED, "this thread is archived: open it again in Discord, or choose a channel"],
  [LOCKED, "this thread is locked: unlock it in Discord, or choose a channel"],
  [TAG_WANTED, "this forum wants a tag on every post: name one that it has in `tags`"],
]);
/** What was sent is of another kind than the channel takes: a message in a forum, a post without a tag. */
const MISFIT = new Set([50008, 50024, TAG_WANTED]);
const ACCOUNT = new Set([40001, 40002, 40012, 50014, 50178]);
/** A limit: Discord takes messages, only not this one now. 160006: of open threads, which archive themselves. */
const WAIT = new Set([20016, 20022, 20028, 20029, 40062, 160006]);
/** Discord itself, or this part of it, is off or overloaded. */
const DOWN = new Set([40004, 40006, 130000]);
const CLOUDFLARE = 40333;
const NOT_THIS_POST = new Map<number, string>([
  [UNKNOWN_MESSAGE, "the message is gone: somebody deleted it"],
  [20009, "Discord calls its content explicit"],
  [30046, "a message older than an hour may not be changed that often"],
  [40005, "the message is too large"],
  [50005, "the message is somebody else's"],
  [50006, "the message is empty"],
  [50035, "Discord does not take a part of it"],
  [50109, "it is no JSON"],
  [200000, "the server's AutoMod blocked it"],
  [200001, "the server's AutoMod blocked its title"],
  [240000, "Discord calls a link in it harmful"],
]);

/** Failures of connecting: nothing was sent. All others may have happened after the request was out. */
const NEVER_CONNECTED = /^(connect|getaddrinfo)$/;
const NEVER_CODE =
  /^(UND_ERR_CONNECT_TIMEOUT|UND_ERR_INVALID_ARG|ERR_TLS_.*|CERT_.*|UNABLE_TO_.*|(DEPTH_ZERO_)?SELF_SIGNED.*)$/;

/**
 * Translates whatever discord.js threw; the only place that knows its errors.
 *
 * @param repeatable The request may be made again without harm (reading, deleting, publishing): no answer is then
 *   simply a `retry`. Otherwise no answer is `unknown`.
 */
export function translateFailure(error: unknown, repeatable: boolean): Failure {
  if (error instanceof RateLimitError) return failure(null, rateLimited(error));
  if (error instanceof DiscordAPIError) return fromAnswer(error, repeatable);
  if (neverConnected(error))
    return failure(null, outage(SOON, `Discord cannot be reached: ${reasonOf(error)}`));
  const what = error instanceof HTTPError ? `answered ${error.status} ${error.message}` : reasonOf(error);
  return failure(null, unanswered(`Discord gave no usable answer: ${what}`, repeatable));
}

/** The bot's token is refused: every further request would be, too, and too many ban the address. */
export const deadToken = (): Failure =>
  failure(401, {
    kind: "refused",
    scope: "account",
    reason:
      "Discord refuses the bot's token: copy a new one from the Developer Portal (Bot, Reset Token) to DISCORD_TOKEN and start again",
  });

/** A `retry` known to have sent nothing. */
export const retry = (afterMs: Millis, reason: string): Refusal => ({
  kind: "retry",
  afterMs: Math.max(0, Math.ceil(afterMs)),
  reason,
});

/** The same, as nobody there could take it. */
const outage = (afterMs: Millis, reason: string): Refusal => ({
  kind: "retry",
  afterMs: Math.max(0, Math.ceil(afterMs)),
  reason,
  outage: true,
});

/** No answer, or one that makes no sense. */
export const unanswered = (reason: string, repeatable: boolean): Refusal =>
  repeatable ? outage(SOON, reason) : { kind: "unknown", reason };

export const failure = (code: number | null, result: Refusal): Failure => ({ kind: "failure", code, result });

function rateLimited(error: RateLimitError): Refusal {
  const afterMs = Math.max(error.retryAfter, error.timeToReset, error.sublimitTimeout);
  return retry(
    afterMs > 0 ? afterMs : SOON,
    `Discord asks to wait (${error.global ? "global" : error.scope} limit)`,
  );
}

function fromAnswer(error: DiscordAPIError, repeatable: boolean): Failure {
  if (error.status === 401) return deadToken();
  if (error.status === 408) return failure(null, unanswered("Discord gave up waiting (408)", repeatable));
  const code = typeof error.code === "number" ? error.code : null;
  // Not Discord's own words (a proxy, Cloudflare): it did not get as far as to be judged.
  if (code === null)
    return failure(null, outage(BLOCKED, `something before Discord answered ${error.status}`));
  return failure(code, judge(code, error));
}

function judge(code: number, error: DiscordAPIError): Refusal {
  const said = `${reasonOf(error)} (${code})`;
  const ours = DESTINATION.get(code) ?? NOT_THIS_POST.get(code);
  const reason = ours === undefined ? `Discord says: ${said}` : `${ours} (Discord: ${said})`;
  if (code === CLOUDFLARE) return outage(BLOCKED, reason);
  if (DOWN.has(code)) return outage(waitOf(error) ?? BUSY, reason);
  if (WAIT.has(code)) return retry(waitOf(error) ?? BUSY, reason);
  if (ACCOUNT.has(code)) return { kind: "refused", scope: "account", reason };
  if (MISFIT.has(code)) return { kind: "refused", scope: "destination", reason, anew: true };
  if (DESTINATION.has(code)) return { kind: "refused", scope: "destination", reason };
  if (code === 50035 && /\.(image|thumbnail)\b/.test(error.message)) return { kind: "degrade", reason };
  // A tag that was there when it was looked up.
  if (code === 50035 && /\bapplied_tags\b/.test(error.message))
    return { kind: "retry", afterMs: SOON, reason, anew: true };
  if (NOT_THIS_POST.has(code)) return { kind: "rejected", reason };
  // An unknown 403 or 404 speaks of where it should go, an unknown 400 of what was sent.
  if (error.status === 403 || error.status === 404) return { kind: "refused", scope: "destination", reason };
  return { kind: "rejected", reason };
}

function waitOf(error: DiscordAPIError): Millis | null {
  const seconds: unknown = Reflect.get(error.rawError, "retry_after");
  return typeof seconds === "number" && seconds >= 0 ? seconds * 1000 : null;
}

function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const facts = first as { readonly syscall?: unknown; readonly code?: unknown };
  return NEVER_CONNECTED.test(String(facts.syscall)) || NEVER_CODE.test(String(facts.code));
}
