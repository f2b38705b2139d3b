import type { Document } from "./dom.ts";

/** What a page says of its article in schema.org's terms; everything may be missing. */
export type LinkedData = {
  readonly headline: string | null;
  readonly description: string | null;
  readonly author: string | null;
  readonly published: string | null;
  readonly language: string | null;
  readonly imageUrl: string | null;
  readonly sections: readonly string[];
  readonly publisher: string | null;
  /** Its schema.org types. */
  readonly types: readonly string[];
  /** Whether all of it can be read for nothing; null: it does not say. */
  readonly isFree: boolean | null;
};

type Thing = Readonly<Record<string, unknown>>;

const ARTICLE = /(?:Article|BlogPosting|Report|LiveBlogPosting)$/u;
const MAX_SCRIPT = 500_000;
const MAX_THINGS = 500;

/** Reads the first article described in the page's JSON-LD; null when there is none. Broken JSON is passed over. */
export function readLinkedData(document: Document): LinkedData | null {
  const things = [...document.querySelectorAll('script[type="application/ld+json"]')].flatMap((script) =>
    thingsIn(parseJson(script.textContent ?? "")),
  );
  const article = things.find((thing) => texts(thing["@type"]).some((type) => ARTICLE.test(type)));
  if (article === undefined) return null;
  return {
    headline: texts(article["headline"])[0] ?? null,
    description: texts(article["description"])[0] ?? null,
    author: names(article["author"]).join(", ") || null,
    published: texts(article["datePublished"])[0] ?? null,
    language: names(article["inLanguage"])[0] ?? null,
    imageUrl: addresses(article["image"])[0] ?? null,
    sections: texts(article["articleSection"]),
    publisher: names(article["publisher"])[0] ?? null,
    types: texts(article["@type"]),
    isFree: isFree(article),
  };
}

/** Of the article itself; where it does not say, of its parts: one that is not free makes the whole so. */
function isFree(article: Thing): boolean | null {
  const parts = list(article["hasPart"]).map((part) => (isThing(part) ? part["isAccessibleForFree"] : null));
  const ofParts = parts.map(truth).filter((one) => one !== null);
  return truth(article["isAccessibleForFree"]) ?? (ofParts.length === 0 ? null : ofParts.every((one) => one));
}

/** A boolean as sites write it: `false`, "False", "https://schema.org/False"; null: none. */
function truth(value: unknown): boolean | null {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? (/(?:^|\/)(true|false)$/iu.exec(value.trim())?.[1] ?? null) : null;
  return word === null ? null : word.toLowerCase() === "true";
}

function parseJson(text: string): unknown {
  if (text.length > MAX_SCRIPT) return null;
  try {
    return JSON.parse(text.replace(/^\s*(?:<!--|\/\*<!\[CDATA\[\*\/)|(?:-->|\/\*\]\]>\*\/)\s*$/gu, ""));
  } catch {
    return null;
  }
}

/** The objects of a document: on its own, in a list or under `@graph`. */
function thingsIn(value: unknown): readonly Thing[] {
  const things: Thing[] = [];
  const open: unknown[] = [value];
  for (let i = 0; i < open.length && i < MAX_THINGS; i++) {
    const next = open[i];
    if (Array.isArray(next)) open.push(...next.slice(0, MAX_THINGS));
    else if (isThing(next)) {
      things.push(next);
      open.push(next["@graph"], next["mainEntity"]);
    }
  }
  return things;
}

const isThing = (value: unknown): value is Thing => typeof value === "object" && value !== null;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const texts = (value: unknown): readonly string[] =>
  list(value).filter((text): text is string => typeof text === "string" && text.trim() !== "");

/** Names, whether written as text or as a thing with a name. */
const names = (value: unknown): readonly string[] =>
  list(value).flatMap((item) => texts(isThing(item) ? item["name"] : item));

const addresses = (value: unknown): readonly string[] =>
  list(value).flatMap((item) => texts(isThing(item) ? (item["url"] ?? item["contentUrl"]) : item));
