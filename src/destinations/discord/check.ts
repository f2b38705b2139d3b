import type { CheckProblem } from "../../domain/types.ts";
import { checkForum } from "./check-forum.ts";
import type { Failure } from "./errors.ts";
import { FORUM, MEDIA, NO_MEDIA } from "./forum.ts";
import { inviteLink, missingIn, permissionsIn } from "./permissions.ts";
import type { Reader } from "./reader.ts";
import type { ChannelReply } from "./replies.ts";

const TEXT = 0;
const ANNOUNCEMENT = 5;

type Checked = {
  readonly reader: Reader;
  readonly channelId: string;
  /** The posts are to be crossposted. */
  readonly publish: boolean;
  /** Names of a forum's tags that posts are to have. */
  readonly tags: readonly string[];
  /** No forum will do. */
  readonly messagesOnly: boolean;
  readonly signal: AbortSignal;
};

/**
 * Everything that keeps the bot from posting in a channel: token, channel, its kind, permissions. Writes nothing. A
 * network failure is a problem like the others.
 */
export async function checkChannel(checked: Checked): Promise<readonly CheckProblem[]> {
  const { reader, channelId, signal } = checked;
  const me = await reader.me(signal);
  if (me.kind === "failure") return [problemOf(me, null)];
  const channel = await reader.channel(channelId, signal);
  if (channel.kind === "failure") return [problemOf(channel, me.body.id)];
  const kind = kindProblems(channel.body, checked);
  const guildId = channel.body.guild_id;
  if (guildId === null || guildId === undefined) return kind;
  return [...kind, ...(await permissionProblems(checked, channel.body, guildId, me.body.id))];
}

const error = (what: string, mend: string): CheckProblem => ({ what, mend, severity: "error" });
const hint = (what: string, mend: string): CheckProblem => ({ what, mend, severity: "hint" });

function kindProblems({ type }: ChannelReply, wanted: Checked): readonly CheckProblem[] {
  const choose = "choose a text, announcement or forum channel (right-click it, Copy Link)";
  if (type === MEDIA) return [error(NO_MEDIA, choose)];
  if (type === FORUM && wanted.messagesOnly)
    return [error("this is a forum, and messages are written here", "choose a text channel")];
  if (type !== TEXT && type !== ANNOUNCEMENT && type !== FORUM)
    return [error("this is neither a text channel nor an announcement channel nor a forum", choose)];
  const unpublished =
    type === FORUM
      ? hint("a forum's posts cannot be published: `publish` has no effect", "remove `publish`")
      : hint(
          "only posts in an announcement channel can be published, and this is a text channel",
          "remove `publish`, or make it an announcement channel (Edit Channel, Overview)",
        );
  const untagged = hint("only posts in a forum have tags: `tags` has no effect here", "remove `tags`");
  return [
    ...(wanted.publish && type !== ANNOUNCEMENT ? [unpublished] : []),
    ...(wanted.tags.length > 0 && type !== FORUM ? [untagged] : []),
  ];
}

async function permissionProblems(
  { reader, tags, messagesOnly, signal }: Checked,
  channel: ChannelReply,
  guildId: string,
  botId: string,
): Promise<readonly CheckProblem[]> {
  const guild = await reader.guild(guildId, signal);
  if (guild.kind === "failure") return [problemOf(guild, botId)];
  const roles = await reader.roles(guildId, botId, signal);
  if (roles.kind === "failure") return [problemOf(roles, botId)];
  const granted = permissionsIn(guild.body, channel, botId, roles.body);
  const forum = channel.type === FORUM && !messagesOnly ? checkForum(channel, tags, granted) : [];
  const missing = missingIn(granted);
  if (missing.length === 0) return forum;
  const lacks = `the bot lacks ${missing.join(", ")}${channel.name ? ` in #${channel.name}` : ""}`;
  const give = `give its role ${missing.join(", ")} in the channel's settings (Permissions), or invite it again: ${inviteLink(botId)}`;
  const inForum = channel.type === FORUM && missing.includes("Send Messages");
  return [
    error(lacks, inForum ? `${give}. In a forum, Send Messages may be shown as Create Posts` : give),
    ...forum,
  ];
}

function problemOf({ result, code }: Failure, botId: string | null): CheckProblem {
  return error(result.reason, mendOf(result.kind, code, botId));
}

function mendOf(kind: Failure["result"]["kind"], code: number | null, botId: string | null): string {
  if (code === 401) return "set DISCORD_TOKEN to the bot's present token";
  if (code === 10003) return "copy the channel's link again (right-click it, Copy Link)";
  if (kind === "retry")
    return "try again in a while; if it lasts, look at the network and at discordstatus.com";
  return botId === null ? "see Discord's message" : `invite the bot to the server: ${inviteLink(botId)}`;
}
