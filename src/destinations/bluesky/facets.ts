import { utf8Length } from "../../lib/text.ts";

/** Text, and what of it can be clicked. Only pieces that we made ourselves bear a feature. */
export type Piece = { readonly text: string; readonly feature?: Feature };

export type Feature =
  | { readonly $type: "app.bsky.richtext.facet#link"; readonly uri: string }
  | { readonly $type: "app.bsky.richtext.facet#tag"; readonly tag: string };

/** `app.bsky.richtext.facet`: offsets in UTF-8 bytes, start included, end excluded. */
export type Facet = {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly Feature[];
};

/** A link with a text of our own. */
export const linkPiece = (text: string, uri: string): Piece => ({
  text,
  feature: { $type: "app.bsky.richtext.facet#link", uri },
});

/** A visible hashtag; `tag` comes without its #. */
export const tagPiece = (tag: string): Piece => ({
  text: `#${tag}`,
  feature: { $type: "app.bsky.richtext.facet#tag", tag },
});

/** The text of the pieces, one after another. */
export const textOf = (pieces: readonly Piece[]): string => pieces.map((piece) => piece.text).join("");

/**
 * The facets of the pieces that bear a feature. Nothing is ever detected in the text itself: a handle or an address
 * in a headline stays plain text (a PDS checks neither the offsets nor the target, so they are right by construction).
 */
export function facetsOf(pieces: readonly Piece[]): readonly Facet[] {
  const facets: Facet[] = [];
  let at = 0;
  for (const { text, feature } of pieces) {
    const end = at + utf8Length(text);
    if (feature !== undefined) facets.push({ index: { byteStart: at, byteEnd: end }, features: [feature] });
    at = end;
  }
  return facets;
}
