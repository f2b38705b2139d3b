import type { Limits, Millis } from "../../domain/types.ts";

/** What a request was given, for the words of its failure. */
export type Bounds = { readonly limits: Limits; readonly totalMs: Millis };

const CODE = "ERR_NOT_FETCHED";

/** An error whose message is already what an admin should read. */
export const failure = (reason: string): Error => Object.assign(new Error(reason), { code: CODE });

/**
 * Anything that undici, node:net, node:tls, node:zlib or this folder threw, in plain words: the one place that
 * knows their error codes.
 */
export function failureReason(error: unknown, { limits, totalMs }: Bounds): string {
  const cause = deepest(error);
  const code = codeOf(cause);
  const known: Readonly<Record<string, string>> = {
    TimeoutError: `took longer than ${seconds(totalMs)}`,
    UND_ERR_CONNECT_TIMEOUT: `could not be reached within ${seconds(limits.connectMs)}`,
    ETIMEDOUT: `could not be reached within ${seconds(limits.connectMs)}`,
    UND_ERR_HEADERS_TIMEOUT: `sent no answer within ${seconds(limits.headersMs)}`,
    UND_ERR_BODY_TIMEOUT: "stopped in the middle of its answer",
    UND_ERR_HEADERS_OVERFLOW: `its headers are larger than ${size(limits.headerBytes)}`,
    UND_ERR_SOCKET: "broke the connection off",
    UND_ERR_DESTROYED: "cancelled",
    UND_ERR_CLOSED: "cancelled",
    AbortError: "cancelled",
    ECONNREFUSED: "refused the connection",
    ECONNRESET: "broke the connection off",
    EPIPE: "broke the connection off",
    EHOSTUNREACH: "cannot be reached from here",
    ENETUNREACH: "cannot be reached from here",
  };
  const message = cause instanceof Error ? cause.message : String(cause);
  if (code === CODE) return message;
  if (code.startsWith("HPE_") || code === "HTTPParserError") return `its answer is no HTTP (${message})`;
  if (/^(?:Z_|ERR_BROTLI|ERR__ERROR|ERR_PADDING)/u.test(code))
    return `its answer cannot be decoded (${message})`;
  if (/CERT|SIGNATURE|^ERR_(?:SSL|TLS)|EPROTO/u.test(code))
    return `its certificate is not accepted (${code})`;
  return known[code] ?? `failed (${code === "" ? message : code})`.slice(0, 300);
}

/** "20 s", "1.5 s". */
export const seconds = (ms: Millis): string => `${Math.round(ms / 100) / 10} s`;

/** "5 MB", "512 KB", "800 bytes". */
export function size(bytes: number): string {
  if (bytes >= 1e6) return `${Math.round(bytes / 1e5) / 10} MB`;
  return bytes >= 1e3 ? `${Math.round(bytes / 1e2) / 10} KB` : `${bytes} bytes`;
}

/** The error that started it: the first of several attempts, the cause of a wrapped one. */
function deepest(error: unknown): unknown {
  if (!(error instanceof Error) || codeOf(error) === CODE) return error;
  if (error instanceof AggregateError && error.errors.length > 0) return deepest(error.errors[0]);
  return error.cause instanceof Error && !codeOf(error).startsWith("UND_ERR") ? deepest(error.cause) : error;
}

/** A DOMException's code is a number, and undici's parser leaves its own out. */
const NAMES_THAT_SAY_MORE = new Set(["TimeoutError", "AbortError", "HTTPParserError"]);

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (NAMES_THAT_SAY_MORE.has(error.name)) return error.name;
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
