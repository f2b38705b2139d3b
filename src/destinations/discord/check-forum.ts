import type { CheckProblem } from "../../domain/types.ts";
import { pickTags, requiresTag, tagNames, tagNamed } from "./forum.ts";
import { mayManageThreads } from "./permissions.ts";
import type { ChannelReply } from "./replies.ts";

/** What keeps posts in a forum from having the tags that the config names, or undo from deleting their threads. */
export function checkForum(
  forum: ChannelReply,
  names: readonly string[],
  granted: bigint,
): readonly CheckProblem[] {
  const available = forum.available_tags ?? [];
  const wanted = [...new Set(names)];
  const { tags, missing } = pickTags(available, { tags: wanted, categories: [] });
  const manages = mayManageThreads(granted);
  const guarded = wanted.filter((name) => tagNamed(available, name)?.moderated === true);
  return [
    ...missing.map((name) => ({
      what: `the forum has no tag “${name}”, so posts go out without it`,
      mend: `make it in Discord, or write another name in \`tags\` (${tagNames(forum)})`,
      severity: "error" as const,
    })),
    ...(tags.length === 0 && requiresTag(forum) ? [TAG_REQUIRED(tagNames(forum))] : []),
    ...(guarded.length > 0 && !manages
      ? [
          {
            what: `only moderators may give the tag ${guarded.map((name) => `“${name}”`).join(", ")}`,
            mend: "give the bot's role Manage Threads in the forum, or choose another tag",
            severity: "error" as const,
          },
        ]
      : []),
    ...(manages ? [] : [UNDO]),
  ];
}

const TAG_REQUIRED = (has: string): CheckProblem => ({
  what: "this forum wants a tag on every post; one whose categories are no tags of it would stop it",
  mend: `name a tag in \`tags\` (${has})`,
  severity: "error",
});

const UNDO: CheckProblem = {
  what: "without Manage Threads, `bulletin undo` can delete a post's message there, but not its thread with the title",
  mend: "give the bot's role Manage Threads in the forum, if you want that",
  severity: "hint",
};
