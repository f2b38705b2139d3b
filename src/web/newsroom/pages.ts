import { html, raw } from "hono/html";
import { autoExcerpt, storyPath, type Newsroom, type Story } from "./content.ts";
import { picture } from "./feed.ts";

/** What `html` gives: text that is already escaped. */
type Html = ReturnType<typeof html>;

const readable = (at: number, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(at);

/** The site's front page: the newest stories, and the feed for whoever looks for it. */
export function frontPage(newsroom: Newsroom, base: string): Html {
  const { site, stories } = newsroom;
  const head = html`<title>${site.name} &#8211; ${site.tagline}</title>
    <meta name="description" content="${site.tagline}" />`;
  const list = stories.map(
    (story) =>
      html`<article class="post-${story.id} post hentry">
        <h2 class="entry-title"><a href="${storyPath(story)}">${story.title}</a></h2>
        <p>${story.dek ?? autoExcerpt(story.html)}</p>
      </article>`,
  );
  return frame(newsroom, base, site.language, head, html`<main id="main" class="site-main">${list}</main>`);
}

/** An article as a WordPress theme draws it, with everything around the text that must never get into a post. */
export function storyPage(newsroom: Newsroom, story: Story, base: string): Html {
  const language = story.language ?? newsroom.site.language;
  return frame(newsroom, base, language, storyHead(newsroom, story, base), storyBody(newsroom, story, base));
}

function storyHead(newsroom: Newsroom, story: Story, base: string): Html {
  const link = `${base}${storyPath(story)}`;
  const published = new Date(story.published).toISOString();
  const image = story.picture === null ? null : `${base}/wp-content/uploads/${story.picture.file}`;
  return html`<title>${story.title} &#8211; ${newsroom.site.name}</title>
    ${story.dek === null ? "" : html`<meta name="description" content="${story.dek}" />`}
    <link rel="canonical" href="${link}" />
    <link rel="shortlink" href="${base}/?p=${story.id}" />
    <meta property="og:type" content="article" />
    <meta property="og:title" content="${story.title}" />
    <meta property="og:description" content="${story.dek ?? autoExcerpt(story.html)}" />
    <meta property="og:url" content="${link}" />
    <meta property="og:site_name" content="${newsroom.site.name}" />
    <meta property="article:published_time" content="${published}" />
    ${image === null ? "" : html`<meta property="og:image" content="${image}" />`}
    <meta name="author" content="${story.author}" />
    <script type="application/ld+json">
      ${raw(structuredData(newsroom, story, link, image))}
    </script>`;
}

/** schema.org's NewsArticle; `<` is escaped so that no text can end the script. */
function structuredData(newsroom: Newsroom, story: Story, link: string, image: string | null): string {
  const data = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    headline: story.title,
    datePublished: new Date(story.published).toISOString(),
    author: [{ "@type": "Person", name: story.author }],
    publisher: { "@type": "Organization", name: newsroom.site.name },
    mainEntityOfPage: link,
    inLanguage: story.language ?? newsroom.site.language,
    ...(image === null ? {} : { image: [image] }),
    ...(story.dek === null ? {} : { description: story.dek }),
  };
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

function storyBody(newsroom: Newsroom, story: Story, base: string): Html {
  const language = story.language ?? newsroom.site.language;
  const published = new Date(story.published).toISOString();
  return html`<main id="main" class="site-main">
      <article id="post-${story.id}" class="post-${story.id} post type-post status-publish hentry">
        <header class="entry-header">
          <h1 class="entry-title">${story.title}</h1>
          <p class="entry-meta">
            By <a rel="author" href="/author/${slug(story.author)}/">${story.author}</a>,
            <time class="entry-date published" datetime="${published}"
              >${readable(story.published, language)}</time
            >
          </p>
        </header>
        ${share(story)}
        <div class="entry-content">${raw(picture(story, base))}${raw(story.html)}${newsletter()}</div>
        <footer class="entry-footer">
          <span class="byline">Published by ${story.author}</span>
          <span class="cat-links">Categorised as ${story.categories.join(", ")}</span>
        </footer>
        ${share(story)}${author(story)}
      </article>
      ${related(newsroom, story)}${comments(story)}
    </main>
    <a class="amphtml-exit" href="${storyPath(story)}?noamp=mobile">Exit mobile version</a>`;
}

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]+/gu, "-");

const share = (story: Story): Html =>
  html`<div class="sharedaddy sd-sharing-enabled">
    <h3 class="sd-title">Share this:</h3>
    <ul>
      <li><a href="${storyPath(story)}?share=email">Click to email a link to a friend</a></li>
      <li><a href="${storyPath(story)}?share=print">Click to print</a></li>
      <li><a href="${storyPath(story)}?share=copy">Copy the link to this article</a></li>
    </ul>
  </div>`;

const newsletter = (): Html =>
  html`<div class="wp-block-jetpack-subscriptions">
    <p>Sign up for our newsletter and get the day’s stories at seven in the morning.</p>
  </div>`;

const author = (story: Story): Html =>
  html`<div class="author-bio show-avatars">
    <img class="avatar avatar-85 photo" alt="" src="/wp-content/uploads/avatar.svg" width="85" height="85" />
    <h2 class="author-title">By ${story.author}</h2>
    <p class="author-description">${story.author} reports for the paper and answers letters from readers.</p>
    <a class="author-link" rel="author" href="/author/${slug(story.author)}/">View all of their posts.</a>
  </div>`;

function related(newsroom: Newsroom, story: Story): Html {
  const others = newsroom.stories.filter((other) => other.id !== story.id).slice(0, 3);
  return html`<aside class="jp-relatedposts">
    <h3>Related</h3>
    <ul>
      ${others.map((other) => html`<li><a href="${storyPath(other)}">${other.title}</a></li>`)}
    </ul>
  </aside>`;
}

const comments = (story: Story): Html =>
  html`<div id="respond" class="comment-respond">
    <h2 id="reply-title" class="comment-reply-title">Leave a Reply</h2>
    <form action="/wp-comments-post.php" method="post" id="commentform" class="comment-form">
      <p class="comment-notes">Your email address will not be published. Required fields are marked *</p>
      <p><label for="comment">Comment *</label> <textarea id="comment" name="comment"></textarea></p>
      <p><label for="author">Name *</label> <input id="author" name="author" /></p>
      <input type="hidden" name="comment_post_ID" value="${story.id}" />
      <p><button type="submit">Post Comment</button></p>
    </form>
  </div>`;

function frame(newsroom: Newsroom, base: string, language: string, head: Html, body: Html): Html {
  const { site } = newsroom;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="UTF-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link
          rel="alternate"
          type="application/rss+xml"
          title="${site.name} &raquo; Feed"
          href="${base}/feed/"
        />
        <link
          rel="alternate"
          type="application/rss+xml"
          title="${site.name} &raquo; Comments Feed"
          href="${base}/comments/feed/"
        />
        <meta name="generator" content="WordPress 6.8.3" />
        ${head}
      </head>
      <body class="wp-embed-responsive">
        <a class="skip-link screen-reader-text" href="#main">Skip to content</a>
        <header class="site-header">
          <p class="site-title"><a href="${base}/">${site.name}</a></p>
          <p class="site-description">${site.tagline}</p>
          <nav class="main-navigation">
            <ul>
              <li><a href="/category/local/">Local</a></li>
              <li><a href="/category/sport/">Sport</a></li>
              <li><a href="/category/people/">People</a></li>
            </ul>
          </nav>
        </header>
        ${body}
        <footer class="site-footer">
          <p>Published by ${site.name}. All rights reserved.</p>
          <p>We use cookies to remember your settings. <button type="button">Accept all</button></p>
        </footer>
      </body>
    </html>`;
}
