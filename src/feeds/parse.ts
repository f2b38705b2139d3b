import type { Limits, ParsedEntry, ParseResult } from "../domain/types.ts";
import { oneLine } from "../lib/text.ts";
import { decodeBody } from "./encoding.ts";
import { parseJsonFeed } from "./parse-json.ts";
import { feedOf } from "./parse-xml.ts";
import { readFeedXml } from "./xml.ts";

/** An entry of which the feed says nothing at all is no entry. */
function saysSomething(entry: ParsedEntry): boolean {
  if (entry.title !== "" || entry.link !== null) return true;
  const said = Object.values(entry).filter((value) => value !== null && value !== "");
  return said.some((value) => !Array.isArray(value) || value.length > 0);
}

function withoutEmpty(result: ParseResult): ParseResult {
  if (result.kind !== "feed") return result;
  return { kind: "feed", feed: { ...result.feed, entries: result.feed.entries.filter(saysSomething) } };
}

function notAFeed(source: string, root: string | null): ParseResult {
  if (source.trim() === "") return { kind: "not a feed", reason: "an empty document" };
  if (root === null) return { kind: "not a feed", reason: "neither XML nor JSON" };
  const isPage = root === "html" || /^\s*<!doctype html/iu.test(source.slice(0, 1000));
  if (isPage) return { kind: "not a feed", reason: "a web page, not a feed" };
  return { kind: "not a feed", reason: `no feed: the document begins with <${oneLine(root).slice(0, 40)}>` };
}

/**
 * A feed's bytes as data: RSS 0.9x, 1.0 (RDF) and 2.0, Atom 0.3 and 1.0, CDF, JSON Feed, by what the document is and not by
 * its Content-Type, of which only the charset counts. Malformed documents give the entries that could be read whole,
 * at most `limits.entries` of them. Relative addresses start from `url`. Never throws; time is linear in the length.
 */
export function parseFeed(
  body: Uint8Array,
  contentType: string | null,
  url: string,
  limits: Limits,
): ParseResult {
  const source = decodeBody(body, contentType);
  if (/^\s{0,64}[{[]/u.test(source)) return withoutEmpty(parseJsonFeed(source, url, limits));
  const read = readFeedXml(source, url, limits.entries);
  if (read.kind === "other") return notAFeed(source, read.root);
  return withoutEmpty({ kind: "feed", feed: feedOf(read.feed, url, limits) });
}
