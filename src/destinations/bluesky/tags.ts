import { graphemeLength, utf8Length } from "../../lib/text.ts";
import { clean, saysTheSame } from "./wording.ts";

/** Limits of the lexicon: tags of a record, and the length of one (the hidden ones and those in facets alike). */
const HIDDEN = 8;
const GRAPHEMES = 64;
const BYTES = 640;
/** More than two hashtags read as spam. */
const VISIBLE = 2;

export type Tags = { readonly visible: readonly string[]; readonly hidden: readonly string[] };

/**
 * The categories of an article as tags without #: those that `allowed` names become visible hashtags in CamelCase,
 * two at most and in the admin's order; the others are hidden ones, as the publisher wrote them.
 */
export function chooseTags(categories: readonly string[], allowed: readonly string[]): Tags {
  const names = distinct(categories.map((category) => clean(category).replace(/^#+\s*/u, "")));
  const shown = distinct(allowed.filter((tag) => names.some((name) => saysTheSame(name, tag))).map(camelCase))
    .filter((tag) => isTag(tag) && /\p{L}/u.test(tag))
    .slice(0, VISIBLE);
  const hidden = names.filter((name) => isTag(name) && !shown.some((tag) => saysTheSame(tag, name)));
  return { visible: shown, hidden: hidden.slice(0, HIDDEN) };
}

function distinct(texts: readonly string[]): readonly string[] {
  return texts.filter((text, at) => texts.findIndex((other) => saysTheSame(other, text)) === at);
}

const isTag = (tag: string): boolean =>
  /[\p{L}\p{N}]/u.test(tag) && graphemeLength(tag) <= GRAPHEMES && utf8Length(tag) <= BYTES;

/** "climate change" becomes "ClimateChange"; letters that are capital already stay so ("EU"). */
function camelCase(text: string): string {
  const words = clean(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.map((word) => word.replace(/^./u, (first) => first.toUpperCase())).join("");
}
