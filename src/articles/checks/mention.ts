import { type Finding, hit } from "./finding.ts";

/**
 * What pings somebody on Discord or Bluesky when it is typed there: everyone, Discord's own markup for people, roles
 * and channels, and a handle with its domain. Mail addresses and names behind a bare @ are none.
 */
const MENTION =
  /(?<![\p{L}\p{N}._%+/-])@(?:everyone|here)(?![\p{L}\p{N}])|<(?:@[!&]?|#)\d{1,20}>|(?<![\p{L}\p{N}._%+/-])@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![\p{L}\p{N}@-])/iu;

/**
 * A mention that nobody meant, in what may be posted of an article. It cannot ping (composers see to that), but reads
 * as if the newsroom had called these people.
 */
export function mention(texts: readonly string[]): Finding {
  const found = texts.map((text) => MENTION.exec(text)?.[0]).find((one) => one !== undefined);
  return found === undefined ? null : hit(`“${found}” reads as a mention`);
}
