import { html, raw } from "hono/html";
import { autoExcerpt, storyPath, type Newsroom, type Story } from "./content.ts";

const rfc822 = (at: number): string => new Date(at).toUTCString().replace("GMT", "+0000");

const cdata = (text: string): unknown => raw(`<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`);

/** WordPress curls its quotes into numeric entities, in feeds too. */
const wordPressTitle = (text: string): unknown =>
  raw(
    text
      .replaceAll("&", "&#038;")
      .replaceAll("<", "&lt;")
      .replaceAll("’", "&#8217;")
      .replaceAll("–", "&#8211;"),
  );

const firstAppeared = (newsroom: Newsroom, story: Story, link: string): string =>
  `<p>The post <a href="${link}">${story.title}</a> appeared first on <a href="/">${newsroom.site.name}</a>.</p>`;

/**
 * The RSS 2.0 document as WordPress writes it, its manners and its litter included: curled entities in titles, guids
 * that are no links, `sy:` hints, "The post ... appeared first on ...".
 */
export async function feedDocument(newsroom: Newsroom, base: string): Promise<string> {
  const { site, stories, changed } = newsroom;
  return String(
    await html`${raw('<?xml version="1.0" encoding="UTF-8"?>')}<rss version="2.0"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:wfw="http://wellformedweb.org/CommentAPI/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:atom="http://www.w3.org/2005/Atom"
	xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
	xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
	>

<channel>
	<title>${site.name}</title>
	<atom:link href="${base}/feed/" rel="self" type="application/rss+xml" />
	<link>${base}</link>
	<description>${site.tagline}</description>
	<lastBuildDate>${rfc822(changed)}</lastBuildDate>
	<language>${site.language}</language>
	<sy:updatePeriod>
	hourly	</sy:updatePeriod>
	<sy:updateFrequency>
	1	</sy:updateFrequency>
	<generator>https://wordpress.org/?v=6.8.3</generator>
${stories.map((story) => item(newsroom, story, base))}</channel>
</rss>
`,
  );
}

function item(newsroom: Newsroom, story: Story, base: string): unknown {
  const link = `${base}${storyPath(story)}`;
  const litter = firstAppeared(newsroom, story, link);
  const description = `${story.dek === null ? `<p>${autoExcerpt(story.html)}</p>\n` : `<p>${story.dek}</p>\n`}${litter}`;
  const categories = story.categories.map((category) => html`<category>${cdata(category)}</category>`);
  const text = cdata(`${picture(story, base)}${story.html}\n${litter}`);
  const whole = story.feed === "full" ? html`<content:encoded>${text}</content:encoded>` : "";
  return html`	<item>
		<title>${wordPressTitle(story.title)}</title>
		<link>${link}</link>
		<comments>${link}#respond</comments>
		<dc:creator>${cdata(story.author)}</dc:creator>
		<pubDate>${rfc822(story.published)}</pubDate>
		${categories}
		<guid isPermaLink="false">${base}/?p=${story.id}</guid>
		<description>${cdata(description)}</description>
		${whole}
		<wfw:commentRss>${link}feed/</wfw:commentRss>
		<slash:comments>0</slash:comments>
	</item>
`;
}

/** The article's picture as the block editor puts it at the top of the text. */
export function picture(story: Story, base: string): string {
  if (story.picture === null) return "";
  const { file, alt, caption } = story.picture;
  const source = `${base}/wp-content/uploads/${file}`;
  return `<figure class="wp-block-image size-large"><img width="1200" height="630" src="${source}" alt="${alt}" class="wp-image-${story.id}" /><figcaption>${caption}</figcaption></figure>\n`;
}
