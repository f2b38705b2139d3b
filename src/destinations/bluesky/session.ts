import type { Agent } from "@atproto/api";
import { z } from "zod";
import { AdminError } from "../../domain/errors.ts";
import type { Clock, Json, Millis } from "../../domain/types.ts";
import { openDeadline } from "./deadline.ts";
import { errorName } from "./errors.ts";
import { resolvePds } from "./resolve.ts";
import type { Directories, Fetch } from "./resolve.ts";

/** Where sessions outlive the process, and where logins are counted. */
export type SessionStore = {
  readonly read: (account: string) => Promise<Json | null>;
  readonly write: (account: string, session: Json | null) => Promise<void>;
  /** How often `createSession` was called for the account since then. */
  readonly logins: (account: string, since: Millis) => Promise<number>;
  readonly addLogin: (account: string, at: Millis) => Promise<void>;
};

export type SessionOptions = {
  /** Handle or DID. */
  readonly account: string;
  /** The PDS; null: the one that the account's DID document names. */
  readonly service: string | null;
  /** The app password; null: only a stored session can be used. */
  readonly password: string | null;
  /** The guarded fetch of lib/http: a PDS's address is foreign data. */
  readonly fetch: Fetch;
  readonly sessions: SessionStore;
  readonly clock: Clock;
  /** The deadline of one login or refresh. */
  readonly requestMs: Millis;
  readonly directories: Directories;
};

const Session = z.object({
  service: z.string(),
  did: z.string(),
  handle: z.string(),
  accessJwt: z.string(),
  refreshJwt: z.string(),
});
export type Session = z.infer<typeof Session>;

/** A client that speaks for the account, and the session as it is at this moment. */
export type Ready = { readonly agent: Agent; readonly session: Session };

/**
 * Bluesky's own client. Loading it holds the event loop, longer than a request may take on a busy machine: whoever
 * sends has it loaded before.
 */
export const loadClient = async () => await import("@atproto/api");

/** Gives the client of one account; logs in, resumes and refreshes as needed. Throws what `translate` understands. */
export type Account = { readonly ready: (signal: AbortSignal) => Promise<Ready> };

/** Some hosts allow ten logins a day and no more; a session is refreshed for 90 days, so one is usually enough. */
const LOGINS_A_DAY = 10;
const DAY = 86_400_000;

export const PASSWORD_MEND =
  "Make an app password (Settings > Privacy and security > App passwords, https://bsky.app/settings/app-passwords) " +
  "and put it into BLUESKY_APP_PASSWORD.";

/**
 * The session of one account. The client's own session class is not used: it refreshes at every start, does not wait
 * until a new session is stored (a kill would lose it), and forgets which requests were refused for their token.
 */
export function openAccount(options: SessionOptions): Account {
  const { account, sessions, clock, requestMs } = options;
  let current: Session | null = null;
  let changing: Promise<Session> | null = null;
  let client: Promise<Agent> | null = null;

  /**
   * One login or refresh at a time; whoever comes meanwhile gets its result. It is never left before its end: what was
   * answered must be stored.
   */
  function change(work: (signal: AbortSignal) => Promise<Session>): Promise<Session> {
    const limited = async (): Promise<Session> => {
      using deadline = openDeadline(clock, requestMs, []);
      return await work(deadline.signal);
    };
    changing ??= limited()
      .then((session) => (current = session))
      .finally(() => {
        changing = null;
      });
    return changing;
  }

  const session = async (): Promise<Session> =>
    current ?? change(async (signal) => (await stored(options)) ?? login(options, signal));

  /** A session newer than the refused one: another process's, a refreshed one, or a new login. */
  const renewed = async (refused: Session): Promise<Session> =>
    current !== null && current.accessJwt !== refused.accessJwt
      ? current
      : change(async (signal) => {
          const other = await stored(options);
          if (other !== null && other.accessJwt !== refused.accessJwt) return other;
          const fresh = await refresh(refused, options, signal);
          if (fresh !== null) return fresh;
          current = null;
          await sessions.write(account, null);
          return login(options, signal);
        });

  /** Sends a request under the session; once more under a renewed one when its token was refused. */
  const dial = async (path: string, init: RequestInit): Promise<Response> => {
    const first = await session();
    const answer = await authorized(first, path, init, options.fetch);
    // The client would make 400 of it, which is an answer; this is none.
    if (answer.status === 408) throw new Error("the server gave up waiting (408)");
    if (!(await refusesToken(answer))) return answer;
    const next = await renewed(first);
    await answer.body?.cancel();
    return authorized(next, path, init, options.fetch);
  };

  return {
    ready: async (signal) => {
      client ??= loadClient().then(({ Agent }) => new Agent(dial));
      const found = await Promise.race([session(), aborted(signal)]);
      return { agent: await client, session: found };
    },
  };
}

/** Redirects are refused: a password or token belongs to the host that it was made for, to no other. */
function authorized(session: Session, path: string, init: RequestInit, fetch: Fetch): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${session.accessJwt}`);
  return fetch(new URL(path, session.service), { ...init, headers, redirect: "error" });
}

/** 400 `ExpiredToken` is the rule (a PDS says `InvalidToken` after its secret changed); other hosts say 401. */
async function refusesToken(answer: Response): Promise<boolean> {
  if (answer.status !== 400 && answer.status !== 401) return false;
  const body = z.object({ error: z.string() }).safeParse(
    await answer
      .clone()
      .json()
      .catch(() => null),
  );
  const name = body.success ? body.data.error : "";
  return answer.status === 401 ? !name.startsWith("Account") : /^(?:Expired|Invalid)Token$/u.test(name);
}

async function stored({ account, service, sessions }: SessionOptions): Promise<Session | null> {
  const found = Session.safeParse(await sessions.read(account));
  const fits = found.success && (service === null || sameOrigin(service, found.data.service));
  return fits ? found.data : null;
}

const sameOrigin = (one: string, other: string): boolean =>
  URL.parse(one)?.origin === URL.parse(other)?.origin;

/** The refreshed session, stored; null when the refresh token is dead too (90 days, or revoked). */
async function refresh(old: Session, options: SessionOptions, signal: AbortSignal): Promise<Session | null> {
  const agent = await plainAgent(old.service, options.fetch);
  try {
    const headers = { authorization: `Bearer ${old.refreshJwt}` };
    const { data } = await agent.com.atproto.server.refreshSession(undefined, { headers, signal });
    return await store({ ...data, service: old.service }, options);
  } catch (error) {
    const name = errorName(error) ?? "";
    if (/^(?:Expired|Invalid)Token$|^Auth/u.test(name)) return null;
    throw error;
  }
}

async function login(options: SessionOptions, signal: AbortSignal): Promise<Session> {
  const { account, password, sessions, clock, fetch } = options;
  if (password === null) throw new AdminError(`no app password is set for ${account}. ${PASSWORD_MEND}`);
  const now = clock.now();
  if ((await sessions.logins(account, now - DAY)) >= LOGINS_A_DAY)
    throw new AdminError(
      `${account} was logged in ${LOGINS_A_DAY} times within a day; some servers lock an account that logs in ` +
        `more often. Look at why its sessions end (is its app password used elsewhere?), then resume it tomorrow.`,
    );
  const service = options.service ?? (await resolvePds(account, fetch, options.directories, signal));
  const agent = await plainAgent(service, fetch);
  await sessions.addLogin(account, now);
  const { data } = await agent.com.atproto.server.createSession(
    { identifier: account, password },
    { signal },
  );
  return store({ ...data, service }, options);
}

/** Writes the session before anyone uses it, so that no kill can lose the only token that refreshes. */
async function store(data: Session, { account, sessions }: SessionOptions): Promise<Session> {
  const { service, did, handle, accessJwt, refreshJwt } = data;
  const session: Session = { service, did, handle, accessJwt, refreshJwt };
  await sessions.write(account, session);
  return session;
}

/** A client that speaks for nobody: for logging in. */
async function plainAgent(service: string, fetch: Fetch): Promise<Agent> {
  const { Agent } = await loadClient();
  return new Agent((path, init) => fetch(new URL(path, service), { ...init, redirect: "error" }));
}

async function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return promise;
}
