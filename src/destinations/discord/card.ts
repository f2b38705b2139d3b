import { ButtonStyle, ComponentType } from "discord.js";
import type { Card, CardPost, Json } from "../../domain/types.ts";
import { cleanText, webAddress } from "./clean.ts";
import { escapeMarkdown } from "./escape.ts";
import { forumPostIn } from "./forum.ts";
import { fitEscaped, fitPlain } from "./story.ts";

type Embed = { readonly [key: string]: Json };

/** Discord's limits (https://docs.discord.com/developers/resources/message#embed-object-embed-limits). */
const EMBEDS = 10;
const EMBEDS_LENGTH = 6000;
const DESCRIPTION = 4096;
const AUTHOR = 256;
/** What the lines above the posts may take of the 2,000 of a message. */
const LINE = 320;

/** The verbs of a card's buttons and of its modal; with the card's id they are all that a click brings back. */
export type Verb = "post" | "edit" | "drop" | "title";

const BUTTONS = [
  { verb: "post", label: "Post", style: ButtonStyle.Success },
  { verb: "edit", label: "Edit title", style: ButtonStyle.Secondary },
  { verb: "drop", label: "Drop", style: ButtonStyle.Danger },
] as const;

/** `post:3kabcdefghi2k` */
export const customId = (verb: Verb, cardId: string): string => `${verb}:${cardId}`;

/** The verb and the card of a custom id; null for one that is none of ours. */
export function readCustomId(text: string): { readonly verb: Verb; readonly cardId: string } | null {
  const [, verb, cardId] = /^(post|edit|drop|title):([2-7a-z]{13})$/u.exec(text) ?? [];
  return verb === undefined || cardId === undefined ? null : { verb: verb as Verb, cardId };
}

/** The card whose buttons these components are; null for others. */
export function cardIn(components: readonly unknown[] | null | undefined): string | null {
  const [, cardId] = /"custom_id":"post:([2-7a-z]{13})"/u.exec(JSON.stringify(components ?? [])) ?? [];
  return cardId ?? null;
}

/**
 * A card as a message: why it waits (or who settled it, and how), the posts as they will look, and the buttons while it
 * waits. Complete but for the nonce, for posting as for editing; foreign texts are escaped, and nothing pings.
 */
export function drawCard(card: Card): { readonly [key: string]: Json } {
  const { drawn, left } = drawPosts(card.posts);
  const lines = [
    card.outcome === null ? `**Held:** ${line(card.reason)}` : `**${line(sentence(card.outcome))}**`,
    card.outcome === null ? "" : `-# It was held: ${line(card.reason)}`,
    card.hint === null || card.outcome !== null ? "" : line(card.hint),
    card.note === null ? "" : `-# ${line(sentence(card.note))}`,
    drawn.length === 0 ? `**${line(card.title)}**` : `It will look like this in ${line(places(card.posts))}:`,
    left.length === 0 ? "" : `-# There is no room to show it as in ${line(left.join(", "))}`,
  ];
  return {
    content: lines.filter((one) => one !== "").join("\n"),
    embeds: drawn,
    components: card.outcome === null ? [buttons(card)] : [],
    allowed_mentions: { parse: [] },
  };
}

const line = (text: string): string => escapeMarkdown(fitEscaped(cleanText(text), LINE));
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Posts that look the same are drawn once, under every name. */
const places = (posts: readonly CardPost[]): string =>
  posts.map(({ names }) => names.join(", ")).join("; and in ");

const buttons = (card: Card): Json => ({
  type: ComponentType.ActionRow,
  components: BUTTONS.filter(({ verb }) => verb !== "edit" || card.editable).map(
    ({ verb, label, style }) => ({
      type: ComponentType.Button,
      style,
      label,
      custom_id: customId(verb, card.id),
    }),
  ),
});

/** As many posts as fit into one message, in order, and the names of the others. */
function drawPosts(posts: readonly CardPost[]): {
  readonly drawn: readonly Embed[];
  readonly left: readonly string[];
} {
  const drawn: Embed[] = [];
  const left: string[] = [];
  let room = EMBEDS_LENGTH;
  for (const post of posts) {
    const embeds = drawPost(post);
    const length = embeds.reduce((sum, embed) => sum + lengthOf(embed), 0);
    if (length > room || drawn.length + embeds.length > EMBEDS) left.push(...post.names);
    else {
      room -= length;
      drawn.push(...embeds);
    }
  }
  return { drawn, left };
}

/** A Discord post's own embeds are what it looks like; any other post is its text on a card that names the place. */
function drawPost({ post, names, imageUrl }: CardPost): readonly Embed[] {
  const message = forumPostIn(post.payload)?.message ?? post.payload;
  const { embeds = [], content } = message as { embeds?: readonly Embed[]; content?: string };
  if (post.platform === "discord" && embeds.length > 0) return embeds;
  const text =
    post.platform === "discord" ? (content ?? "") : escapeMarkdown(fitEscaped(post.text, DESCRIPTION));
  const image = post.platform === "discord" ? null : webAddress(imageUrl);
  return [
    {
      author: { name: fitPlain(names.join(", "), AUTHOR) || "post" },
      description: text,
      ...(image === null ? {} : { image: { url: image } }),
    },
  ];
}

type Measured = {
  readonly title?: string;
  readonly description?: string;
  readonly author?: { readonly name: string };
  readonly footer?: { readonly text: string };
};

function lengthOf(embed: Embed): number {
  const { title, description, author, footer } = embed as Measured;
  return [title, description, author?.name, footer?.text].reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
