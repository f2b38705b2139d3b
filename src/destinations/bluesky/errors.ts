import { AdminError, reasonOf } from "../../domain/errors.ts";
import type { Millis, SendResult } from "../../domain/types.ts";

/** Whether the error can have come after the platform was asked to write. */
export type Stage = "before the write" | "write";

export type Fault = Exclude<SendResult, { readonly kind: "sent" }>;

/** What `XRPCError` of @atproto/xrpc bears; known by its shape, since that package is loaded late. */
type Answer = {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
};

const SOON = 30_000;
const LATER = 300_000;
const DAY = 86_400_000;

/** Codes with which a connection fails before a byte of the request went out (node:net, node:dns, undici). */
const NEVER_SENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/u;
const BAD_IMAGE = /^(?:BlobTooLarge|PayloadTooLarge|InvalidMimeType|InvalidSize|UnsupportedMediaType)$/u;
/** How a PDS speaks of a picture that it takes as a file, but not in a record. */
const BAD_THUMB = /\bblob too big\b|\bembed\/(?:external\/thumb|images)\b/u;
const LOCKED_OUT =
  /^(?:Auth\w+|Account\w+|Repo(?:Deactivated|NotFound|Suspended|Takendown)|ExpiredToken|InvalidToken|Forbidden)$/u;

/**
 * What an error of the client, the network or our own session means for a delivery: the one place that knows the
 * errors of the AT Protocol (https://atproto.com/specs/xrpc#error-responses, and the PDS's own names).
 * `secrets` never show in a reason.
 */
export function translate(error: unknown, stage: Stage, now: Millis, secrets: readonly string[]): Fault {
  const chain = causes(error);
  const mend = chain.find((cause) => cause instanceof AdminError);
  if (mend !== undefined) return { kind: "refused", scope: "account", reason: mend.message };
  const answer = chain.find(isAnswer);
  const fault = answer === undefined ? unanswered(chain, stage) : answered(answer, stage, now, chain);
  return { ...fault, reason: redact(fault.reason, secrets) };
}

/** The name of the platform's error, such as `InvalidSwap`; null when it did not answer with one. */
export const errorName = (error: unknown): string | null => causes(error).find(isAnswer)?.error ?? null;

function answered(answer: Answer, stage: Stage, now: Millis, chain: readonly unknown[]): Fault {
  const { status, error } = answer;
  // 1 and 2 are the client's own: no answer at all, and one that it could not read.
  if (status < 100 || status === 408) return unanswered(chain, stage);
  const reason = `Bluesky answered ${status} ${error}: ${reasonOf(answer)}`;
  if (status === 429) return { kind: "retry", afterMs: waitOf(answer.headers ?? {}, now), reason };
  if (status >= 500) return noVerdict(reason, stage);
  if (BAD_IMAGE.test(error) || BAD_THUMB.test(answer.message)) return { kind: "degrade", reason };
  if (status === 401 || status === 403 || LOCKED_OUT.test(error))
    return { kind: "refused", scope: "account", reason };
  // A blob is uploaded again before each write; and what answers 404 to every method is no PDS (yet).
  if (error === "BlobNotFound") return { kind: "retry", afterMs: SOON, reason };
  if (status === 404) return { kind: "retry", afterMs: LATER, reason, outage: true };
  return { kind: "rejected", reason };
}

function unanswered(chain: readonly unknown[], stage: Stage): Fault {
  const reason = `no answer from Bluesky: ${reasonOf(chain.findLast((cause) => cause instanceof Error) ?? chain[0])}`;
  const neverSent = chain.some((cause) => NEVER_SENT.test(codeOf(cause)));
  return neverSent ? { kind: "retry", afterMs: SOON, reason, outage: true } : noVerdict(reason, stage);
}

const noVerdict = (reason: string, stage: Stage): Fault =>
  stage === "write" ? { kind: "unknown", reason } : { kind: "retry", afterMs: SOON, reason, outage: true };

/** `retry-after` (seconds or a date, RFC 9110, 10.2.3) or `ratelimit-reset` (epoch seconds); a minute when neither. */
function waitOf(headers: NonNullable<Answer["headers"]>, now: Millis): Millis {
  const after = headers["retry-after"] ?? "";
  const reset = headers["ratelimit-reset"] ?? "";
  const waits = [
    /^\d+$/u.test(after) ? Number(after) * 1000 : Date.parse(after) - now,
    /^\d+$/u.test(reset) ? Number(reset) * 1000 - now : Number.NaN,
  ].filter((wait) => Number.isFinite(wait));
  return waits.length === 0 ? 60_000 : Math.min(Math.max(...waits, 1000), DAY);
}

/** The error, its cause, the cause's cause; the parts of an aggregate too. Bounded. */
function causes(error: unknown, depth = 0): readonly unknown[] {
  if (!(error instanceof Error) || depth > 8) return [error];
  const inner = error instanceof AggregateError ? error.errors : [];
  const below = [...(error.cause === undefined ? [] : [error.cause]), ...inner];
  return [error, ...below.flatMap((cause) => causes(cause, depth + 1))];
}

const isAnswer = (error: unknown): error is Error & Answer =>
  error instanceof Error &&
  "status" in error &&
  typeof error.status === "number" &&
  "error" in error &&
  typeof error.error === "string";

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** Tokens (JWT) and the given secrets are blanked out, should a server repeat them. */
function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, "…"), text);
  return known.replaceAll(/\beyJ[\w-]{8,}(?:\.[\w-]+)*/gu, "…");
}
