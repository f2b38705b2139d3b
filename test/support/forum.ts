import type { ChannelSetup } from "./discord/server.ts";
import { type DiscordLine, openDiscordLine, yamlFor } from "./discord-line.ts";

export const FORUM = "1190000000000000150";
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

export type ForumLineOptions = {
  /** The options of the subscription, such as `, tags: [News]`. */
  readonly options?: string;
  /** What is different about the forum. */
  readonly setup?: Partial<ChannelSetup>;
};

const postTo = (options: string): string => `{ discord: "${FORUM}"${options} }`;

export const forumYaml = (api: string, options: string) => yamlFor(api, { postTo: postTo(options) });

/** A line whose one destination is a forum. */
export const openForumLine = ({ options = "", setup = {} }: ForumLineOptions = {}): Promise<DiscordLine> =>
  openDiscordLine({ channels: [{ ...forum, ...setup }], postTo: postTo(options) });
