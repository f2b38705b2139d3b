import type { IncomingMessage, ServerResponse } from "node:http";
import type { Millis } from "../../src/domain/types.ts";
import { openPublisher } from "./publisher.ts";

/** What a feed of the test newsroom lists. */
export type Story = {
  readonly slug: string;
  readonly title: string;
  /** `null`: the feed gives no date. */
  readonly published?: Millis | null;
  readonly categories?: readonly string[];
  /** `false`: the feed gives no link. */
  readonly link?: string | false;
  readonly guid?: string;
  /** Replaces the whole text; a short one makes the bot fetch the page. */
  readonly html?: string;
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A site on loopback with feeds and pages that a test changes as it goes. */
export type Newsroom = AsyncDisposable & {
  readonly url: string;
  readonly feedUrl: string;
  /** The newest first, as feeds list them. */
  readonly list: (stories: readonly Story[], path?: string) => void;
  /** The document that a feed's path gives. */
  readonly document: (path: string) => string;
  /** Answers a path in the test's own way; null: as usual again. */
  readonly answer: (path: string, how: Answer | null) => void;
  /** The requests for one path so far. */
  readonly asked: (path: string) => readonly IncomingMessage[];
};

const PARAGRAPH =
  "The harbour office said on Monday that the repairs would go on through the week, and that boats could use the northern quay until the work was done. ";
/** Long enough to count as the whole article. */
export const WHOLE = `<p>${PARAGRAPH.repeat(4)}</p><p>${PARAGRAPH.repeat(4)}</p>`;
/** A page with a text of its own and two key points. */
export const page = (title: string): string =>
  `<html lang="en"><head><title>${title}</title></head><body><article><h1>${title}</h1><ul><li>The northern quay stays open all week.</li><li>Repairs are to end on Friday evening.</li></ul>${WHOLE}</article></body></html>`;

export async function openNewsroom(): Promise<Newsroom> {
  const feeds = new Map<string, readonly Story[]>();
  const answers = new Map<string, Answer>();
  const requests: { readonly path: string; readonly request: IncomingMessage }[] = [];
  const publisher = await openPublisher((request, response) => {
    const path = request.url ?? "";
    requests.push({ path, request });
    const own = answers.get(path);
    if (own !== undefined) return own(request, response);
    const stories = feeds.get(path);
    if (stories === undefined) return void response.writeHead(404).end();
    response.setHeader("content-type", "application/rss+xml");
    response.end(rss(publisher.url, stories));
  });
  return {
    url: publisher.url,
    feedUrl: `${publisher.url}/feed`,
    list: (stories, path = "/feed") => void feeds.set(path, stories),
    document: (path) => rss(publisher.url, feeds.get(path) ?? []),
    answer: (path, how) => void (how === null ? answers.delete(path) : answers.set(path, how)),
    asked: (path) => requests.filter((one) => one.path === path).map(({ request }) => request),
    [Symbol.asyncDispose]: () => publisher[Symbol.asyncDispose](),
  };
}

function rss(site: string, stories: readonly Story[]): string {
  const items = stories.map((story) => {
    const link = story.link ?? `${site}/${story.slug}`;
    const date = story.published ?? null;
    return `<item><title>${story.title}</title>${link === false ? "" : `<link>${link}</link>`}
<guid isPermaLink="false">${story.guid ?? story.slug}</guid>
${date === null ? "" : `<pubDate>${new Date(date).toUTCString()}</pubDate>`}
${(story.categories ?? []).map((name) => `<category>${name}</category>`).join("")}
<content:encoded><![CDATA[${story.html ?? WHOLE}]]></content:encoded></item>`;
  });
  return `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Quay</title><link>${site}</link>${items.join("\n")}</channel></rss>`;
}
