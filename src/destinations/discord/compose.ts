import type { Json, Post, PostOptions, Summary, Template } from "../../domain/types.ts";
import { cleanText, webAddress } from "./clean.ts";
import { escapeMarkdown } from "./escape.ts";
import { chooseBody, drawBody, fitEscaped, fitPlain, plainText, storyOf, TITLE_MAX } from "./story.ts";
import type { Story } from "./story.ts";
import { fillTemplate } from "./template.ts";
import type { Words } from "./template.ts";

/**
 * Discord's limits in UTF-16 units, the stricter of the two ways in which it is said to count
 * (https://docs.discord.com/developers/resources/message#embed-object-embed-limits).
 */
const LIMIT = {
  content: 2000,
  title: TITLE_MAX,
  description: 4096,
  author: 256,
  footer: 2048,
  embed: 6000,
  /** Of a forum's post. */
  name: 100,
} as const;

/** A role id; anything else would be shown as text, or refused. */
const SNOWFLAKE = /^\d{1,20}$/;
/** Discord would take 100, but their mentions would fill the message. */
const MENTIONS_MAX = 20;
/** Alternative text is a sentence or two. */
const ALT_MAX = 500;
/** In a plain post a longer link would leave the words no room. */
const PLAIN_LINK_MAX = 1000;

/** A message, and the whole post as plain text. */
type Draft = { readonly seen: string; readonly message: { readonly [key: string]: Json } };

/**
 * One summary as one Discord message: the body of Create Message, complete. Pure; every limit is kept here, every
 * foreign text is escaped, and nothing pings but the roles in `options.mentions`. The nonce is `options.key` with
 * `enforce_nonce`, so that sending the same post twice within minutes makes one message. In a forum it is the body of
 * Start Thread in Forum Channel, named by the headline, with the tags of `options.forum`; that knows no nonce.
 */
export function composeDiscord(summary: Summary, options: PostOptions): readonly Post[] {
  const story = storyOf(summary);
  const roles = [...new Set(options.mentions)].filter((id) => SNOWFLAKE.test(id)).slice(0, MENTIONS_MAX);
  const plain = options.style === "plain" && (story.link?.length ?? 0) <= PLAIN_LINK_MAX;
  const template = options.template ?? null;
  const { seen, message } = plain
    ? drawPlain(story, roles, template)
    : drawCard(story, summary, roles, template);
  const quiet = { ...message, allowed_mentions: { parse: [], roles } };
  const payload =
    options.forum === undefined
      ? { ...quiet, nonce: options.key, enforce_nonce: true }
      : {
          name: fitPlain(story.headline, LIMIT.name),
          applied_tags: options.forum.tags,
          message: quiet,
        };
  return [{ platform: "discord", payload, image: null, text: seen }];
}

const pings = (roles: readonly string[]): string => roles.map((id) => `<@&${id}>`).join(" ");

/** One embed: site, linked headline, body, picture, category and time. */
function drawCard(
  story: Story,
  summary: Summary,
  roles: readonly string[],
  template: Template | null,
): Draft {
  const title = escapeMarkdown(fitEscaped(story.headline, LIMIT.title));
  const author = fitPlain(story.site, LIMIT.author);
  const footer = fitPlain(story.categories[0] ?? "", LIMIT.footer);
  const room = LIMIT.embed - title.length - author.length - footer.length;
  const { seen, text } = wordsOf(story, Math.min(LIMIT.description, room), template);
  const embed = withoutNulls({
    author: author && withoutNulls({ name: author, ...siteLinks(summary) }),
    title,
    url: story.link,
    description: text,
    image: picture(summary),
    footer: footer && { text: footer },
    timestamp: timestamp(summary.published),
  });
  return { seen, message: withoutNulls({ content: pings(roles), embeds: [embed] }) };
}

const siteLinks = (summary: Summary): { readonly [key: string]: Json } => ({
  url: webAddress(summary.siteUrl),
  icon_url: webAddress(summary.siteIconUrl),
});

/** Discord fetches the picture itself, from the publisher; its description is read out by screen readers. */
function picture({ image }: Summary): Json {
  const url = webAddress(image?.sourceUrl ?? null);
  const description = fitPlain(cleanText(image?.alt ?? null), ALT_MAX);
  return url === null ? null : withoutNulls({ url, description });
}

/** A bold headline, the body and the link, without a card. In angle brackets a link has no preview. */
function drawPlain(story: Story, roles: readonly string[], template: Template | null): Draft {
  const ping = pings(roles);
  const above = ping && `${ping}\n`;
  const shaped = template === null ? null : fillTemplate(story, template, LIMIT.content - above.length);
  if (shaped !== null) return { seen: shaped.seen, message: { content: `${above}${shaped.text}` } };
  const link = story.link === null ? "" : `<${story.link}>`;
  const headline = `**${escapeMarkdown(fitEscaped(story.headline, LIMIT.title))}**`;
  const frame = [above, headline, link && `\n\n${link}`].join("");
  const body = chooseBody(story, LIMIT.content - frame.length - 2);
  const words = [headline, drawBody(body), link].filter((part) => part !== "").join("\n\n");
  return { seen: plainText(story, body), message: { content: `${above}${words}` } };
}

/** The words of a card: by the template when there is one that leaves room, else in their own shape. */
function wordsOf(story: Story, room: number, template: Template | null): Words {
  const shaped = template === null ? null : fillTemplate(story, template, room);
  if (shaped !== null) {
    const seen = [story.headline, shaped.seen, story.link ?? ""].filter((part) => part !== "").join("\n\n");
    return { text: shaped.text, seen };
  }
  const body = chooseBody(story, room);
  return { text: drawBody(body), seen: plainText(story, body) };
}

/** ISO 8601; null for what is no date of this era. */
function timestamp(published: number | null): string | null {
  if (published === null || !(published > 0 && published < Date.UTC(10_000, 0))) return null;
  return new Date(published).toISOString();
}

/** Discord takes a missing field and refuses some empty ones. */
function withoutNulls(fields: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ""));
}
