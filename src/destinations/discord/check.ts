import type { CheckProblem } from "../../domain/types.ts";
import type { Failure } from "./errors.ts";
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
  const kind = kindProblems(channel.body, checked.publish);
  const guildId = channel.body.guild_id;
  if (guildId === null || guildId === undefined) return kind;
  return [...kind, ...(await permissionProblems(checked, channel.body, guildId, me.body.id))];
}

function kindProblems({ type }: ChannelReply, publish: boolean): readonly CheckProblem[] {
  if (type !== TEXT && type !== ANNOUNCEMENT)
    return [
      {
        what: "this is neither a text channel nor an announcement channel",
        mend: "choose a text or announcement channel (right-click it, Copy Link)",
        severity: "error",
      },
    ];
  if (!publish || type === ANNOUNCEMENT) return [];
  return [
    {
      what: "only posts in an announcement channel can be published, and this is a text channel",
      mend: "remove `publish`, or make it an announcement channel (Edit Channel, Overview)",
      severity: "hint",
    },
  ];
}

async function permissionProblems(
  { reader, signal }: Checked,
  channel: ChannelReply,
  guildId: string,
  botId: string,
): Promise<readonly CheckProblem[]> {
  const guild = await reader.guild(guildId, signal);
  if (guild.kind === "failure") return [problemOf(guild, botId)];
  const roles = await reader.roles(guildId, botId, signal);
  if (roles.kind === "failure") return [problemOf(roles, botId)];
  const missing = missingIn(permissionsIn(guild.body, channel, botId, roles.body));
  if (missing.length === 0) return [];
  return [
    {
      what: `the bot lacks ${missing.join(", ")}${channel.name ? ` in #${channel.name}` : ""}`,
      mend: `give its role ${missing.join(", ")} in the channel's settings (Permissions), or invite it again: ${inviteLink(botId)}`,
      severity: "error",
    },
  ];
}

function problemOf({ result, code }: Failure, botId: string | null): CheckProblem {
  return { what: result.reason, mend: mendOf(result.kind, code, botId), severity: "error" };
}

function mendOf(kind: Failure["result"]["kind"], code: number | null, botId: string | null): string {
  if (code === 401) return "set DISCORD_TOKEN to the bot's present token";
  if (code === 10003) return "copy the channel's link again (right-click it, Copy Link)";
  if (kind === "retry")
    return "try again in a while; if it lasts, look at the network and at discordstatus.com";
  return botId === null ? "see Discord's message" : `invite the bot to the server: ${inviteLink(botId)}`;
}
