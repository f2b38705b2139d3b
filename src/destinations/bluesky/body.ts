import type { Summary, Template, TemplateField } from "../../domain/types.ts";
import { sentencesWithin } from "../../lib/sentences.ts";
import { layOut } from "../../lib/template.ts";
import { takeGraphemes } from "../../lib/text.ts";
import { linkPiece, tagPiece, textOf } from "./facets.ts";
import type { Piece } from "./facets.ts";
import { POST_GRAPHEMES, clean, saysTheSame, shorten, weight } from "./wording.ts";

const BULLETS = 3;
/** Less of a dek than this says nothing: then it stays in the card. */
const LEAST_LEAD = 40;
/** A headline in the text leaves this much for everything else. */
const HEADLINE = 200;

/** What one post says, in the order it says it; empty parts are left out. */
export type Body = {
  readonly headline: string;
  readonly lead: string;
  readonly bullets: readonly string[];
  readonly link: { readonly text: string; readonly uri: string } | null;
  readonly tags: readonly string[];
};

/**
 * Fills a post's 300 graphemes and 3,000 bytes: first whole key points (three at most; one that does not fit is left
 * out), then hashtags, then the dek before them when there are fewer than three points (or none that fits).
 * `headline` and `link` are given when no card shows them.
 */
export function fillBody(summary: Summary, fixed: Fixed): Body {
  const points = pointsOf(summary);
  const body = addTags(
    addBullets(startOf(fixed), points, clean(summary.title), piecesOf),
    fixed.tags,
    piecesOf,
  );
  const wantsLead = points.length < BULLETS || body.bullets.length === 0;
  return wantsLead ? addLead(body, leadOf(summary, body.bullets), piecesOf) : body;
}

/** What is given before the room is filled. */
export type Fixed = {
  readonly headline: string;
  readonly link: Body["link"];
  readonly tags: readonly string[];
};

/**
 * The same in an admin's own shape: what its template does not show is not in the body. Null: the template's own words
 * and the link leave no room, or it has nothing to say.
 */
export function fillTemplate(summary: Summary, fixed: Fixed, template: Template): Body | null {
  const draw: Draw = (body) => templatePieces(template, body);
  const shown = (body: Body, more: Body): Body => (textOf(draw(more)) === textOf(draw(body)) ? body : more);
  const empty = startOf({ headline: "", link: null, tags: [] });
  const linked = shown(empty, { ...empty, link: fixed.link });
  const named = shown(linked, { ...linked, headline: headlineBeside(linked, fixed.headline, draw) });
  if (!fits(named, draw)) return null;
  const pointed = shown(named, addBullets(named, pointsOf(summary), clean(summary.title), draw));
  const tagged = shown(pointed, addTags(pointed, fixed.tags, draw));
  const body = shown(tagged, addLead(tagged, leadOf(summary, tagged.bullets), draw));
  return textOf(draw(body)) === "" ? null : body;
}

/** As much of a headline as there is room for beside a body. */
const headlineBeside = (body: Body, headline: string, draw: Draw): string =>
  shorten(headline, HEADLINE, (text) =>
    Math.max(weight(text), weightOf({ ...body, headline: text }, draw) - POST_GRAPHEMES + HEADLINE),
  );

/** How a body is drawn: its own shape, or a template's. */
type Draw = (body: Body) => readonly Piece[];

const startOf = ({ headline, link }: Fixed): Body => ({
  headline: shorten(headline, HEADLINE),
  lead: "",
  bullets: [],
  link,
  tags: [],
});

const pointsOf = (summary: Summary): readonly string[] =>
  summary.keyPoints.map(clean).filter((point) => point !== "");

function addTags(start: Body, tags: readonly string[], draw: Draw): Body {
  return tags.reduce((body, tag) => {
    const more = { ...body, tags: [...body.tags, tag] };
    return fits(more, draw) ? more : body;
  }, start);
}

function addBullets(start: Body, points: readonly string[], title: string, draw: Draw): Body {
  let body = start;
  for (const point of points) {
    const more = { ...body, bullets: [...body.bullets, point] };
    const known = saysTheSame(point, title) || body.bullets.some((said) => saysTheSame(said, point));
    if (body.bullets.length < BULLETS && !known && fits(more, draw)) body = more;
  }
  return body;
}

type Lead = { readonly text: string; readonly language: string | null };

/** The dek, or the first sentences of an article that has no key points either; empty when it was said already. */
function leadOf(summary: Summary, bullets: readonly string[]): Lead {
  const said = [summary.title, ...bullets].map(clean);
  const leads = bullets.length === 0 ? [summary.description, summary.firstSentences] : [summary.description];
  const fresh = leads.map(clean).find((lead) => lead !== "" && !said.some((text) => saysTheSame(text, lead)));
  // No more than can fit, so that an article given as its own dek costs nothing.
  return { text: takeGraphemes(fresh ?? "", POST_GRAPHEMES * 2), language: summary.language };
}

/**
 * As many whole sentences of the lead as fit. Where not even one does, and nothing else is said, as much of it as fits;
 * beside bullets a torn sentence would say less than the card, which then holds it. Nothing when it is too little.
 */
function addLead(body: Body, { text, language }: Lead, draw: Draw): Body {
  const within = (lead: string): boolean => fits({ ...body, lead }, draw);
  const whole = sentencesWithin(text, language, within);
  if (whole === text || weight(whole) >= LEAST_LEAD) return { ...body, lead: whole };
  if (body.bullets.length > 0) return body;
  const cut = shorten(text, POST_GRAPHEMES, (part) => weightOf({ ...body, lead: part }, draw));
  return within(cut) && weight(cut) >= LEAST_LEAD ? { ...body, lead: cut } : body;
}

const weightOf = (body: Body, draw: Draw): number => weight(textOf(draw(body)));
const fits = (body: Body, draw: Draw): boolean => weightOf(body, draw) <= POST_GRAPHEMES;

/** The body as text and links: blocks divided by an empty line, bullets by a line break. */
export function piecesOf(body: Body): readonly Piece[] {
  const blocks = partsOf(body);
  return [blocks.title, blocks.lead, blocks.points, blocks.link, blocks.tags]
    .filter((block) => textOf(block) !== "")
    .flatMap((block, at) => (at === 0 ? block : [{ text: "\n\n" }, ...block]));
}

/** The body in an admin's own shape. What the admin wrote is text, also where it looks like a link. */
export function templatePieces(template: Template, body: Body): readonly Piece[] {
  const parts = partsOf(body);
  const lines = layOut(template, (field) => textOf(parts[field]) !== "");
  return lines.flatMap((line, at) => [
    ...(at === 0 ? [] : [{ text: "\n" }]),
    ...line.flatMap((part) => ("text" in part ? [part] : parts[part.field])),
  ]);
}

const partsOf = (body: Body): Readonly<Record<TemplateField, readonly Piece[]>> => ({
  title: [{ text: body.headline }],
  lead: [{ text: body.lead }],
  points: [{ text: body.bullets.map((point) => `• ${point}`).join("\n") }],
  link: body.link === null ? [] : [linkPiece(body.link.text, body.link.uri)],
  tags: body.tags.flatMap((tag, at) => (at === 0 ? [tagPiece(tag)] : [{ text: " " }, tagPiece(tag)])),
});
