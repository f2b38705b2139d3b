import { WHOLE } from "../support/newsroom.ts";

/** What a document lists: the path of its article, and whether the feed carries the whole text or one line of it. */
export type Listed = { readonly path: string; readonly brief?: boolean };

/** A feed of `base` that lists the stories, newest first, with more elements of its channel when given. */
export function rss(base: string, stories: readonly Listed[], channel = ""): string {
  const items = stories.map(
    ({ path, brief = false }) => `<item><title>A story at ${path.replaceAll("/", " ").trim()}</title>
<link>${base}${path}</link><guid isPermaLink="false">${path}</guid>
<description>${brief ? "The first line of it." : ""}</description>
${brief ? "" : `<content:encoded><![CDATA[${WHOLE}]]></content:encoded>`}</item>`,
  );
  return `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>The Quay</title><link>${base}</link>
${channel}${items.join("\n")}</channel></rss>`;
}

/** Brief entries, whose pages the bot has to ask for. */
export const brief = (...paths: readonly string[]): readonly Listed[] =>
  paths.map((path) => ({ path, brief: true }));
