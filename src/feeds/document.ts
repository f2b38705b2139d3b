import type { Limits, ParsedFeed } from "../domain/types.ts";
import { decodeBody } from "./encoding.ts";
import { type EntryKeys, keysOf } from "./identity.ts";
import { feedLinks, type FoundFeed } from "./links.ts";
import { parseFeed } from "./parse.ts";

/** A document as it came. */
export type Source = {
  readonly body: Uint8Array;
  readonly contentType: string | null;
  /** Where it was found, after redirects. */
  readonly url: string;
};

/** The document of an answer. */
export const sourceOf = (response: {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
}): Source => ({
  body: response.body,
  contentType: response.headers["content-type"] ?? null,
  url: response.url,
});

export type ReadResult =
  | {
      readonly kind: "feed";
      readonly feed: ParsedFeed;
      /** Of each entry, in the same order. */
      readonly keys: readonly EntryKeys[];
    }
  | {
      readonly kind: "not a feed";
      readonly reason: string;
      /** The feeds that the page names. */
      readonly links: readonly FoundFeed[];
    };

/** Everything about a document that costs work in proportion to what a stranger sent. Never throws. */
export function readDocument({ body, contentType, url }: Source, limits: Limits): ReadResult {
  const parsed = parseFeed(body, contentType, url, limits);
  if (parsed.kind === "not a feed")
    return { ...parsed, links: feedLinks(decodeBody(body, contentType), url) };
  return { ...parsed, keys: parsed.feed.entries.map(keysOf) };
}
