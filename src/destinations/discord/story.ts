import type { Summary } from "../../domain/types.ts";
import { sentencesWithin } from "../../lib/sentences.ts";
import { ellipsize, takeGraphemes } from "../../lib/text.ts";
import { cleanText, hostOf, webAddress } from "./clean.ts";
import { escapeMarkdown } from "./escape.ts";

/** A summary in clean one-line texts and addresses that Discord accepts; nothing is escaped yet. */
export type Story = {
  readonly headline: string;
  readonly link: string | null;
  readonly site: string;
  readonly categories: readonly string[];
  /** The dek, or the first sentences when there is nothing else; null: none, or it only repeats the headline. */
  readonly lead: string | null;
  readonly points: readonly string[];
  readonly language: string | null;
};

/** What of a story goes into one post, in order. */
export type Body = { readonly lead: string | null; readonly points: readonly string[] };

/** With so many key points the dek is left out (facts/posts.md, "Shape"). */
const POINTS_ALONE = 3;
/** A dek is two or three sentences; a feed that gives the whole article as its description gets this much of it. */
export const LEAD_MAX = 700;
/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
export const TITLE_MAX = 256;

/** Letters and digits alone: two texts that differ in nothing else say the same thing. */
const sayings = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "");

/** Reads a summary for Discord: cleaned, and nothing said twice. */
export function storyOf(summary: Summary): Story {
  const link = webAddress(summary.url);
  const headline = cleanText(summary.title) || hostOf(link) || "Untitled";
  const said = new Set([sayings(headline)]);
  const fresh = (text: string): boolean => {
    const saying = sayings(text);
    return text !== "" && !(saying !== "" && said.has(saying)) && (said.add(saying), true);
  };
  const points = summary.keyPoints.map(cleanText).filter(fresh);
  const leads = [summary.description, points.length > 0 ? null : summary.firstSentences].map(cleanText);
  return {
    headline,
    link,
    site: cleanText(summary.siteName) || (hostOf(link) ?? ""),
    categories: summary.categories.map(cleanText).filter((name) => name !== ""),
    lead: leads.find(fresh) ?? null,
    points,
    language: summary.language,
  };
}

/** The text, ended with an ellipsis where its escaped form would pass `max` UTF-16 units. */
export function fitEscaped(text: string, max: number): string {
  const measured = (part: string): number => escapeMarkdown(part).length;
  return measured(text) <= max ? text : ellipsize(takeGraphemes(text, max + 1), max, measured);
}

/** As many whole sentences of the lead as fit; where not even one does, as much of it as fits. */
export function fitLead({ lead, language }: Story, max: number): string {
  const text = takeGraphemes(lead ?? "", max + 1);
  const whole = sentencesWithin(text, language, (part) => escapeMarkdown(part).length <= max);
  return whole === "" ? fitEscaped(text, max) : whole;
}

/** `fitEscaped` for fields without markdown. */
export const fitPlain = (text: string, max: number): string =>
  text.length <= max ? text : ellipsize(takeGraphemes(text, max + 1), max, (part) => part.length);

/**
 * The lead and the key points that fit into `room` UTF-16 units once drawn by `drawBody`. A lead may be shortened; a
 * key point that does not fit is left out whole.
 */
export function chooseBody(story: Story, room: number): Body {
  const alone = { lead: null, points: pointsWithin(story.points, room) };
  if (story.lead === null || alone.points.length >= POINTS_ALONE) return alone;
  const lead = fitLead(story, Math.min(room, LEAD_MAX));
  return { lead, points: pointsWithin(story.points, room - escapeMarkdown(lead).length - 2) };
}

function pointsWithin(points: readonly string[], room: number): readonly string[] {
  let left = room;
  return points.filter((point) => {
    const cost = bullet(point).length + 1;
    // The last line needs no line break: one unit less.
    if (cost - 1 > left) return false;
    left -= cost;
    return true;
  });
}

export const bullet = (point: string): string => `- ${escapeMarkdown(point)}`;

/** The body in Discord's markdown: the lead, an empty line, hanging bullets. */
export function drawBody(body: Body): string {
  const lead = body.lead === null ? [] : [escapeMarkdown(body.lead)];
  const bullets = body.points.length === 0 ? [] : [body.points.map(bullet).join("\n")];
  return [...lead, ...bullets].join("\n\n");
}

/** The whole post as plain text, for terminals. */
export function plainText(story: Story, body: Body): string {
  const bullets = body.points.map((point) => `• ${point}`).join("\n");
  return [story.headline, body.lead ?? "", bullets, story.link ?? ""]
    .filter((part) => part !== "")
    .join("\n\n");
}
