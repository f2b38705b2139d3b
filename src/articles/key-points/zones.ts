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
    "related recommended recommendation recommendations trending popular mostread outbrain taboola readmore morefrom carousel slider rotator ticker latest upnext",
  ],
  ["contents", "toc contents tocs jumplinks"],
  ["comments", "comment comments disqus respond discussion replies commentlist"],
  ["author", "author authors byline bylines bio contributor"],
  ["newsletter", "newsletter newsletters subscribe subscription signup mailchimp regwall"],
  ["consent", "cookie cookies consent gdpr onetrust privacy cmp"],
  ["caption", "caption captions gallery slideshow credit"],
  [
    "offer",
    "promo promotion advert advertisement ad ads sponsor sponsored affiliate cta pricing product products deal deals coupon banner",
  ],
  ["tags", "tags keywords categories topics hashtags taglist"],
  ["recipe", "recipe ingredient ingredients nutrition"],
  ["form", "modal popup login tooltip poll quiz search"],
];

const ZONES = new Map(
  BY_WORD.flatMap(([zone, words]) => words.split(" ").map((word) => [word, zone] as const)),
);

/** Names that publishers give to boxes of key points; such a box is never a zone. */
const KEY_POINT_WORDS = new Set(
  "highlight highlights summary abstract resume glance nutshell bullets standfirst".split(" "),
);

/** Names that say it without a doubt. */
const CERTAIN_WORDS = new Set(
  "keypoints keypoint takeaway takeaways keytakeaways tldr keyfacts bulletpoints".split(" "),
);

const CERTAIN_PAIRS = [
  "key points",
  "key facts",
  "key highlights",
  "story highlights",
  "bullet points",
  "tl dr",
].map((pair) => pair.split(" "));

/** How surely a box is named for key points: 2 certainly, 1 perhaps, 0 not. */
export function namesKeyPoints({ words }: Box): 0 | 1 | 2 {
  let found: 0 | 1 | 2 = 0;
  for (const word of words)
    if (CERTAIN_WORDS.has(word)) return 2;
    else if (KEY_POINT_WORDS.has(word)) found = 1;
  return CERTAIN_PAIRS.some((pair) => pair.every((word) => words.has(word))) ? 2 : found;
}

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
      own ?? (namesKeyPoints(box) > 0 || box.parent === null ? null : (zones[box.parent.index] ?? null)),
    );
  }
  return zones;
}

const isLong = (block: Block): boolean => block.text.length >= 80 && block.linked < block.text.length / 2;

function ownZone(box: Box): Zone | null {
  if (box.tag === "html" || box.tag === "body" || box.tag === "main" || box.tag === "article") return null;
  const byTag = BY_TAG[box.tag];
  if (byTag !== undefined) return byTag;
  if (box.words.size === 0 || namesKeyPoints(box) > 0) return null;
  for (const word of box.words) {
    const zone = ZONES.get(word);
    if (zone !== undefined) return zone;
  }
  return null;
}
