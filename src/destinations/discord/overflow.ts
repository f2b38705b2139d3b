import type { Overflow, PostOptions, Summary } from "../../domain/types.ts";
import { fitLines } from "../../lib/lines.ts";
import { escapeMarkdown } from "./escape.ts";
import { fitEscaped, fitPlain, storyOf } from "./story.ts";
import type { Story } from "./story.ts";

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const DESCRIPTION = 4096;
const AUTHOR = 256;
/** What a headline is cut to, in UTF-16 units, when there are many. */
const LENGTHS = [256, 180, 120, 90, 60] as const;

/**
 * Several summaries as one message: a card with a linked headline on each line, and no words of our own, as a channel
 * may speak any language. It lists as many as fit, from the first; nobody is pinged. Pure.
 */
export function composeDiscordOverflow(
  summaries: readonly Summary[],
  { key }: Pick<PostOptions, "key" | "createdAt">,
): Overflow {
  const stories = summaries.map(storyOf);
  const draw = (n: number, most: number): string =>
    stories
      .slice(0, n)
      .map((story) => lineOf(story, most))
      .join("\n");
  const { n, most } = fitLines(stories.length, DESCRIPTION, LENGTHS, (n, most) => draw(n, most).length);
  const [site, ...others] = new Set(stories.map((story) => story.site));
  const author =
    site === undefined || site === "" || others.length > 0
      ? {}
      : { author: { name: fitPlain(site, AUTHOR) } };
  const payload = {
    embeds: [{ ...author, description: draw(n, most) }],
    allowed_mentions: { parse: [], roles: [] },
    nonce: key,
    enforce_nonce: true,
  };
  return {
    listed: n,
    post: { platform: "discord", payload, image: null, text: asSeen(stories.slice(0, n)) },
  };
}

/** A headline with brackets of its own would end the link early: then an arrow bears it. */
function lineOf({ headline, link }: Story, most: number): string {
  const words = escapeMarkdown(fitEscaped(headline, most));
  if (link === null) return `- ${words}`;
  return /[[\]]/.test(headline) ? `- ${words} [↗](<${link}>)` : `- [${words}](<${link}>)`;
}

/** For terminals. */
const asSeen = (stories: readonly Story[]): string =>
  stories.map(({ headline, link }) => `• ${headline}${link === null ? "" : `\n  ${link}`}`).join("\n");
