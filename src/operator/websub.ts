import type { Millis } from "../domain/types.ts";
import { isChallenge, judgeSignature, leaseOf, renewalOf } from "../feeds/websub.ts";
import { oneLine } from "../lib/text.ts";
import { pushGap } from "../pipeline/due.ts";
import { findFeed } from "../store/feeds.ts";
import { confirmTopic, denyTopic, endTopic, findTopic, notePush } from "../store/websub.ts";
import type { Operator } from "./operator.ts";

/** A hub that denied a subscription is asked again after this. */
const DENIED_FOR: Millis = 7 * 86_400_000;
const REASON_LENGTH = 200;

/** What a hub says in the query of a GET (W3C WebSub, 5.2 and 5.3); what it leaves out is empty. */
export type HubWord = Readonly<Record<"mode" | "topic" | "challenge" | "lease" | "reason", string>>;

export type PushOutcome = "taken" | "unknown" | "too large";

/** What hubs can do at the address under which they reach us; `token` is the end of it. */
export type HubDoor = {
  /** The body of the answer: the challenge where we did ask for that, nothing after a denial; null: we did not. */
  readonly hear: (token: string, word: HubWord) => Promise<string | null>;
  /** A push with its signature: a good one makes the feed due, and nothing else; a forged one is taken and ignored. */
  readonly push: (token: string, signature: string, body: AsyncIterable<Uint8Array>) => Promise<PushOutcome>;
};

export const hubDoor = (operator: Operator): HubDoor => ({
  hear: (token, word) => hear(operator, token, word),
  push: (token, signature, body) => push(operator, token, signature, body),
});

async function hear({ context }: Operator, token: string, word: HubWord): Promise<string | null> {
  const { store, clock, log } = context;
  const { mode, topic, challenge } = word;
  const now = clock.now();
  if (mode === "denied") {
    const said = oneLine(word.reason).slice(0, REASON_LENGTH);
    const reason = `the hub denies it${said === "" ? "" : `: ${said}`}`;
    const isOurs = await denyTopic(store, { token, topic }, reason, now + DENIED_FOR);
    if (isOurs) log.info("a hub denied a subscription", { topic, reason });
    return isOurs ? "" : null;
  }
  if (!isChallenge(challenge)) return null;
  if (mode === "unsubscribe") return (await endTopic(store, token, topic)) ? challenge : null;
  if (mode !== "subscribe") return null;
  const lease = leaseOf(word.lease);
  const times = { until: now + lease, renewAt: renewalOf(now, lease) };
  if (!(await confirmTopic(store, { token, topic }, now, times))) return null;
  log.info("a hub confirmed a subscription", { topic, until: new Date(times.until).toISOString() });
  return challenge;
}

async function push(
  { context }: Operator,
  token: string,
  signature: string,
  body: AsyncIterable<Uint8Array>,
): Promise<PushOutcome> {
  const { store, clock, log } = context;
  const row = await findTopic(store, token);
  // Unwanted: "410" ends it at the hub, also where it took no farewell (7).
  if (row === null || row.wanted === 0) return "unknown";
  const judged = await judgeSignature(body, signature, row.secret, context.config().limits.feedBytes);
  if (judged === "too large") return judged;
  if (judged === "forged") log.warn("a push without a good signature was ignored", { topic: row.topic });
  const feed = judged === "signed" ? await findFeed(store, row.feedId) : null;
  if (feed !== null) await notePush(store, feed.id, clock.now(), pushGap(context, feed.url));
  return "taken";
}
