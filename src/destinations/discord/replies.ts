import { z } from "zod";

/** What we read of Discord's answers; all else in them is ignored. */
const snowflake = z.string().regex(/^\d{1,20}$/);

export const userReply = z.object({ id: snowflake, username: z.string() });

export const createdReply = z.object({ id: snowflake });

export const channelReply = z.object({
  id: snowflake,
  type: z.number(),
  flags: z.number().nullish(),
  available_tags: z
    .array(z.object({ id: snowflake, name: z.string(), moderated: z.boolean().nullish() }))
    .nullish(),
  name: z.string().nullish(),
  guild_id: snowflake.nullish(),
  permission_overwrites: z
    .array(z.object({ id: snowflake, type: z.number(), allow: z.string(), deny: z.string() }))
    .nullish(),
});

export const guildReply = z.object({
  id: snowflake,
  name: z.string(),
  owner_id: snowflake,
  roles: z.array(z.object({ id: snowflake, permissions: z.string() })),
});

export const memberReply = z.object({ roles: z.array(snowflake) });

export const messageReply = z.object({
  id: snowflake,
  content: z.string(),
  author: z.object({ id: snowflake }),
  components: z.array(z.unknown()).nullish(),
  embeds: z.array(
    z.object({
      title: z.string().nullish(),
      url: z.string().nullish(),
      description: z.string().nullish(),
    }),
  ),
});

export const messagesReply = z.array(messageReply);

/** A post in a forum: its first message has the same id. */
export const threadReply = z.object({
  id: snowflake,
  name: z.string(),
  parent_id: snowflake.nullish(),
  owner_id: snowflake.nullish(),
  message_count: z.number().nullish(),
  thread_metadata: z.object({ archive_timestamp: z.string().nullish() }),
});

/** `has_more`: of archived threads only. */
export const threadsReply = z.object({ threads: z.array(threadReply), has_more: z.boolean().nullish() });

export type ChannelReply = z.infer<typeof channelReply>;
export type GuildReply = z.infer<typeof guildReply>;
export type MessageReply = z.infer<typeof messageReply>;
export type ThreadReply = z.infer<typeof threadReply>;
