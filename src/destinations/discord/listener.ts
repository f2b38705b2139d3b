import type { CardActions, Clock, Log, Millis } from "../../domain/types.ts";
import type { DiscordClient } from "./client.ts";
import { bareToken } from "./client.ts";
import type { Session } from "./conversation.ts";
import { openGateway } from "./gateway.ts";
import { openInteractions } from "./interactions.ts";

export type ListenOptions = {
  readonly channelId: string;
  readonly actions: CardActions;
  readonly log: Log;
  /** The wait after a first failure. */
  readonly firstRetry: Millis;
  /** Where an earlier process broke off, as its `keep` was told; null: begin anew. */
  readonly session: string | null;
  readonly keep: (session: string | null) => void;
};

export type ListenerOptions = ListenOptions & {
  readonly client: DiscordClient;
  readonly token: string;
  readonly clock: Clock;
  readonly requestMs: Millis;
};

/** The gateway, and what is done for each click that it tells of. Disposing lets the clicks under way end first. */
export function openListener(options: ListenerOptions): AsyncDisposable {
  const interactions = openInteractions(options);
  const gateway = openGateway({
    ...options,
    token: bareToken(options.token),
    session: readSession(options.session),
    keep: (session) => options.keep(session === null ? null : JSON.stringify(session)),
    event: (name, data) => {
      if (name === "INTERACTION_CREATE") interactions.answer(data);
    },
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await interactions[Symbol.asyncDispose]();
    },
  };
}

/** What this program wrote itself; anything else begins anew. */
function readSession(text: string | null): Session | null {
  const { id, url, seq } = JSON.parse(text ?? "{}") as Partial<Session>;
  return typeof id === "string" && typeof url === "string" && typeof seq === "number"
    ? { id, url, seq }
    : null;
}
