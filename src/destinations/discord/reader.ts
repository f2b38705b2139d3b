import type { z } from "zod";
import type { Clock, Millis } from "../../domain/types.ts";
import type { DiscordClient } from "./client.ts";
import { failure, unanswered } from "./errors.ts";
import type { Failure } from "./errors.ts";
import { channelReply, guildReply, memberReply, userReply } from "./replies.ts";
import type { ChannelReply, GuildReply } from "./replies.ts";

export type Read<T> = { readonly kind: "answer"; readonly body: T } | Failure;

/** What the bot can learn about itself and its channels; answers that never change are asked for once. */
export type Reader = {
  readonly read: <T>(path: `/${string}`, schema: z.ZodType<T>, signal: AbortSignal) => Promise<Read<T>>;
  readonly me: (signal: AbortSignal) => Promise<Read<{ id: string; username: string }>>;
  readonly channel: (channelId: string, signal: AbortSignal) => Promise<Read<ChannelReply>>;
  readonly place: (channelId: string, signal: AbortSignal) => Promise<Read<Place>>;
  /** The first half of every link to a message: the server's id, or `@me` where there is none. */
  readonly home: (channelId: string, signal: AbortSignal) => Promise<Read<string>>;
  readonly guild: (guildId: string, signal: AbortSignal) => Promise<Read<GuildReply>>;
  /** The bot's roles in a server. */
  readonly roles: (guildId: string, botId: string, signal: AbortSignal) => Promise<Read<readonly string[]>>;
};

/** What never changes of a channel; only text and announcement channels may become each other. */
export type Place = { readonly home: string; readonly type: number };

export function readerOf(client: DiscordClient): Reader {
  const read: Reader["read"] = async (path, schema, signal) => {
    const answer = await client.ask({ method: "GET", path }, signal);
    if (answer.kind === "failure") return answer;
    const body = schema.safeParse(answer.body);
    if (body.success) return { kind: "answer", body: body.data };
    return failure(null, unanswered(`Discord's answer to ${path} makes no sense`, true));
  };
  const me = once((_key, signal) => read("/users/@me", userReply, signal));
  const channel: Reader["channel"] = (id, signal) => read(`/channels/${id}`, channelReply, signal);
  const place = once<Place>(async (id, signal) => {
    const found = await channel(id, signal);
    if (found.kind === "failure") return found;
    const { guild_id: guildId, type } = found.body;
    return { kind: "answer", body: { home: guildId ?? "@me", type } };
  });
  return {
    read,
    me: (signal) => me("", signal),
    channel,
    place,
    home: async (id, signal) => {
      const found = await place(id, signal);
      return found.kind === "failure" ? found : { kind: "answer", body: found.body.home };
    },
    guild: (id, signal) => read(`/guilds/${id}`, guildReply, signal),
    roles: async (guildId, botId, signal) => {
      const member = await read(`/guilds/${guildId}/members/${botId}`, memberReply, signal);
      return member.kind === "failure" ? member : { kind: "answer", body: member.body.roles };
    },
  };
}

type Ask<T> = (key: string, signal: AbortSignal) => Promise<Read<T>>;

/** Remembers answers, never failures. */
function once<T>(ask: Ask<T>): Ask<T> {
  const known = new Map<string, Read<T>>();
  return async (key, signal) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = await ask(key, signal);
    if (answer.kind === "answer") known.set(key, answer);
    return answer;
  };
}

/** A limit that is over this soon is waited for between two pages. */
const BRIEF: Millis = 10_000;
const TRIES = 3;

/** What reading back needs: whoever reads many pages meets limits on the way. */
export type Search = {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly channelId: string;
  readonly signal: AbortSignal;
};

/** Reads one page; what passes within seconds is waited for, three tries in all. */
export async function readPatiently<T>(
  { reader, clock, signal }: Search,
  path: `/${string}`,
  schema: z.ZodType<T>,
): Promise<Read<T>> {
  for (let attempt = 1; ; attempt++) {
    const read = await reader.read(path, schema, signal);
    if (read.kind === "answer" || read.result.kind !== "retry" || signal.aborted) return read;
    if (read.result.outage === true) return read;
    if (attempt === TRIES || read.result.afterMs > BRIEF) return read;
    await clock.sleep(read.result.afterMs, signal);
  }
}
