import type { Image, Json, Post, PostOptions, RecordRef, Summary } from "../../domain/types.ts";
import { webUrl } from "../../lib/address.ts";
import { fillBody, fillTemplate, piecesOf, templatePieces } from "./body.ts";
import type { Body, Fixed } from "./body.ts";
import { blobCid } from "./cid.ts";
import { facetsOf, textOf } from "./facets.ts";
import type { Piece } from "./facets.ts";
import { chooseTags } from "./tags.ts";
import { POST_GRAPHEMES, clean, saysTheSame, shorten } from "./wording.ts";

/** The largest thumbnail of a card (lexicon `app.bsky.embed.external`). */
export const THUMB_BYTES = 1_000_000;

/** A link's text takes no more of a host than this (a name may have 253 characters). */
const HOST_LENGTH = 60;

type Card = { readonly uri: string; readonly title: string; readonly description: string };

/**
 * One post: the whole `app.bsky.feed.post` record, nothing left to decide (createdAt and the thumbnail's CID
 * included). With a card the text neither repeats the headline nor bears the address; with style "plain" it leads
 * with the headline and links the site. A template makes the text, with the card or without. Texts from feeds never
 * become links or mentions.
 */
export function composeBluesky(summary: Summary, options: PostOptions): readonly Post[] {
  const url = addressOf(summary.url);
  const tags = chooseTags(summary.categories, options.hashtags);
  const hasCard = options.style === "card" && url !== null;
  const link = url === null ? null : { text: shortAddress(url), uri: url.href };
  const { body, pieces } = bodyOf(
    summary,
    { headline: clean(summary.title), link, tags: tags.visible },
    hasCard,
    options,
  );
  const card = hasCard ? cardOf(summary, url, body) : null;
  const thumb = card !== null && summary.image !== null ? thumbOf(summary.image) : null;
  const text = textOf(pieces);
  const payload = {
    $type: "app.bsky.feed.post",
    text,
    createdAt: new Date(options.createdAt).toISOString(),
    ...some("facets", facetsOf(pieces)),
    ...some("langs", languages(summary.language)),
    ...some("tags", [...tags.hidden, ...unsaid(tags.visible, body)].slice(0, 8)),
    ...(card === null ? {} : { embed: embedOf(card, thumb, options.documents ?? []) }),
  };
  const image = thumb === null || summary.image === null ? null : imageOf(summary.image);
  return [{ platform: "bluesky", payload, image, text: asSeen(text, card) }];
}

/** The words of the post: by the template where there is one that works out, else in the post's own shape. */
function bodyOf(
  summary: Summary,
  fixed: Fixed,
  hasCard: boolean,
  { template }: PostOptions,
): { readonly body: Body; readonly pieces: readonly Piece[] } {
  const shaped = template ? fillTemplate(summary, fixed, template) : null;
  if (template && shaped !== null) return { body: shaped, pieces: templatePieces(template, shaped) };
  const body = fillBody(summary, hasCard ? { ...fixed, headline: "", link: null } : fixed);
  return { body, pieces: piecesOf(body) };
}

/** An address that may stand in a card: http(s), its host in ASCII (a look-alike shows itself), no user name in it. */
export function addressOf(text: string): URL | null {
  const url = webUrl(text);
  if (url === null) return null;
  url.username = "";
  url.password = "";
  return url;
}

/** Of a long host its end is shown: that is whose it is. */
function shortAddress(url: URL): string {
  const whole = url.host.replace(/^www\./u, "");
  const host = whole.length > HOST_LENGTH ? `…${whole.slice(1 - HOST_LENGTH)}` : whole;
  const path = url.pathname === "/" ? "" : url.pathname;
  return path.length > 16 ? `${host}${path.slice(0, 13)}…` : `${host}${path}`;
}

/** The card names the article; its description holds the dek unless the text begins with it. */
function cardOf(summary: Summary, url: URL, body: Body): Card {
  const title = clean(summary.title) || clean(summary.siteName) || url.hostname;
  const dek = clean(summary.description);
  const said = body.lead !== "" || [title, ...body.bullets].some((text) => saysTheSame(text, dek));
  return {
    uri: url.href,
    title: shorten(title, POST_GRAPHEMES),
    description: said ? "" : shorten(dek, POST_GRAPHEMES),
  };
}

type Thumb = {
  readonly $type: "blob";
  readonly ref: { readonly $link: string };
  readonly mimeType: string;
  readonly size: number;
};

function thumbOf(image: Image): Thumb | null {
  const size = image.bytes.length;
  if (size === 0 || size > THUMB_BYTES) return null;
  return { $type: "blob", ref: { $link: blobCid(image.bytes) }, mimeType: image.mime, size };
}

const imageOf = (image: Image): Post["image"] => ({ bytes: image.bytes, mime: image.mime });

const embedOf = (card: Card, thumb: Thumb | null, documents: readonly RecordRef[]): Json => ({
  $type: "app.bsky.embed.external",
  external: {
    ...card,
    ...(thumb === null ? {} : { thumb }),
    ...some(
      "associatedRefs",
      documents.map(({ uri, cid }) => ({ uri, cid })),
    ),
  },
});

/** At most one language, as BCP-47 writes it ("en_US" is refused); an unknown or invalid one is left out. */
export function languages(language: string | null): readonly string[] {
  const tag = (language ?? "").trim().replaceAll("_", "-");
  if (tag === "" || /^(?:und|mul|zxx|x-)/iu.test(tag)) return [];
  try {
    return Intl.getCanonicalLocales(tag).slice(0, 1);
  } catch {
    return [];
  }
}

/** Hashtags for which there was no room. */
const unsaid = (tags: readonly string[], body: Body): readonly string[] =>
  tags.filter((tag) => !body.tags.includes(tag));

/** A list under its name, or nothing: the lexicon's lists are optional and best left out when empty. */
const some = (name: string, list: readonly Json[]): Record<string, Json> =>
  list.length === 0 ? {} : { [name]: list };

/** The post for a terminal: the text, then the card's lines. */
function asSeen(text: string, card: Card | null): string {
  if (card === null) return text;
  const lines = [card.title, card.description, new URL(card.uri).host].filter((line) => line !== "");
  const drawn = lines.map((line) => `│ ${line}`).join("\n");
  return text === "" ? drawn : `${text}\n\n${drawn}`;
}
