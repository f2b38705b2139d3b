import { UpdateThreadRequestPartialSchema } from "discord-api-spec/zod";
import { API_ERRORS, invalidForm } from "./errors.ts";
import { checkPost } from "./form.ts";
import { createdThreadReply, threadReply, threadsReply } from "./replies.ts";
import type { Call, Inside, Reply } from "./routes.ts";
import { PERMISSION, addMessage, botPermissions, nextSnowflake } from "./world.ts";
import type { Channel, ForumTag, Thread, World } from "./world.ts";

const FORUM = 15;
const MEDIA = 16;

const ok = (status: 200 | 201, body: unknown): Reply => ({ kind: "ok", status, body });
const refuse = (error: (typeof API_ERRORS)[keyof typeof API_ERRORS]): Reply => ({ kind: "error", error });

/**
 * Start Thread in Forum or Media Channel (https://docs.discord.com/developers/resources/channel): the same post twice
 * makes two threads.
 */
export function createThread(call: Call, { channel, may }: Inside): Reply {
  if (channel.type !== FORUM && channel.type !== MEDIA) return refuse(API_ERRORS.wrongChannelType);
  if (!(may & PERMISSION.send)) return refuse(API_ERRORS.missingPermissions);
  const checked = checkPost(call.body);
  if (checked.kind === "error") return checked;
  const { name, message, applied_tags: applied } = checked.form;
  if (message.embeds?.length && !(may & PERMISSION.embed)) return refuse(API_ERRORS.missingPermissions);
  const wanted = [...new Set(applied ?? [])];
  const tags = wanted.flatMap((id) => channel.tags.find((tag) => tag.id === id) ?? []);
  if (tags.length < wanted.length) return { kind: "error", error: invalidForm([unknownTag(wanted, tags)]) };
  if (tags.some(({ moderated }) => moderated) && !(may & PERMISSION.manageThreads))
    return refuse(API_ERRORS.missingPermissions);
  if (channel.requireTag && tags.length === 0) return refuse(API_ERRORS.tagRequired);
  const thread = addThread(call.world, channel, call.world.botId, name, wanted);
  const first = addMessage(call.world, thread.id, call.world.botId, message, thread.id);
  call.tell("THREAD_CREATE", { ...threadReply(call.world, thread), newly_created: true });
  return ok(201, createdThreadReply(call.world, thread, first));
}

const unknownTag = (wanted: readonly string[], known: readonly ForumTag[]) => ({
  path: ["applied_tags", wanted.findIndex((id) => !known.some((tag) => tag.id === id))],
  code: "FORUM_TAG_INVALID",
  message: "Unknown tag",
});

export function addThread(
  world: World,
  { id: parentId }: Channel,
  ownerId: string,
  name: string,
  appliedTags: readonly string[] = [],
): Thread {
  const now = world.now();
  const thread: Thread = {
    id: nextSnowflake(world),
    name,
    type: 11,
    overwrites: [],
    tags: [],
    requireTag: false,
    parentId,
    ownerId,
    appliedTags,
    createdAt: now,
    isArchived: false,
    archivedAt: now,
    isLocked: false,
  };
  world.threads.set(thread.id, thread);
  return thread;
}

const newer = (one: Thread, other: Thread): number => (BigInt(one.id) < BigInt(other.id) ? 1 : -1);

/** Of the whole server, those that the bot can see. */
export function activeThreads({ world, ids }: Call): Reply {
  if (ids[0] !== world.guildId) return refuse(API_ERRORS.unknownGuild);
  const seen = [...world.threads.values()].filter(({ isArchived, parentId }) => {
    const parent = world.channels.get(parentId);
    return !isArchived && parent !== undefined && (botPermissions(world, parent) & PERMISSION.view) !== 0n;
  });
  return ok(200, threadsReply(world, seen.toSorted(newer), null));
}

/** Last archived first; `before` is a time, and what was archived just then is left out. */
export function archivedThreads({ world, query }: Call, { channel, may }: Inside): Reply {
  if (!(may & PERMISSION.history)) return refuse(API_ERRORS.missingPermissions);
  const before = Date.parse(query.get("before") ?? "9999-01-01T00:00:00Z");
  const limit = Math.min(100, Number(query.get("limit") ?? 50));
  if (Number.isNaN(before))
    return {
      kind: "error",
      error: invalidForm([{ path: ["before"], code: "DATE_TIME_TYPE_PARSE", message: "Not a time" }]),
    };
  const all = [...world.threads.values()]
    .filter((one) => one.parentId === channel.id && one.isArchived && one.archivedAt < before)
    .toSorted((one, other) => other.archivedAt - one.archivedAt || newer(one, other));
  return ok(200, threadsReply(world, all.slice(0, limit), all.length > limit));
}

/** Who began a thread, or manages threads, may change it; a locked one only the latter. */
export function editThread(call: Call, { thread, may }: Inside): Reply {
  if (thread === null) return refuse(API_ERRORS.missingPermissions);
  const parsed = UpdateThreadRequestPartialSchema.safeParse(call.body);
  if (!parsed.success)
    return {
      kind: "error",
      error: invalidForm([{ path: [], code: "BASE_TYPE_INVALID", message: "Not a thread" }]),
    };
  const manages = (may & PERMISSION.manageThreads) !== 0n;
  if (thread.isLocked && !manages) return refuse(API_ERRORS.lockedThread);
  if (thread.ownerId !== call.world.botId && !manages) return refuse(API_ERRORS.missingPermissions);
  const { name, archived } = call.body as { name?: string; archived?: boolean };
  if (thread.isArchived && archived !== false) return refuse(API_ERRORS.archivedThread);
  if (name !== undefined) thread.name = name.trim();
  if (archived !== undefined) archive(call.world, thread, archived);
  return ok(200, threadReply(call.world, thread));
}

export function archive(world: World, thread: Thread, isArchived: boolean): void {
  thread.isArchived = isArchived;
  thread.archivedAt = world.now();
}

/** Deleting a thread takes Manage Threads, also of who began it. */
export function deleteThread(call: Call, { channel, thread, may }: Inside): Reply {
  if (thread === null || !(may & PERMISSION.manageThreads)) return refuse(API_ERRORS.missingPermissions);
  const reply = threadReply(call.world, thread);
  dropThread(call.world, thread.id);
  call.tell("THREAD_DELETE", {
    id: channel.id,
    guild_id: call.world.guildId,
    parent_id: thread.parentId,
    type: 11,
  });
  return ok(200, reply);
}

export function dropThread(world: World, threadId: string): void {
  world.threads.delete(threadId);
  for (const message of world.messages.filter(({ channelId }) => channelId === threadId))
    world.messages.splice(world.messages.indexOf(message), 1);
}
