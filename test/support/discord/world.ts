import type { ComponentForm, EmbedForm, MessageForm } from "./form.ts";

import type { Click } from "./interactions.ts";

/** Permission bits (https://docs.discord.com/developers/topics/permissions). */
export const PERMISSION = {
  administrator: 1n << 3n,
  manageGuild: 1n << 5n,
  view: 1n << 10n,
  send: 1n << 11n,
  manageMessages: 1n << 13n,
  embed: 1n << 14n,
  history: 1n << 16n,
  manageThreads: 1n << 34n,
} as const;

export type Overwrite = {
  readonly id: string;
  readonly type: 0 | 1;
  readonly allow: bigint;
  readonly deny: bigint;
};
export type Role = { readonly id: string; readonly name: string; permissions: bigint };

export type Channel = {
  readonly id: string;
  readonly name: string;
  /** 0 text, 5 announcement, 11 a forum's post, 15 forum, 16 media. */
  readonly type: number;
  overwrites: readonly Overwrite[];
  /** What a forum's posts may be tagged with. */
  tags: readonly ForumTag[];
  /** Every post needs a tag. */
  requireTag: boolean;
};

export type ForumTag = { readonly id: string; readonly name: string; readonly moderated: boolean };

/** A post in a forum: a channel of its own, whose first message has its id. */
export type Thread = Channel & {
  name: string;
  readonly parentId: string;
  readonly ownerId: string;
  readonly createdAt: number;
  readonly appliedTags: readonly string[];
  isArchived: boolean;
  /** When it was last archived or opened again; at first, when it was made. */
  archivedAt: number;
  isLocked: boolean;
};

export type Message = {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly createdAt: number;
  content: string;
  embeds: readonly EmbedForm[];
  /** Rows of buttons, as they were sent. */
  components: readonly ComponentForm[];
  editedAt: number | null;
  flags: number;
  /** Who was pinged: what remains of the mentions in the text after `allowed_mentions`. */
  readonly pinged: { readonly everyone: boolean; readonly roles: readonly string[] };
};

/** One server with one bot in it. */
export type World = {
  readonly guildId: string;
  readonly botId: string;
  readonly now: () => number;
  /** How long a nonce is known (Discord: "the past few minutes"). */
  readonly nonceWindow: number;
  readonly roles: Role[];
  botRoles: readonly string[];
  readonly channels: Map<string, Channel>;
  /** Oldest first. */
  readonly threads: Map<string, Thread>;
  /** Oldest first. */
  readonly messages: Message[];
  /** Clicks on messages of the bot, by their token. */
  readonly clicks: Map<string, Click>;
  readonly nonces: Map<string, { readonly messageId: string; readonly at: number }>;
};

export const EPOCH = 1_420_070_400_000;
export const CROSSPOSTED = 1;
const sequences = new WeakMap<World, bigint>();

/** Ids that sort by time, as Discord's do. */
export function nextSnowflake(world: World): string {
  const sequence = (sequences.get(world) ?? 0n) + 1n;
  sequences.set(world, sequence);
  return String((BigInt(Math.trunc(world.now()) - EPOCH) << 22n) | (sequence & 4_194_303n));
}

/** What the bot may do in a channel; written apart from the bot's own reckoning, so that they check each other. */
export function botPermissions(world: World, channel: Channel): bigint {
  let bits = 0n;
  for (const role of world.roles)
    if (role.id === world.guildId || world.botRoles.includes(role.id)) bits |= role.permissions;
  if (bits & PERMISSION.administrator) return ~0n;
  for (const one of channel.overwrites) if (one.id === world.guildId) bits = (bits & ~one.deny) | one.allow;
  let denied = 0n;
  let allowed = 0n;
  for (const one of channel.overwrites)
    if (one.type === 0 && world.botRoles.includes(one.id)) {
      denied |= one.deny;
      allowed |= one.allow;
    }
  bits = (bits & ~denied) | allowed;
  for (const one of channel.overwrites)
    if (one.type === 1 && one.id === world.botId) bits = (bits & ~one.deny) | one.allow;
  return bits;
}

/** The message that this author made with this nonce within the window; "deleted" when it is gone. */
export function knownNonce(world: World, channelId: string, nonce: string): Message | "deleted" | null {
  const known = world.nonces.get(`${channelId} ${nonce}`);
  if (known === undefined || world.now() - known.at > world.nonceWindow) return null;
  return world.messages.find((message) => message.id === known.messageId) ?? "deleted";
}

/** Stores a message as Discord keeps it: texts trimmed, mentions resolved. */
export function addMessage(
  world: World,
  channelId: string,
  authorId: string,
  form: MessageForm,
  id = nextSnowflake(world),
): Message {
  const message: Message = {
    id,
    channelId,
    authorId,
    createdAt: world.now(),
    content: (form.content ?? "").trim(),
    embeds: (form.embeds ?? []).map(trimmed),
    components: form.components ?? [],
    editedAt: null,
    flags: form.flags ?? 0,
    pinged: pingsOf(form),
  };
  world.messages.push(message);
  if (form.nonce !== undefined && form.nonce !== null && authorId === world.botId)
    world.nonces.set(`${channelId} ${form.nonce}`, { messageId: message.id, at: world.now() });
  return message;
}

export const trimmed = (embed: EmbedForm): EmbedForm => ({
  ...embed,
  ...(embed.title ? { title: embed.title.trim() } : {}),
  ...(embed.description ? { description: embed.description.trim() } : {}),
});

/** Without `allowed_mentions` everything pings; backslashes before a mention change nothing. */
function pingsOf({ content, allowed_mentions: allowed }: MessageForm): Message["pinged"] {
  const text = (content ?? "").replaceAll("\\", "");
  const parses = (kind: string): boolean => !allowed || (allowed.parse ?? []).includes(kind);
  const roles = [...text.matchAll(/<@&(\d+)>/g)].map((match) => match[1] ?? "");
  return {
    everyone: parses("everyone") && /@(everyone|here)/.test(text),
    roles: roles.filter((id) => parses("roles") || allowed?.roles?.includes(id) === true),
  };
}
