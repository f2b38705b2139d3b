import type { Agent } from "@atproto/api";
import { AdminError } from "../../domain/errors.ts";
import type {
  CheckProblem,
  Destination,
  FindResult,
  FrozenDelivery,
  Json,
  RemoteRef,
  SendResult,
} from "../../domain/types.ts";
import { checkAccount, labelProblems } from "./check.ts";
import { composeBluesky } from "./compose.ts";
import { withDeadline } from "./deadline.ts";
import { findDocuments } from "./documents.ts";
import { errorName, translate } from "./errors.ts";
import type { Fault, Stage } from "./errors.ts";
import { composeBlueskyOverflow } from "./overflow.ts";
import { readRecent } from "./recent.ts";
import { openAccount } from "./session.ts";
import type { Ready, SessionOptions } from "./session.ts";

export type { SessionStore } from "./session.ts";

export type BlueskyOptions = SessionOptions & {
  /** `check`, and the first post, set the profile's bot label. */
  readonly botLabel: boolean;
};

const POST = "app.bsky.feed.post";
/** A richer card is not worth a longer wait. */
const LOOK_UP_MS = 5_000;

/**
 * One Bluesky account; the function it returns gives the destinations that post through it (they share its session).
 * Nothing is loaded or asked before the first use. A write is one `putRecord` at the delivery's key that refuses to
 * replace (`swapRecord: null`), so sending the same again is harmless at any time.
 */
export function openBluesky(
  options: BlueskyOptions,
): (destination: { readonly id: string; readonly name: string }) => Destination {
  const account = options.account.trim().replace(/^@/u, "");
  const named = account.startsWith("did:") ? account : account.toLowerCase();
  const { ready } = openAccount({ ...options, account: named });
  const limited = <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline(options.clock, options.requestMs, [signal], work);
  const secrets = options.password === null ? [] : [options.password];
  const fault = (error: unknown, stage: Stage): Fault =>
    translate(error, stage, options.clock.now(), secrets);

  /** What could not be read: when it may be worth asking again, if ever; or that the account is refused. */
  const unread = (error: unknown): Extract<FindResult, { kind: "unreadable" | "refused" }> => {
    const result = fault(error, "before the write");
    if (result.kind === "refused" && result.scope === "account")
      return { kind: "refused", scope: "account", reason: result.reason };
    const later = result.kind === "retry" ? { retryAfterMs: result.afterMs } : {};
    const outage = result.kind === "retry" && result.outage === true ? { outage: true as const } : {};
    return { kind: "unreadable", reason: result.reason, ...later, ...outage };
  };

  /** Runs steps that say when they begin to write; every error ends in `translate`. */
  const attempt = (
    signal: AbortSignal,
    work: (signal: AbortSignal, writes: () => void) => Promise<SendResult>,
  ): Promise<SendResult> => {
    let stage: Stage = "before the write";
    const writes = (): void => {
      stage = "write";
    };
    return limited(signal, (signal) => work(signal, writes)).catch((error: unknown) => fault(error, stage));
  };

  let labelled: Promise<unknown> | null = null;
  /** Before this process's first post the profile is made to say that a bot writes; if it can't be, `check` tells. */
  const label = async ({ agent, session }: Ready, signal: AbortSignal): Promise<void> => {
    if (!options.botLabel) return;
    labelled ??= labelProblems(agent, session.did, true, signal).catch(() => null);
    await labelled;
  };

  return ({ id, name }) => ({
    id,
    name,
    platform: "bluesky",
    resend: "always",
    compose: composeBluesky,
    composeOverflow: composeBlueskyOverflow,
    lookUp: async (page, signal) => {
      const deadline = Math.min(LOOK_UP_MS, options.requestMs);
      const documents = await withDeadline(options.clock, deadline, [signal], (signal) =>
        findDocuments(page, options.fetch, options.directories.appView, signal),
      ).catch(() => []);
      return { kind: "found", found: { documents }, notes: [] };
    },
    send: (delivery, signal) =>
      attempt(signal, async (signal, writes) => {
        const found = await ready(signal);
        await label(found, signal);
        const refusal = await uploadImage(found.agent, delivery, signal);
        if (refusal !== null) return refusal;
        writes();
        return { kind: "sent", ref: await putPost(found, delivery, signal) };
      }),
    find: (delivery, _settled, signal) =>
      limited(signal, async (signal) => findPost(await ready(signal), delivery.key, signal)).catch(unread),
    recent: async (since, signal) => {
      try {
        const found = await ready(signal);
        const place = {
          collection: POST,
          refOf: (rkey: string, cid: string) => refOf(found.session.did, rkey, cid),
        };
        return await readRecent(found, place, since, signal);
      } catch (error) {
        const { kind, reason } = fault(error, "before the write");
        return kind === "refused" ? { kind, scope: "account", reason } : unread(error);
      }
    },
    remove: (ref, signal) =>
      attempt(signal, async (signal, writes) => {
        const { agent, session } = await ready(signal);
        const { repo, rkey } = placeOf(ref);
        if (repo !== session.did)
          return { kind: "rejected", reason: `${ref.id} is no post of ${session.handle}` };
        writes();
        await agent.com.atproto.repo.deleteRecord({ repo, collection: POST, rkey }, { signal });
        return { kind: "sent", ref };
      }),
    check: (signal) =>
      limited(signal, async (signal) =>
        checkAccount(
          await ready(signal),
          { account: named, hasPassword: options.password !== null, botLabel: options.botLabel },
          signal,
        ),
      ).catch((error: unknown) => [problemOf(error, named, fault(error, "before the write"))]),
    [Symbol.asyncDispose]: async () => {},
  });
}

/**
 * A PDS collects blobs that no record uses, so the image goes up again before each write; its address must be the one
 * frozen in the record. Null when all is well.
 */
async function uploadImage(
  agent: Agent,
  { post }: FrozenDelivery,
  signal: AbortSignal,
): Promise<SendResult | null> {
  if (post.image === null) return null;
  const { data } = await agent.com.atproto.repo.uploadBlob(post.image.bytes, {
    encoding: post.image.mime,
    signal,
  });
  const stored = data.blob.ref.toString();
  return JSON.stringify(post.payload).includes(`"${stored}"`)
    ? null
    : { kind: "degrade", reason: `Bluesky stored the image as ${stored}, not as the record names it` };
}

/** Writes the frozen record. `InvalidSwap`: one stands at our key already, and the key is ours alone. */
async function putPost(
  { agent, session }: Ready,
  { key, post }: FrozenDelivery,
  signal: AbortSignal,
): Promise<RemoteRef> {
  const record = post.payload;
  if (!isRecord(record)) throw new TypeError("a Bluesky record is an object");
  try {
    const { data } = await agent.com.atproto.repo.putRecord(
      { repo: session.did, collection: POST, rkey: key, record, swapRecord: null },
      { signal },
    );
    return refOf(session.did, key, data.cid);
  } catch (error) {
    if (errorName(error) !== "InvalidSwap") throw error;
    const found = await findPost({ agent, session }, key, signal).catch(() => null);
    return found?.kind === "found" ? found.ref : refOf(session.did, key, null);
  }
}

const isRecord = (json: Json): json is { readonly [name: string]: Json | undefined } =>
  typeof json === "object" && json !== null && !Array.isArray(json);

async function findPost({ agent, session }: Ready, key: string, signal: AbortSignal): Promise<FindResult> {
  try {
    const where = { repo: session.did, collection: POST, rkey: key };
    const { data } = await agent.com.atproto.repo.getRecord(where, { signal });
    return { kind: "found", ref: refOf(session.did, key, data.cid ?? null) };
  } catch (error) {
    if (errorName(error) === "RecordNotFound") return { kind: "absent" };
    throw error;
  }
}

const refOf = (did: string, key: string, cid: string | null): RemoteRef => ({
  id: `at://${did}/${POST}/${key}`,
  url: `https://bsky.app/profile/${did}/post/${key}`,
  cid,
});

function placeOf(ref: RemoteRef): { readonly repo: string; readonly rkey: string } {
  const [, repo, rkey] = /^at:\/\/(did:[^/]+)\/app\.bsky\.feed\.post\/([^/]+)$/u.exec(ref.id) ?? [];
  return { repo: repo ?? "", rkey: rkey ?? "" };
}

function problemOf(error: unknown, account: string, { kind, reason }: Fault): CheckProblem {
  const what = `Bluesky account ${account} cannot be used: ${reason}`;
  if (error instanceof AdminError) return { what, mend: "Mend it, then run check again.", severity: "error" };
  const mend =
    kind === "refused"
      ? "Is the handle right, and the app password (BLUESKY_APP_PASSWORD) still valid? " +
        "App passwords: https://bsky.app/settings/app-passwords"
      : "Can this machine reach the server, and is its address (service) right? Then run check again.";
  return { what, mend, severity: "error" };
}
