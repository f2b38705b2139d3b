import { createHmac, timingSafeEqual } from "node:crypto";
import type { LinkedHub, Millis } from "../domain/types.ts";

/** The subscriber's side of W3C WebSub (https://www.w3.org/TR/websub/), without network and store. */

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const DAY: Millis = 86_400 * SECOND;
/** What is asked for; the hub decides (8.2: "10 days is a good default"). */
const LEASE: Millis = 10 * DAY;
/** A hub that forgets us is asked again after this at the latest, however long a lease it gave. */
const LONGEST_LEASE: Millis = 30 * DAY;
/** A hub that gives no lease, or a tiny one, is asked no more often than any publisher. */
const LEAST_RENEWAL: Millis = 5 * MINUTE;
/** What is left of a lease when it is renewed must bear some failures. */
const RENEW_AFTER = 0.8;

/** What is subscribed to, and where. */
export type Topic = { readonly hub: string; readonly topic: string };

/**
 * The hub of a feed and its address there: the headers count before the document (3). A publisher that forgets to name
 * the feed's own address means the one that was asked. Null: nobody pushes this feed.
 */
export function topicOf(linked: LinkedHub, document: LinkedHub, url: string): Topic | null {
  const hub = linked.hubUrl ?? document.hubUrl;
  const self = URL.parse(linked.selfUrl ?? document.selfUrl ?? url);
  if (hub === null || self === null) return null;
  self.hash = "";
  return { hub, topic: self.href };
}

/**
 * The body of a request to a hub (5.1). `hub.verify` is for hubs of the time before WebSub, which insist on it; others
 * must pass over it.
 */
export const requestForm = (
  mode: "subscribe" | "unsubscribe",
  wanted: { readonly topic: string; readonly callback: string; readonly secret: string },
): string =>
  new URLSearchParams({
    "hub.mode": mode,
    "hub.topic": wanted.topic,
    "hub.callback": wanted.callback,
    "hub.secret": wanted.secret,
    "hub.lease_seconds": String(LEASE / SECOND),
    "hub.verify": "async",
  }).toString();

/** The lease that a hub gives with its verification (5.3), as it says it; a day where it forgets to. */
export function leaseOf(seconds: string): Millis {
  const lease = /^\d{1,10}$/u.test(seconds) ? Number(seconds) * SECOND : DAY;
  return Math.min(lease, LONGEST_LEASE);
}

/** When a lease that begins now is renewed. */
export const renewalOf = (now: Millis, lease: Millis): Millis =>
  now + Math.max(Math.floor(lease * RENEW_AFTER), LEAST_RENEWAL);

/** A challenge is given back as it came (8.2): short, and nothing but printable characters. */
export const isChallenge = (text: string): boolean => /^[\u0021-\u007e]{1,1024}$/u.test(text);

/** The algorithms that a signature may name (7.1.1), and the length of their digests in hexadecimal digits. */
const DIGITS: Readonly<Record<string, number>> = { sha1: 40, sha256: 64, sha384: 96, sha512: 128 };

export type Judgement = "signed" | "forged" | "too large";

/**
 * Whether a body was signed with this secret: `signature` is what `X-Hub-Signature` says (7.1). The body is counted and
 * hashed as it comes, never kept; at most `maxBytes` of it are read. Without a signature it is forged, unread.
 */
export async function judgeSignature(
  body: AsyncIterable<Uint8Array>,
  signature: string,
  secret: string,
  maxBytes: number,
): Promise<Judgement> {
  const [, method = "", digest = ""] = /^(sha\d+)=([0-9a-f]+)$/iu.exec(signature.trim()) ?? [];
  const algorithm = method.toLowerCase();
  if (!Object.hasOwn(DIGITS, algorithm) || digest.length !== DIGITS[algorithm]) return "forged";
  const hmac = createHmac(algorithm, secret);
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return "too large";
    hmac.update(chunk);
  }
  return timingSafeEqual(hmac.digest(), Buffer.from(digest, "hex")) ? "signed" : "forged";
}
