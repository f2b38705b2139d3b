import { startDiscord } from "./discord/server.ts";
import type { ChannelSetup, DiscordStandIn } from "./discord/server.ts";
import { openLine, type Line } from "./line.ts";

export const FORUM = "1190000000000000150";
export const ADMIN = "1190000000000000160";
/** The forum's tags, by their names. */
export const TAGS = {
  news: "1190000000000000901",
  sport: "1190000000000000902",
  staff: "1190000000000000903",
};

export const forum: ChannelSetup = {
  id: FORUM,
  name: "stories",
  type: 15,
  tags: [
    { id: TAGS.news, name: "News", moderated: false },
    { id: TAGS.sport, name: "Sport", moderated: false },
    { id: TAGS.staff, name: "Staff", moderated: true },
  ],
};

export type ForumLine = Line & { readonly discord: DiscordStandIn };

export type ForumLineOptions = {
  /** The options of the subscription, such as `, tags: [News]`. */
  readonly options?: string;
  /** What is different about the forum. */
  readonly setup?: Partial<ChannelSetup>;
};

/** The yaml of a line whose one destination is the forum. */
export const forumYaml = (api: string, options: string) => (feedUrl: string) => `
timing: { request: 2 seconds, grace: 30 seconds, first_retry: 5 seconds }
admin_channel: "${ADMIN}"
defaults: { discord: { api: "${api}" } }
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [{ discord: "${FORUM}", spacing: 0${options} }] }]`;

/** A line whose one destination is a forum of the stand-in, with the bot's own client between. */
export async function openForumLine({ options = "", setup = {} }: ForumLineOptions = {}): Promise<ForumLine> {
  await using stack = new AsyncDisposableStack();
  const clock = { now: () => line?.clock.now() ?? Date.parse("2026-06-01T10:00:00Z") };
  let line: Line | null = null;
  const discord = stack.use(
    await startDiscord({ clock, limits: null, channels: [{ ...forum, ...setup }, { id: ADMIN }] }),
  );
  line = stack.use(
    await openLine({
      yaml: forumYaml(discord.api, options),
      destinations: [],
      env: { DISCORD_TOKEN: discord.token },
    }),
  );
  const owned = stack.move();
  return { ...line, discord, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
