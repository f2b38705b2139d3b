import type { FindResult, FrozenDelivery, Millis, RemoteRef } from "../../domain/types.ts";
import { normaliseSpace } from "../../lib/text.ts";
import type { Failure } from "./errors.ts";
import { readPatiently, type Search } from "./reader.ts";
import { missingIn, permissionsIn } from "./permissions.ts";
import { messagesReply } from "./replies.ts";
import type { MessageReply } from "./replies.ts";

/** Reading begins this long before the first attempt: our clock and Discord's may differ. */
export const BEFORE: Millis = 300_000;
export const PAGES = 10;
export const PAGE = 100;
/** Snowflakes count from the first second of 2015 (https://docs.discord.com/developers/reference#snowflakes). */
const EPOCH = 1_420_070_400_000;

/**
 * Looks for a delivery in doubt: reads the channel forward from before its first attempt for a message of our own with
 * the same content and embeds that no other delivery owns. At most 1,000 messages; what cannot be read is `unreadable`,
 * with a time when it may be worth asking again.
 */
export async function findMessage(
  search: Search,
  delivery: FrozenDelivery,
  settled: ReadonlySet<string>,
): Promise<FindResult> {
  if (delivery.firstAttemptAt === null) return { kind: "absent" };
  return await findOwn(
    search,
    delivery.firstAttemptAt - BEFORE,
    (message) => !settled.has(message.id) && sameWords(delivery.post.payload, message),
  );
}

/** The first message of our own since then that is the one; read as `findMessage` does. */
export async function findOwn(
  search: Search,
  since: Millis,
  isIt: (message: MessageReply) => boolean,
): Promise<FindResult> {
  let ours: MessageReply | undefined;
  const read = await readOwn(search, since, PAGES, (messages) => {
    ours = messages.find(isIt);
    return ours !== undefined;
  });
  if (read.kind !== "read") return read.kind === "failure" ? unreadable(read) : read;
  return ours === undefined ? { kind: "absent" } : await found(search, ours);
}

const snowflakeAt = (time: Millis): bigint => BigInt(Math.max(0, Math.trunc(time) - EPOCH)) << 22n;

/** When a message was written, or a thread begun. */
export const writtenAt = ({ id }: { readonly id: string }): Millis => Number(BigInt(id) >> 22n) + EPOCH;

export type Unreadable = Extract<FindResult, { kind: "unreadable" | "refused" }>;

/** Reads a channel forward from then, our own messages alone, until `isEnough` or its end; `most` pages of 100. */
export async function readOwn(
  search: Search,
  since: Millis,
  most: number,
  isEnough: (messages: readonly MessageReply[]) => boolean,
): Promise<{ readonly kind: "read" } | Unreadable | Failure> {
  const me = await search.reader.me(search.signal);
  if (me.kind === "failure") return me;
  let after = snowflakeAt(since);
  for (let page = 0; page < most; page++) {
    const path = `/channels/${search.channelId}/messages?limit=${PAGE}&after=${after}` as const;
    const read = await readPatiently(search, path, messagesReply);
    if (read.kind === "failure") return read;
    // Newest first, but the page itself is the one next to `after`.
    const messages = read.body.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    if (isEnough(messages.filter(({ author }) => author.id === me.body.id))) return { kind: "read" };
    if (messages.length === 0 && page === 0) return await emptyOrHidden(search, me.body.id);
    if (messages.length < PAGE) return { kind: "read" };
    after = BigInt(messages.at(-1)?.id ?? after);
  }
  const reason = `more than ${most * PAGE} messages were written in the channel since then`;
  return { kind: "unreadable", reason };
}

/** Without Read Message History, Discord shows an empty channel instead of refusing. */
async function emptyOrHidden(
  { reader, channelId, signal }: Search,
  botId: string,
): Promise<{ readonly kind: "read" } | Unreadable | Failure> {
  const channel = await reader.channel(channelId, signal);
  if (channel.kind === "failure") return channel;
  const guildId = channel.body.guild_id;
  if (guildId === null || guildId === undefined) return { kind: "read" };
  const guild = await reader.guild(guildId, signal);
  if (guild.kind === "failure") return guild;
  const roles = await reader.roles(guildId, botId, signal);
  if (roles.kind === "failure") return roles;
  const missing = missingIn(permissionsIn(guild.body, channel.body, botId, roles.body));
  if (!missing.includes("Read Message History")) return { kind: "read" };
  return { kind: "unreadable", reason: "the bot lacks Read Message History in this channel" };
}

async function found({ reader, channelId, signal }: Search, message: MessageReply): Promise<FindResult> {
  const home = await reader.home(channelId, signal);
  if (home.kind === "failure") return unreadable(home);
  return { kind: "found", ref: refOf(home.body, channelId, message.id) };
}

/** Where a message stands: https://discord.com/channels/SERVER/CHANNEL/MESSAGE. */
export const refOf = (home: string, channelId: string, messageId: string): RemoteRef => ({
  id: messageId,
  url: `https://discord.com/channels/${home}/${channelId}/${messageId}`,
  cid: null,
});

/** What could not be read: when it may be worth asking again, if ever; or that the account is refused. */
export function unreadable({ result }: Failure): Unreadable {
  if (result.kind === "refused" && result.scope === "account")
    return { kind: "refused", scope: "account", reason: result.reason };
  const later = result.kind === "retry" ? { retryAfterMs: result.afterMs } : {};
  const outage = result.kind === "retry" && result.outage === true ? { outage: true as const } : {};
  return { kind: "unreadable", reason: result.reason, ...later, ...outage };
}

/** Discord trims texts and writes addresses its own way, so neither is compared to the letter. */
export function sameWords(payload: unknown, message: MessageReply): boolean {
  const sent = messageWords(payload);
  const stands = messageWords(message);
  return sent.length === stands.length && sent.every((part, index) => part === stands[index]);
}

type Words = {
  readonly content?: string | null;
  readonly embeds?: readonly {
    readonly title?: string | null;
    readonly url?: string | null;
    readonly description?: string | null;
  }[];
};

function messageWords(message: unknown): readonly string[] {
  const { content, embeds } = message as Words;
  const parts = (embeds ?? []).flatMap((embed) => [
    normaliseSpace(embed.title ?? ""),
    URL.parse(embed.url ?? "")?.href ?? "",
    normaliseSpace(embed.description ?? ""),
  ]);
  return [normaliseSpace(content ?? ""), ...parts];
}
