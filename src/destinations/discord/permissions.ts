import { PermissionFlagsBits } from "discord.js";
import type { ChannelReply, GuildReply } from "./replies.ts";

/** What posting and looking for a post need, by the names that Discord's settings show. */
const NEEDED = [
  ["View Channel", PermissionFlagsBits.ViewChannel],
  ["Send Messages", PermissionFlagsBits.SendMessages],
  ["Embed Links", PermissionFlagsBits.EmbedLinks],
  ["Read Message History", PermissionFlagsBits.ReadMessageHistory],
] as const;

export type Needed = (typeof NEEDED)[number][0];

const MEMBER_OVERWRITE = 1;

/**
 * The bot's permissions in a channel: the server's roles, then the channel's overwrites for everyone, for its roles
 * and for itself (https://docs.discord.com/developers/topics/permissions#permission-overwrites).
 */
export function permissionsIn(
  guild: GuildReply,
  channel: ChannelReply,
  botId: string,
  roles: readonly string[],
): bigint {
  const mine = new Set([guild.id, ...roles]);
  const base = guild.roles
    .filter((role) => mine.has(role.id))
    .reduce((all, role) => all | BigInt(role.permissions), 0n);
  if (guild.owner_id === botId || (base & PermissionFlagsBits.Administrator) !== 0n) return ~0n;
  const overwrites = channel.permission_overwrites ?? [];
  const layers = [
    overwrites.filter((one) => one.id === guild.id),
    overwrites.filter((one) => one.type !== MEMBER_OVERWRITE && one.id !== guild.id && mine.has(one.id)),
    overwrites.filter((one) => one.type === MEMBER_OVERWRITE && one.id === botId),
  ];
  return layers.reduce((granted, layer) => {
    const denied = layer.reduce((all, one) => all | BigInt(one.deny), 0n);
    const allowed = layer.reduce((all, one) => all | BigInt(one.allow), 0n);
    return (granted & ~denied) | allowed;
  }, base);
}

/** The names of what is missing; without View Channel the others are worth nothing. */
export const missingIn = (granted: bigint): readonly Needed[] =>
  NEEDED.filter(([, bit]) => (granted & bit) === 0n).map(([name]) => name);

/** Deleting a forum's post takes more than writing it. */
export const mayManageThreads = (granted: bigint): boolean =>
  (granted & PermissionFlagsBits.ManageThreads) !== 0n;

/** The address at which an admin invites the bot with all it needs. A bot's user id is its application's id. */
export function inviteLink(botId: string): string {
  const all = NEEDED.reduce((sum, [, bit]) => sum | bit, 0n);
  return `https://discord.com/oauth2/authorize?client_id=${botId}&scope=bot&permissions=${all}`;
}
