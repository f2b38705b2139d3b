import type { Millis, RecentResult, StandingPost } from "../../domain/types.ts";
import { readOwn, refOf, unreadable, writtenAt } from "./find.ts";

import type { Search } from "./reader.ts";
import type { MessageReply } from "./replies.ts";

/** Ten thousand messages: days of a lively channel. */
export const PAGES = 100;

/** Every message of our own since then, with the links that it shows; all of them, or `unreadable`. */
export async function readRecent(search: Search, since: Millis): Promise<RecentResult> {
  const home = await search.reader.home(search.channelId, search.signal);
  if (home.kind === "failure") return unreadable(home);
  const posts: StandingPost[] = [];
  const read = await readOwn(search, since, PAGES, (messages) => {
    for (const message of messages) posts.push(standing(message, home.body, search.channelId));
    return false;
  });
  if (read.kind === "failure") return unreadable(read);
  return read.kind === "read" ? { kind: "read", posts } : read;
}

const standing = (message: MessageReply, home: string, channelId: string): StandingPost => ({
  ref: refOf(home, channelId, message.id),
  links: linksIn(message),
  at: writtenAt(message),
});

/** A card's own link, and those that stand in the text: foreign words there are escaped, so these are ours. */
export function linksIn({ content, embeds }: MessageReply): readonly string[] {
  const own = embeds.flatMap(({ url }) => url ?? []);
  const words = [content, ...embeds.map(({ description }) => description ?? "")];
  return [...own, ...words.flatMap((text) => text.match(/https?:\/\/[^\s<>]+/giu) ?? [])];
}
