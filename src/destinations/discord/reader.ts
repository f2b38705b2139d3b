import type { z } from "zod";
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
  /** The first half of every link to a message: the server's id, or `@me` where there is none. */
  readonly home: (channelId: string, signal: AbortSignal) => Promise<Read<string>>;
  readonly guild: (guildId: string, signal: AbortSignal) => Promise<Read<GuildReply>>;
  /** The bot's roles in a server. */
  readonly roles: (guildId: string, botId: string, signal: AbortSignal) => Promise<Read<readonly string[]>>;
};

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
  const home = once(async (id, signal) => {
    const found = await channel(id, signal);
    return found.kind === "failure" ? found : { kind: "answer", body: found.body.guild_id ?? "@me" };
  });
  return {
    read,
    me: (signal) => me("", signal),
    channel,
    home,
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
