import type { Json } from "../../src/domain/types.ts";
import type { SessionStore } from "../../src/destinations/bluesky/send.ts";

/** A session store in memory that tests can look into. */
export type MemorySessions = SessionStore & {
  readonly sessions: Map<string, Json>;
  readonly loginTimes: number[];
};

export function memorySessions(): MemorySessions {
  const sessions = new Map<string, Json>();
  const loginTimes: number[] = [];
  return {
    sessions,
    loginTimes,
    read: async (account) => sessions.get(account) ?? null,
    write: async (account, session) => {
      if (session === null) sessions.delete(account);
      else sessions.set(account, session);
    },
    logins: async (_account, since) => loginTimes.filter((at) => at >= since).length,
    addLogin: async (_account, at) => {
      loginTimes.push(at);
    },
  };
}
