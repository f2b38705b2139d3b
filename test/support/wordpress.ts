import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import sharp from "sharp";
import { systemClock } from "../../src/lib/clock.ts";

/** One article, as its author left it. */
export type Story = {
  readonly id: number;
  readonly title: string;
  readonly slug: string;
  readonly dek: string;
  readonly points: readonly string[];
  readonly text: readonly string[];
  readonly category: string;
  readonly published: number;
  /** Whether the feed carries the whole text, or the dek alone. */
  readonly feed: "full" | "excerpt";
};

export type Draft = Partial<Omit<Story, "id">> & { readonly title: string };
export type Visit = "feed" | "unchanged" | "page" | "picture";

export type WordPress = AsyncDisposable & {
  readonly url: string;
  readonly publish: (draft: Draft) => Story;
  /** The author changes the article; with another slug it moves, and its old address leads to the new one. */
  readonly change: (story: Story, changes: Partial<Omit<Story, "id">>) => Story;
  readonly link: (story: Story) => string;
  readonly guid: (story: Story) => string;
  /** How often it was asked for this; "unchanged" counts the answers 304 to the feed. */
  readonly visits: (kind: Visit) => number;
  /** How many requests for the feed were under way at one time, at most. */
  readonly atOnce: () => number;
};

const LISTED = 40;
const HOUR = 3_600_000;

type Site = {
  readonly stories: Map<number, Story>;
  readonly moved: Map<string, number>;
  readonly visits: Record<Visit, number>;
  readonly picture: Uint8Array;
  /** How long the feed takes to answer. */
  readonly feedMs: number;
  modified: number;
  asking: number;
  atOnce: number;
};

/** A site on loopback that behaves as WordPress does: feed with both validators and 304, article pages, a picture. */
export async function openWordPress({ feedMs = 0 } = {}): Promise<WordPress> {
  const background = { width: 1200, height: 630, channels: 3, background: "#2b5d6b" } as const;
  const site: Site = {
    stories: new Map(),
    moved: new Map(),
    visits: { feed: 0, unchanged: 0, page: 0, picture: 0 },
    picture: await sharp({ create: background }).jpeg().toBuffer(),
    feedMs,
    modified: Date.now() - HOUR,
    asking: 0,
    atOnce: 0,
  };
  const server = createServer((request, response) => serve(site, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const put = (story: Story): Story => {
    site.stories.set(story.id, story);
    site.modified = Date.now();
    return story;
  };
  return {
    url,
    publish: (draft) => put(written(draft, 100 + site.stories.size)),
    change: (story, changes) => {
      if (changes.slug !== undefined) site.moved.set(pathOf(story), story.id);
      return put({ ...story, ...changes });
    },
    link: (story) => url + pathOf(story),
    guid: (story) => `${url}/?p=${story.id}`,
    visits: (kind) => site.visits[kind],
    atOnce: () => site.atOnce,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A draft with everything that the author left out. */
function written(draft: Draft, id: number): Story {
  const { title } = draft;
  return {
    slug: title.toLowerCase().replaceAll(/[^a-z0-9]+/gu, "-"),
    dek: `What the council at Fennmere decided, and what it means for the quay: report ${id}.`,
    points: [`The harbour office confirmed report ${id} in writing.`, `Work on item ${id} begins in spring.`],
    text: [`${title}. ${FILLER[0] ?? ""}`, ...FILLER.slice(1)],
    category: "Harbour",
    published: Date.now(),
    feed: id % 2 === 0 ? "full" : "excerpt",
    ...draft,
    id,
  };
}

const FILLER = [
  "The councillors met on a wet evening in the old customs house and took rather longer than they had planned, because nobody wanted to be the first to say how much the new sluice would cost.",
  "In the end the harbour master read the figures aloud. He had written them on the back of a tide table, and he asked that they be copied before he had to give it back.",
  "Boats will be able to moor on the northern side while the masons are at work, and the fish market moves to the square for as long as it takes. Traders had asked for a roof; they will get awnings.",
  "A second reading is due next month. Residents can see the drawings at the library from Monday, and those who would rather write than come will find a form at the counter of the post office.",
];

const day = (at: number): string => new Date(at).toISOString().slice(0, 10).replaceAll("-", "/");
const pathOf = (story: Story): string => `/${day(story.published)}/${story.slug}/`;

function serve(site: Site, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
  const base = `http://${request.headers.host ?? ""}`;
  if (pathname === "/feed/") return void serveSlowly(site, () => serveFeed(site, base, request, response));
  if (pathname === "/robots.txt")
    return send(response, "text/plain", "User-agent: *\nDisallow: /wp-admin/\n");
  if (pathname === "/wp-content/uploads/quay.jpg") {
    site.visits.picture += 1;
    return send(response, "image/jpeg", site.picture);
  }
  if (pathname === "/") return send(response, "text/html; charset=UTF-8", frontPage(base));
  const story = site.stories.values().find((one) => pathOf(one) === pathname);
  const movedTo = site.stories.get(site.moved.get(pathname) ?? 0);
  if (story !== undefined) {
    site.visits.page += 1;
    return send(response, "text/html; charset=UTF-8", storyPage(story, base));
  }
  const head = movedTo === undefined ? {} : { Location: base + pathOf(movedTo) };
  response.writeHead(movedTo === undefined ? 404 : 301, head).end();
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, { "Content-Type": type }).end(body);
}

/** Counts who asks at one time; a feed that takes no time answers in the same turn. */
async function serveSlowly(site: Site, serveNow: () => void): Promise<void> {
  site.asking += 1;
  site.atOnce = Math.max(site.atOnce, site.asking);
  if (site.feedMs > 0) await systemClock.sleep(site.feedMs);
  site.asking -= 1;
  serveNow();
}

/** Conditional GET: If-None-Match decides when it is there, else If-Modified-Since (RFC 9110, 13.2.2). */
function serveFeed(site: Site, base: string, request: IncomingMessage, response: ServerResponse): void {
  const text = feedDocument(site, base);
  const etag = `"${createHash("md5").update(text).digest("hex")}"`;
  const lastModified = new Date(site.modified).toUTCString();
  const { "if-none-match": match, "if-modified-since": since } = request.headers;
  const isKnown = match === undefined ? since === lastModified : match === etag;
  site.visits[isKnown ? "unchanged" : "feed"] += 1;
  response.writeHead(isKnown ? 304 : 200, {
    ETag: etag,
    "Last-Modified": lastModified,
    "Content-Type": "application/rss+xml; charset=UTF-8",
  });
  response.end(isKnown ? undefined : text);
}

function feedDocument({ stories, modified }: Site, base: string): string {
  const newest = [...stories.values()].toSorted((a, b) => b.published - a.published || b.id - a.id);
  return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Fennmere Gazette</title><link>${base}</link><description>News from the quay</description>
<lastBuildDate>${new Date(modified).toUTCString()}</lastBuildDate><language>en-GB</language>
${newest
  .slice(0, LISTED)
  .map((story) => item(story, base))
  .join("\n")}
</channel></rss>`;
}

function item(story: Story, base: string): string {
  const link = base + pathOf(story);
  const content =
    story.feed === "full"
      ? `<content:encoded><![CDATA[${picture(base)}${body(story)}]]></content:encoded>`
      : "";
  return `<item><title>${story.title}</title><link>${link}</link><dc:creator><![CDATA[Ada Quill]]></dc:creator>
<pubDate>${new Date(story.published).toUTCString()}</pubDate><category><![CDATA[${story.category}]]></category>
<guid isPermaLink="false">${base}/?p=${story.id}</guid><description><![CDATA[<p>${story.dek}</p>]]></description>
${content}</item>`;
}

const picture = (base: string): string =>
  `<figure class="wp-block-image"><img width="1200" height="630" src="${base}/wp-content/uploads/quay.jpg" alt="The quay" /></figure>`;

const body = ({ points, text }: Story): string =>
  `<h2 class="wp-block-heading">Key points</h2><ul class="wp-block-list">${points.map((point) => `<li>${point}</li>`).join("")}</ul>${text.map((paragraph) => `<p>${paragraph}</p>`).join("\n")}`;

const frontPage = (base: string): string =>
  `<!DOCTYPE html><html lang="en-GB"><head><title>The Fennmere Gazette</title>
<link rel="alternate" type="application/rss+xml" title="The Fennmere Gazette &raquo; Feed" href="${base}/feed/" />
</head><body><h1>The Fennmere Gazette</h1></body></html>`;

const storyPage = (story: Story, base: string): string => `<!DOCTYPE html><html lang="en-GB"><head>
<title>${story.title} &#8211; The Fennmere Gazette</title><meta name="description" content="${story.dek}" />
<link rel="canonical" href="${base}${pathOf(story)}" /><meta property="og:title" content="${story.title}" />
<meta property="og:type" content="article" /><meta property="og:site_name" content="The Fennmere Gazette" />
<meta property="og:image" content="${base}/wp-content/uploads/quay.jpg" /></head><body><main>
<article class="post-${story.id} hentry"><h1 class="entry-title">${story.title}</h1>
<div class="entry-content">${picture(base)}${body(story)}</div></article></main></body></html>`;
