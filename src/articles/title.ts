import { registrableDomain, webUrl } from "../lib/address.ts";
import { oneLine } from "../lib/text.ts";
import { folded } from "./wording.ts";

/** Between a headline and what is put before or behind it; the bars need no spaces, a colon only in full width. */
const SEPARATOR = /\s+[|–—\-·•»:│]\s+|\s*[|»│｜：]\s*/gu;
const BAR = /[|│｜]/u;
/** A heading shorter than this may begin a headline by chance. */
const HEADING = 10;
/** A site's name that is longer than this has its slogan in it. */
const NAME = 40;

/**
 * A page's title without the name of the site that many put behind (or before) it. What is cut off must be one of
 * the site's names (its own, its host, its domain, its initials), a byline, or a section behind a bar; or the rest must
 * be a heading of the page: a dash inside a headline stays.
 */
export function withoutSiteName(
  title: string,
  names: readonly string[],
  headings: readonly string[],
): string {
  const heading = headings.find((one) => isRest(one, title));
  if (heading !== undefined) return title.slice(0, heading.length);
  const known = new Set(names.map(letters).filter((name) => name !== ""));
  const label = letters(names.at(-1) ?? "");
  let kept = title;
  for (let end = lastPart(kept); end !== null; end = lastPart(kept)) {
    if (!known.has(letters(end.part)) && !isFrame(end, label)) break;
    kept = end.before;
  }
  if (kept !== title) return kept;
  const [separator] = title.matchAll(SEPARATOR);
  const before = separator === undefined ? "" : title.slice(0, separator.index);
  return before !== "" && known.has(letters(before))
    ? title.slice((separator?.index ?? 0) + (separator?.[0].length ?? 0))
    : title;
}

/** Whether a heading is the title up to a separator, whatever apostrophes each of them uses. */
function isRest(heading: string, title: string): boolean {
  if (heading.length < HEADING || !straight(title).startsWith(straight(heading))) return false;
  const [separator] = title.slice(heading.length).matchAll(SEPARATOR);
  return separator?.index === 0;
}

const straight = (text: string): string => text.replaceAll(/[’‘]/gu, "'").replaceAll(/[“”]/gu, '"');

type Part = { readonly before: string; readonly part: string; readonly separator: string };

function lastPart(title: string): Part | null {
  const last = [...title.matchAll(SEPARATOR)].at(-1);
  if (last === undefined || last.index === 0) return null;
  const part = title.slice(last.index + last[0].length);
  return part === "" ? null : { before: title.slice(0, last.index), part, separator: last[0] };
}

/** What is no name of the site that is known, and still none of the headline. `label`: the domain's own word. */
function isFrame({ part, separator }: Part, label: string): boolean {
  const initials = folded(part)
    .split(" ")
    .map((word) => word.charAt(0))
    .join("");
  if (initials.length >= 3 && initials === label) return true;
  if (!BAR.test(separator)) return false;
  const name = letters(part);
  return (
    (name.length >= 4 && label.includes(name)) ||
    /^by(?:\s\p{Lu}[\p{L}.'’-]+){1,4}$/u.test(part) ||
    /^(?:\p{Lu}[\p{L}’'-]+\s){1,2}News$/u.test(part)
  );
}

/** What a site may be called: the name it gives itself, its host, its domain with and without the ending. */
export function siteNames(siteName: string | null, url: string): readonly string[] {
  const host = hostName(url);
  const domain = registrableDomain(host);
  return [siteName ?? "", host, domain, domain.split(".")[0] ?? ""];
}

/** A site's name as it may stand over a post: no address, no slogan, no "RSS". Null for what names nothing ("Blog"). */
export function tidySiteName(name: string | null): string | null {
  const given = oneLine(name ?? "");
  const text = (webUrl(given) === null ? given : hostName(given))
    .replace(/^www\./iu, "")
    .replace(/\s*[|–—\-»:]\s*(?:rss|feed|rss[ -]feed)$/iu, "");
  if (text === "" || /^(?:blog|home|homepage|news|website|rss|feed|untitled)$/iu.test(text)) return null;
  const [head = text] = text.split(SEPARATOR);
  return text.length > NAME && head.length >= 3 && head.length <= NAME ? head : text;
}

const hostName = (url: string): string => webUrl(url)?.hostname.replace(/^www\./u, "") ?? "";

const letters = (text: string): string => folded(text).replaceAll(" ", "");
