import { html } from "hono/html";
import type { Json } from "../../domain/types.ts";
import { takeGraphemes } from "../../lib/text.ts";
import type { PagePost } from "./data.ts";
import { inlineMarkdown, markdown } from "./markdown.ts";
import { avatar, hostOf, imagePath, link, moment, stateBadge } from "./parts.ts";
import { at, listAt, textAt, type Html } from "./reading.ts";

const TIME: Intl.DateTimeFormatOptions = { dateStyle: "short", timeStyle: "short" };

/** The bot's message as Discord's dark theme draws it. */
export function drawDiscord(post: PagePost): Html {
  // In a forum the message is the first of a post with a title.
  const title = textAt(post.payload, "name");
  const message = at(post.payload, "message") ?? post.payload;
  const content = textAt(message, "content");
  return html`<article class="message" aria-label="Message on Discord">
    ${avatar()}
    <div class="message-body">
      <p class="message-head">
        <strong class="bot-name">Bulletin</strong> <span class="app-tag">APP</span> ${moment(post.at, TIME)}
      </p>
      ${title === "" ? "" : html`<h3 class="post-title">${title}</h3>`}
      ${content === "" ? "" : html`<div class="content">${markdown(content)}</div>`}
      ${listAt(message, "embeds").map((embed) => drawEmbed(embed, post.imageKey))} ${stateBadge(post.state)}
    </div>
  </article>`;
}

function drawEmbed(embed: Json, imageKey: string | null): Html {
  const title = textAt(embed, "title");
  const description = textAt(embed, "description");
  return html`<div class="embed">
    ${drawAuthor(embed)}
    ${title === "" ? "" : html`<h3>${link(textAt(embed, "url"), inlineMarkdown(title))}</h3>`}
    ${description === "" ? "" : html`<div class="description">${markdown(description)}</div>`}
    ${drawImage(embed, imageKey)} ${drawFooter(embed)}
  </div>`;
}

/** The site's icon is not ours to fetch: its first letter stands for it. */
function drawAuthor(embed: Json): Html | "" {
  const name = textAt(embed, "author", "name");
  if (name === "") return "";
  const letter = takeGraphemes(name.replace(/^the /iu, ""), 1);
  const icon =
    at(embed, "author", "icon_url") === undefined
      ? ""
      : html`<span class="icon" aria-hidden="true">${letter}</span>`;
  return html`<p class="author">${icon}${link(textAt(embed, "author", "url"), name)}</p>`;
}

/** Discord shows the publisher's picture; the page shows the copy that we keep of it. */
function drawImage(embed: Json, key: string | null): Html | "" {
  const address = textAt(embed, "image", "url");
  if (address === "") return "";
  if (key === null) return html`<p class="no-picture">Picture from ${hostOf(address)}</p>`;
  return html`<img src="${imagePath(key)}" alt="${textAt(embed, "image", "description")}" loading="lazy" />`;
}

function drawFooter(embed: Json): Html | "" {
  const words = textAt(embed, "footer", "text");
  const timestamp = textAt(embed, "timestamp");
  if (words === "" && timestamp === "") return "";
  const divider = words !== "" && timestamp !== "" ? html`<span class="dot"> • </span>` : "";
  return html`<p class="footer">${words}${divider}${timestamp === "" ? "" : moment(timestamp, TIME)}</p>`;
}
