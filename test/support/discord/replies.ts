import {
  CreatedThreadResponseSchema,
  ErrorSchema,
  GatewayBotResponseSchema,
  GuildChannelResponseSchema,
  GuildMemberResponseSchema,
  GuildResponseSchema,
  MessageResponseSchema,
  RatelimitedResponseSchema,
  ThreadResponseSchema,
  ThreadsResponseSchema,
  UserPIIResponseSchema,
} from "discord-api-spec/zod";
import type { ComponentForm, EmbedForm } from "./form.ts";
import type { Member } from "./interactions.ts";
import type { Channel, Message, Thread, World } from "./world.ts";

type Schema = { readonly parse: (value: unknown) => unknown };

/** The reply itself, once the published schema has accepted it; otherwise the stand-in is wrong. */
function valid<T>(schema: Schema, reply: T): T {
  schema.parse(reply);
  return reply;
}

const user = (id: string, bot: boolean): object => ({
  id,
  username: bot ? "bulletin" : "reader",
  discriminator: "0",
  global_name: null,
  avatar: null,
  public_flags: 0,
  flags: 0,
  bot,
  primary_guild: null,
});

export const meReply = (world: World): object =>
  valid(UserPIIResponseSchema, {
    ...user(world.botId, true),
    mfa_enabled: true,
    locale: "en-US",
    verified: true,
  });

export const memberReply = (world: World): object =>
  valid(GuildMemberResponseSchema, memberOf(world, user(world.botId, true), world.botRoles));

/** The one who clicked; unlike a member over REST he comes with what he may do. */
export const clickerReply = (world: World, { username, permissions }: Member): object => ({
  ...valid(
    GuildMemberResponseSchema,
    memberOf(world, { ...user("1190000000000000008", false), username }, []),
  ),
  permissions: String(permissions),
});

const memberOf = (world: World, who: object, roles: readonly string[]): object => ({
  user: who,
  roles,
  avatar: null,
  banner: null,
  communication_disabled_until: null,
  flags: 0,
  joined_at: new Date(world.now()).toISOString(),
  nick: null,
  pending: false,
  premium_since: null,
  mute: false,
  deaf: false,
});

const FORUM = 15;
const MEDIA = 16;
const REQUIRE_TAG = 1 << 4;

export function channelReply(world: World, channel: Channel): object {
  const reply = {
    id: channel.id,
    type: channel.type,
    guild_id: world.guildId,
    name: channel.name,
    position: 0,
    flags: channel.requireTag ? REQUIRE_TAG : 0,
    parent_id: null,
    permission_overwrites: channel.overwrites.map((one) => ({
      id: one.id,
      type: one.type,
      allow: String(one.allow),
      deny: String(one.deny),
    })),
    ...(channel.type === FORUM || channel.type === MEDIA
      ? { available_tags: channel.tags.map((tag) => ({ ...tag, emoji_id: null, emoji_name: null })) }
      : {}),
  };
  // The published schema does not know media channels, which are like forums.
  valid(GuildChannelResponseSchema, channel.type === MEDIA ? { ...reply, type: FORUM } : reply);
  return reply;
}

const threadOf = (world: World, thread: Thread): object => {
  const messages = world.messages.filter(({ channelId }) => channelId === thread.id);
  const replies = messages.filter(({ id }) => id !== thread.id).length;
  return {
    id: thread.id,
    type: 11,
    guild_id: world.guildId,
    parent_id: thread.parentId,
    owner_id: thread.ownerId,
    name: thread.name,
    last_message_id: messages.at(-1)?.id ?? null,
    flags: 0,
    rate_limit_per_user: 0,
    message_count: replies,
    total_message_sent: replies,
    member_count: 1,
    thread_metadata: {
      archived: thread.isArchived,
      archive_timestamp: new Date(thread.archivedAt).toISOString(),
      auto_archive_duration: 4320,
      locked: thread.isLocked,
      create_timestamp: new Date(thread.createdAt).toISOString(),
    },
    applied_tags: thread.appliedTags,
  };
};

export const threadReply = (world: World, thread: Thread): object =>
  valid(ThreadResponseSchema, threadOf(world, thread));

/** The answer to a new post in a forum: the thread, and its first message within. */
export const createdThreadReply = (world: World, thread: Thread, message: Message): object => ({
  ...valid(CreatedThreadResponseSchema, threadOf(world, thread)),
  message: messageReply(world, message),
});

/** `hasMore` null: the list of active threads, which is never in pages, does not say. */
export function threadsReply(world: World, threads: readonly Thread[], hasMore: boolean | null): object {
  const members = threads
    .filter(({ ownerId }) => ownerId === world.botId)
    .map(({ id, createdAt }) => ({
      id,
      user_id: world.botId,
      join_timestamp: new Date(createdAt).toISOString(),
      flags: 1,
    }));
  const reply = { threads: threads.map((thread) => threadOf(world, thread)), members };
  valid(ThreadsResponseSchema, { ...reply, has_more: hasMore ?? false });
  return hasMore === null ? reply : { ...reply, has_more: hasMore };
}

const role = (id: string, name: string, permissions: bigint, position: number): object => ({
  id,
  name,
  permissions: String(permissions),
  position,
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  managed: false,
  mentionable: false,
  icon: null,
  unicode_emoji: null,
  flags: 0,
});

const EMPTY_GUILD = {
  icon: null,
  description: null,
  home_header: null,
  splash: null,
  discovery_splash: null,
  features: ["COMMUNITY", "NEWS"],
  banner: null,
  application_id: null,
  region: "deprecated",
  afk_channel_id: null,
  afk_timeout: 300,
  system_channel_id: null,
  system_channel_flags: 0,
  widget_enabled: false,
  widget_channel_id: null,
  verification_level: 1,
  default_message_notifications: 1,
  mfa_level: 0,
  explicit_content_filter: 2,
  max_presences: null,
  max_members: 500_000,
  max_stage_video_channel_users: 50,
  max_video_channel_users: 25,
  vanity_url_code: null,
  premium_tier: 0,
  premium_subscription_count: 0,
  preferred_locale: "en-US",
  rules_channel_id: null,
  safety_alerts_channel_id: null,
  public_updates_channel_id: null,
  premium_progress_bar_enabled: false,
  nsfw: false,
  nsfw_level: 0,
  emojis: [],
  stickers: [],
  incidents_data: null,
} as const;

export const guildReply = (world: World): object =>
  valid(GuildResponseSchema, {
    ...EMPTY_GUILD,
    id: world.guildId,
    name: "Harbour Post",
    owner_id: "1190000000000000009",
    roles: world.roles.map((one, index) => role(one.id, one.name, one.permissions, index)),
  });

const proxied = (url: string): string =>
  `https://images-ext-1.discordapp.net/external/${encodeURIComponent(url)}`;

function embedReply(embed: EmbedForm): object {
  const { author, image, footer, ...rest } = embed;
  const fields = {
    ...rest,
    type: "rich",
    ...(rest.timestamp ? { timestamp: new Date(rest.timestamp).toISOString() } : {}),
    ...(author
      ? { author: { ...author, ...(author.icon_url ? { proxy_icon_url: proxied(author.icon_url) } : {}) } }
      : {}),
    ...(image?.url
      ? { image: { ...image, proxy_url: proxied(image.url), width: 0, height: 0, flags: 0 } }
      : {}),
    ...(footer ? { footer } : {}),
  };
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** Every component has a number within its message. */
function numbered(rows: readonly ComponentForm[]): readonly object[] {
  let id = 0;
  const draw = ({ components, ...component }: ComponentForm): object => ({
    ...component,
    id: ++id,
    ...(components === undefined ? {} : { components: components.map(draw) }),
  });
  return rows.map(draw);
}

/** A message as history shows it: without its nonce. */
export const messageReply = (world: World, message: Message): object =>
  valid(MessageResponseSchema, {
    id: message.id,
    channel_id: message.channelId,
    type: 0,
    author: user(message.authorId, message.authorId === world.botId),
    content: message.content,
    embeds: message.embeds.map(embedReply),
    timestamp: new Date(message.createdAt).toISOString(),
    edited_timestamp: message.editedAt === null ? null : new Date(message.editedAt).toISOString(),
    mentions: [],
    mention_roles: message.pinged.roles,
    mention_everyone: message.pinged.everyone,
    attachments: [],
    components: numbered(message.components),
    flags: message.flags,
    pinned: false,
    tts: false,
  });

/** The answer to Create Message: the message and the nonce it was made with. */
export const createdReply = (
  world: World,
  message: Message,
  nonce: string | number | null | undefined,
): object =>
  valid(MessageResponseSchema, {
    ...messageReply(world, message),
    ...(nonce === null || nonce === undefined ? {} : { nonce }),
  });

export const gatewayReply = (port: number): object =>
  valid(GatewayBotResponseSchema, {
    url: `ws://127.0.0.1:${port}/gateway`,
    shards: 1,
    session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 1 },
  });

/** The schema's nested errors are wrong about real ones (codes there are words), so only the head is checked. */
export const errorReply = (error: { code: number; message: string; errors?: unknown }): object =>
  valid(ErrorSchema, {
    message: error.message,
    code: error.code,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  });

export const rateLimitReply = (retryAfter: number, global: boolean): object =>
  valid(RatelimitedResponseSchema, {
    message: "You are being rate limited.",
    code: 0,
    retry_after: retryAfter,
    global,
  });
