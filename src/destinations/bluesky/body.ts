import type { Summary } from "../../domain/types.ts";
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
export function fillBody(
  summary: Summary,
  fixed: { readonly headline: string; readonly link: Body["link"]; readonly tags: readonly string[] },
): Body {
  const headline = shorten(fixed.headline, HEADLINE);
  const start: Body = { headline, lead: "", bullets: [], link: fixed.link, tags: [] };
  const points = summary.keyPoints.map(clean).filter((point) => point !== "");
  const withPoints = addBullets(start, points, clean(summary.title));
  const withTags = fixed.tags.reduce<Body>((body, tag) => {
    const more = { ...body, tags: [...body.tags, tag] };
    return fits(more) ? more : body;
  }, withPoints);
  const wantsLead = points.length < BULLETS || withTags.bullets.length === 0;
  return wantsLead ? addLead(withTags, leadOf(summary, withTags.bullets)) : withTags;
}

function addBullets(start: Body, points: readonly string[], title: string): Body {
  let body = start;
  for (const point of points) {
    const more = { ...body, bullets: [...body.bullets, point] };
    const known = saysTheSame(point, title) || body.bullets.some((said) => saysTheSame(said, point));
    if (body.bullets.length < BULLETS && !known && fits(more)) body = more;
  }
  return body;
}

/** The dek, or the first sentences of an article that has no key points either; empty when it was said already. */
function leadOf(summary: Summary, bullets: readonly string[]): string {
  const said = [summary.title, ...bullets].map(clean);
  const leads = bullets.length === 0 ? [summary.description, summary.firstSentences] : [summary.description];
  return leads.map(clean).find((lead) => lead !== "" && !said.some((text) => saysTheSame(text, lead))) ?? "";
}

/** The lead whole, or as much of it as fits; nothing when that is too little to say anything. */
function addLead(body: Body, lead: string): Body {
  const cut = shorten(lead, POST_GRAPHEMES, (text) => weightOf({ ...body, lead: text }));
  const more = { ...body, lead: cut };
  return fits(more) && (cut === lead || weight(cut) >= LEAST_LEAD) ? more : body;
}

const weightOf = (body: Body): number => weight(textOf(piecesOf(body)));
const fits = (body: Body): boolean => weightOf(body) <= POST_GRAPHEMES;

/** The body as text and links: blocks divided by an empty line, bullets by a line break. */
export function piecesOf(body: Body): readonly Piece[] {
  const blocks: readonly (readonly Piece[])[] = [
    [{ text: body.headline }],
    [{ text: body.lead }],
    [{ text: body.bullets.map((point) => `• ${point}`).join("\n") }],
    body.link === null ? [] : [linkPiece(body.link.text, body.link.uri)],
    body.tags.flatMap((tag, at) => (at === 0 ? [tagPiece(tag)] : [{ text: " " }, tagPiece(tag)])),
  ];
  return blocks
    .filter((block) => textOf(block) !== "")
    .flatMap((block, at) => (at === 0 ? block : [{ text: "\n\n" }, ...block]));
}
