import type {
  CardBoard,
  Clock,
  Destination,
  Json,
  Millis,
  RemoteRef,
  SendResult,
} from "../../domain/types.ts";
import { ellipsize, takeGraphemes } from "../../lib/text.ts";
import { boardOf } from "./board.ts";
import { checkChannel } from "./check.ts";
import { openClient } from "./client.ts";
import type { DiscordClient } from "./client.ts";
import { composeDiscord } from "./compose.ts";
import { createMessage, createPost } from "./create.ts";
import { findMessage, unreadable } from "./find.ts";
import { FORUM, forumPostIn, lookUpForum } from "./forum.ts";
import type { InvalidRequests } from "./invalid.ts";
import type { ListenOptions } from "./listener.ts";
import { composeDiscordOverflow } from "./overflow.ts";
import { findPost, readRecentPosts } from "./posts.ts";
import { readerOf } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { readRecent } from "./recent.ts";
import { removeMessage, removePost } from "./remove.ts";

export type DiscordOptions = {
  /** Without a version: `https://discord.com/api`. */
  readonly api: string;
  readonly token: string;
  readonly clock: Clock;
  /** The deadline of one request. */
  readonly requestMs: Millis;
  readonly invalid: InvalidRequests;
  /** For how long after the first attempt Discord is trusted to know the nonce again. */
  readonly nonceWindow: Millis;
};

export type DiscordChannel = {
  /** The row's key: `discord:CHANNEL`. */
  readonly id: string;
  readonly channelId: string;
  readonly name: string;
  /** The posts are to be crossposted: `check` then wants an announcement channel. */
  readonly publish?: boolean;
  /** The tags that its posts are to have, by name: `check` then wants a forum that has them. */
  readonly tags?: readonly string[];
  /** Only messages are written there, as in the admin channel: `check` then wants no forum. */
  readonly messagesOnly?: boolean;
};

/** One bot. Its destinations share its limits and its token. */
export type DiscordAccount = AsyncDisposable & {
  readonly destination: (channel: DiscordChannel) => Destination;
  /**
   * Writes a message to an admin: markdown, at most 2,000 characters, no pings, no link previews. Foreign parts must
   * have gone through `escapeMarkdown`. The same nonce (at most 25 characters) within minutes makes one message.
   */
  readonly tell: (channelId: string, text: string, nonce: string, signal: AbortSignal) => Promise<SendResult>;
  /** A channel as the place where cards stand. */
  readonly board: (channelId: string) => CardBoard;
  /** Hears of clicks on the cards in a channel until disposed. One process at a time, else each hears all. */
  readonly listen: (options: ListenOptions) => Promise<AsyncDisposable>;
};

const CONTENT_MAX = 2000;
const SUPPRESS_EMBEDS = 1 << 2;
const ALREADY_CROSSPOSTED = 40033;

/** One Discord bot over REST; nothing is sent before the first use, and no failure is thrown. */
export function openDiscord(options: DiscordOptions): DiscordAccount {
  const client = openClient(options);
  const reader = readerOf(client);
  return {
    destination: (channel) => destinationOf(channel, options, client, reader),
    tell: (channelId, text, nonce, signal) =>
      createMessage(client, reader, channelId, adminMessage(text, nonce), signal),
    listen: async (listen) => {
      // Only a process that runs needs it, and only with an admin channel.
      const { openListener } = await import("./listener.ts");
      return openListener({ ...options, ...listen, client });
    },
    board: (channelId) => boardOf({ client, reader, clock: options.clock }, channelId),
    [Symbol.asyncDispose]: async () => client.close(),
  };
}

function destinationOf(
  { id, channelId, name, publish = false, tags = [], messagesOnly = false }: DiscordChannel,
  { clock, nonceWindow }: DiscordOptions,
  client: DiscordClient,
  reader: Reader,
): Destination {
  const search = (signal: AbortSignal) => ({ reader, clock, channelId, signal });
  return {
    id,
    platform: "discord",
    name,
    resend: { withinMs: nonceWindow },
    isKeyless: ({ payload }) => forumPostIn(payload) !== null,
    compose: composeDiscord,
    composeOverflow: composeDiscordOverflow,
    lookUp: (wanted, signal) => lookUpForum(reader, channelId, wanted, signal),
    send: ({ post: { payload } }, signal, isOver) =>
      (forumPostIn(payload) === null ? createMessage : createPost)(
        client,
        reader,
        channelId,
        payload,
        signal,
        isOver,
      ),
    find: (delivery, settled, signal) =>
      (forumPostIn(delivery.post.payload) === null ? findMessage : findPost)(
        search(signal),
        delivery,
        settled,
      ),
    recent: async (since, signal) => {
      const place = await reader.place(channelId, signal);
      if (place.kind === "failure") return unreadable(place);
      return await (place.body.type === FORUM ? readRecentPosts : readRecent)(search(signal), since);
    },
    publish: async (ref, signal) => {
      const place = await reader.place(channelId, signal);
      if (place.kind === "failure") return place.result;
      if (place.body.type === FORUM) return { kind: "needless" };
      return await publishMessage(client, channelId, ref, signal);
    },
    remove: async (ref, signal) => {
      const place = await reader.place(channelId, signal);
      if (place.kind === "failure") return place.result;
      return place.body.type === FORUM
        ? await removePost(client, reader, ref, signal)
        : await removeMessage(client, channelId, ref, signal);
    },
    check: (signal) => checkChannel({ reader, channelId, publish, tags, messagesOnly, signal }),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Shows the post to all servers that follow the announcement channel. */
async function publishMessage(
  client: DiscordClient,
  channelId: string,
  ref: RemoteRef,
  signal: AbortSignal,
): Promise<SendResult> {
  const path = `/channels/${channelId}/messages/${ref.id}/crosspost` as const;
  const answer = await client.ask({ method: "POST", path, repeatable: true }, signal);
  if (answer.kind === "answer" || answer.code === ALREADY_CROSSPOSTED) return { kind: "sent", ref };
  return answer.result;
}

function adminMessage(text: string, nonce: string): Json {
  const words = text.toWellFormed();
  const content =
    words.length <= CONTENT_MAX
      ? words
      : ellipsize(takeGraphemes(words, CONTENT_MAX + 1), CONTENT_MAX, (part) => part.length);
  return {
    content,
    allowed_mentions: { parse: [], roles: [] },
    nonce,
    enforce_nonce: true,
    flags: SUPPRESS_EMBEDS,
  };
}
