import type { CheckResult, Json, LookUpResult, Wanted } from "../../domain/types.ts";
import type { Failure } from "./errors.ts";
import type { Reader } from "./reader.ts";
import type { ChannelReply } from "./replies.ts";

/** https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
export const FORUM = 15;
export const MEDIA = 16;
const REQUIRE_TAG = 1 << 4;
/** https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel */
const TAGS_MAX = 5;

export type ForumTag = NonNullable<ChannelReply["available_tags"]>[number];

/** A forum's post as it is frozen: the body of Start Thread in Forum Channel. There is no nonce for it. */
export type ForumPost = {
  readonly name: string;
  readonly applied_tags: readonly string[];
  readonly message: { readonly [key: string]: Json };
};

/** The forum's post in a payload; null: it is an ordinary message. Payloads are our own: only `message` tells them apart. */
export const forumPostIn = (payload: Json): ForumPost | null =>
  typeof payload === "object" && payload !== null && "message" in payload
    ? (payload as unknown as ForumPost)
    : null;

export const NO_MEDIA =
  "this is a media channel, where every post needs an uploaded picture, which Bulletin does not send: choose a forum, text or announcement channel";

export const requiresTag = ({ flags }: ChannelReply): boolean => ((flags ?? 0) & REQUIRE_TAG) !== 0;

/** Tags by name, as a list for people. */
export const tagNames = ({ available_tags: tags }: ChannelReply): string =>
  tags?.length ? `it has: ${tags.map(({ name }) => name).join(", ")}` : "it has none yet";

/**
 * Whether a channel is a forum, and then which of its tags a post gets: asked right before the post is frozen. That it
 * is one is asked once, as it can't change; its tags are asked anew each time.
 */
export async function lookUpForum(
  reader: Reader,
  channelId: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<LookUpResult> {
  const place = await reader.place(channelId, signal);
  if (place.kind === "failure") return notKnown(place);
  if (place.body.type === MEDIA) return { kind: "refused", scope: "destination", reason: NO_MEDIA };
  if (place.body.type !== FORUM) return { kind: "found", found: {}, notes: [] };
  const forum = await reader.channel(channelId, signal);
  if (forum.kind === "failure") return notKnown(forum);
  const { tags, missing } = pickTags(forum.body.available_tags ?? [], wanted);
  if (tags.length === 0 && requiresTag(forum.body))
    return {
      kind: "refused",
      scope: "destination",
      reason: `this forum wants a tag on every post: name one in \`tags\` (${tagNames(forum.body)})`,
    };
  return { kind: "found", found: { forum: { tags } }, notes: missing.map(noteOf) };
}

/** The ids of the tags that a post gets, five at most: those asked for, then those named like its categories. */
export function pickTags(
  available: readonly ForumTag[],
  { tags, categories }: Pick<Wanted, "tags" | "categories">,
): { readonly tags: readonly string[]; readonly missing: readonly string[] } {
  const named = (name: string): ForumTag | undefined => tagNamed(available, name);
  // A tag that is for moderators is given only where an admin asked for it.
  const fitting = categories
    .flatMap((name) => named(name) ?? [])
    .filter(({ moderated }) => moderated !== true);
  const picked = [...tags.flatMap((name) => named(name) ?? []), ...fitting].map(({ id }) => id);
  return {
    tags: [...new Set(picked)].slice(0, TAGS_MAX),
    missing: tags.filter((name) => named(name) === undefined),
  };
}

export const tagNamed = (available: readonly ForumTag[], name: string): ForumTag | undefined =>
  available.find((tag) => folded(tag.name) === folded(name));

const folded = (name: string): string => name.normalize("NFKC").trim().toLowerCase();

const noteOf = (name: string): CheckResult => ({
  check: "tags",
  outcome: "left out",
  reason: `the forum has no tag “${name}”`,
});

function notKnown({ result }: Failure): LookUpResult {
  if (result.kind === "retry" || result.kind === "refused" || result.kind === "rejected") return result;
  return { kind: "retry", afterMs: 0, reason: result.reason };
}
