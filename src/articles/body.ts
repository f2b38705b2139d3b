import { Readability } from "@mozilla/readability";
import type { ImageRef } from "../domain/types.ts";
import { type Block, readBlocks } from "./blocks.ts";
import { type Document, type Element, parseDocument } from "./dom.ts";
import { firstPicture } from "./picture.ts";

export type Body = { readonly blocks: readonly Block[]; readonly picture: ImageRef | null };

/** What templates put around an article and Readability sometimes takes for a part of it. */
const FRAME =
  "author-bio author-box author-info about-author post-author comments comment-respond comment-form disqus " +
  "sharedaddy jp-relatedposts addtoany social-share share-buttons newsletter related-posts yarpp post-navigation " +
  "wp-block-latest-posts cookie-banner";
const FRAME_SELECTOR = `form,#comments,#respond,${FRAME.split(" ")
  .map((name) => `[class*="${name}"]`)
  .join(",")}`;
/** A frame that holds more of the page's text than this share is none: themes mark whole pages with such names. */
const FRAME_SHARE = 0.4;

/**
 * The body of an article on a page, found by Readability, as blocks of text. The document is used up: Readability
 * changes it. Where it finds nothing, everything inside `<article>`, `<main>` or the page counts.
 */
export function readBody(document: Document, url: string | null): Body {
  removeFrames(document);
  const fallback = document.querySelector("article") ?? document.querySelector("main") ?? document.body;
  const fallbackBody: Body = { blocks: readBlocks(fallback), picture: firstPicture(fallback, url) };
  const content = new Readability<Element>(document, {
    serializer: (node) => node,
    disableJSONLD: true,
  }).parse()?.content;
  if (content === null || content === undefined) return fallbackBody;
  const blocks = readBlocks(content);
  return blocks.length === 0 ? fallbackBody : { blocks, picture: firstPicture(content, url) };
}

/** The body that a feed carries: all of it, as it stands. */
export function readFeedBody(html: string, url: string | null): Body {
  const { body } = parseDocument(html);
  return { blocks: readBlocks(body), picture: firstPicture(body, url) };
}

function removeFrames(document: Document): void {
  const total = (document.body.textContent ?? "").length;
  const isPart = (frame: Element) => (frame.textContent ?? "").length < total * FRAME_SHARE;
  for (const frame of document.querySelectorAll(FRAME_SELECTOR)) {
    if (isPart(frame) && frame.querySelector("h1") === null) frame.remove();
  }
  // Readability takes captions that are no <figcaption> for paragraphs; a frame that also holds the picture stays.
  for (const caption of document.querySelectorAll('[class*="aption"]')) {
    if (isPart(caption) && caption.querySelector("img, p") === null) caption.remove();
  }
}
