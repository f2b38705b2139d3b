import type { Block, Box, Page } from "./page.ts";

/** A part of the page that is not the article's own text. */
export type Zone =
  | "navigation"
  | "footer"
  | "share"
  | "related"
  | "contents"
  | "comments"
  | "author"
  | "newsletter"
  | "consent"
  | "caption"
  | "offer"
  | "tags"
  | "recipe"
  | "form";

const BY_TAG: Readonly<Record<string, Zone>> = {
  nav: "navigation",
  menu: "navigation",
  footer: "footer",
  figure: "caption",
  figcaption: "caption",
  form: "form",
  dialog: "form",
};

const BY_WORD: readonly (readonly [Zone, string])[] = [
  [
    "navigation",
    "nav navigation navbar menu submenu megamenu breadcrumb breadcrumbs pagination pager sitemap topbar skip dropdown",
  ],
  ["footer", "footer colophon copyright imprint"],
  ["share", "share sharing social socials sharebar addthis sharedaddy"],
  [
    "related",
    "related recommended recommendation recommendations trending popular mostread outbrain taboola readmore morefrom teaser teasers carousel slider rotator ticker latest upnext",
  ],
  ["contents", "toc contents tocs jumplinks"],
  ["comments", "comment comments disqus respond discussion replies commentlist"],
  ["author", "author authors byline bylines bio contributor"],
  ["newsletter", "newsletter newsletters subscribe subscription signup mailchimp regwall paywall piano"],
  ["consent", "cookie cookies consent gdpr onetrust privacy cmp"],
  ["caption", "caption captions gallery slideshow credit"],
  [
    "offer",
    "promo promotion advert advertisement ad ads sponsor sponsored affiliate cta pricing product products deal deals coupon banner",
  ],
  ["tags", "tag tags keywords categories topics hashtags taglist"],
  ["recipe", "recipe ingredient ingredients nutrition"],
  ["form", "modal popup login tooltip poll quiz search"],
];

const ZONES = new Map(
  BY_WORD.flatMap(([zone, words]) => words.split(" ").map((word) => [word, zone] as const)),
);

/** Names that publishers give to boxes of key points; such a box is never a zone. */
const KEY_POINT_WORDS = new Set(
  "keypoints keypoint takeaway takeaways keytakeaways highlight highlights summary tldr keyfacts abstract resume glance nutshell bullets bulletpoints standfirst".split(
    " ",
  ),
);

export const namesKeyPoints = (box: Box): boolean => {
  for (const word of box.words) if (KEY_POINT_WORDS.has(word)) return true;
  return (box.words.has("key") && (box.words.has("points") || box.words.has("facts"))) || false;
};

/** An element that holds more than this share of the page's long text is no side part, whatever its name. */
const MOST_TEXT = 0.4;

/** The zone of every box, by its index: its own name's, or that of a box around it. */
export function findZones(page: Page): readonly (Zone | null)[] {
  const long = new Uint32Array(page.blocks.length + 1);
  for (const [at, block] of page.blocks.entries())
    long[at + 1] = (long[at] ?? 0) + (isLong(block) ? block.text.length : 0);
  const total = long.at(-1) ?? 0;
  const zones: (Zone | null)[] = [];
  for (const box of page.boxes) {
    const held = (long[box.end] ?? 0) - (long[box.start] ?? 0);
    const own = total > 0 && held > total * MOST_TEXT ? null : ownZone(box);
    zones.push(
      own ?? (namesKeyPoints(box) || box.parent === null ? null : (zones[box.parent.index] ?? null)),
    );
  }
  return zones;
}

const isLong = (block: Block): boolean => block.text.length >= 80 && block.linked < block.text.length / 2;

function ownZone(box: Box): Zone | null {
  if (box.tag === "html" || box.tag === "body" || box.tag === "main" || box.tag === "article") return null;
  const byTag = BY_TAG[box.tag];
  if (byTag !== undefined) return byTag;
  if (box.words.size === 0 || namesKeyPoints(box)) return null;
  for (const word of box.words) {
    const zone = ZONES.get(word);
    if (zone !== undefined) return zone;
  }
  return null;
}
