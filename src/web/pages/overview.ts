import { html } from "hono/html";
import type { PageData, PagePost } from "./data.ts";
import { drawBluesky } from "./bluesky.ts";
import { drawDiscord } from "./discord.ts";
import { link } from "./parts.ts";
import type { Html } from "./reading.ts";

/** The one page: what was held, the posts as their platforms draw them, how feeds and destinations stand. */
export function overviewPage(data: PageData): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${data.title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <a class="skip" href="#posts">Skip to the posts</a>
        <header>
          <h1>${data.title}</h1>
          <p>Your articles as readers see them on Discord and Bluesky.</p>
        </header>
        <main>${held(data.held)}${posts(data.posts)}${status(data)}</main>
      </body>
    </html>`;
}

function held(list: PageData["held"]): Html | "" {
  if (list.length === 0) return "";
  return html`<section class="held" aria-labelledby="held">
    <h2 id="held">Waiting for you</h2>
    <ul>
      ${list.map(
        (one) =>
          html`<li>
            <h3>${link(one.url, one.title)}</h3>
            <p>${one.reason}</p>
            ${
              one.commands.length === 0
                ? ""
                : html`<pre tabindex="0" aria-label="Commands"><code>${one.commands.join("\n")}</code></pre>`
            }
          </li>`,
      )}
    </ul>
  </section>`;
}

function posts(list: readonly PagePost[]): Html {
  const groups = Map.groupBy(list, (post) => `${post.look} ${post.destination}`);
  const empty = html`<p class="empty">
    Nothing has been posted yet. New articles appear here; load the page again.
  </p>`;
  return html`<section id="posts" aria-label="Posts" class="screens">
    ${list.length === 0 ? empty : [...groups.values()].map((group) => screen(group))}
  </section>`;
}

/** One channel or account as its app shows it. */
function screen(group: readonly PagePost[]): Html | "" {
  const [first] = group;
  if (first === undefined) return "";
  if (first.look === "discord") {
    return html`<section class="screen discord" aria-label="Discord, ${first.destination}">
      <h2><span class="hash" aria-hidden="true">#</span> ${first.destination.replace(/^#\s*/u, "")}</h2>
      ${group.map((post) => withAddress(post, drawDiscord(post)))}
    </section>`;
  }
  return html`<section class="screen bluesky" aria-label="Bluesky, ${first.destination}">
    <h2>${first.destination}</h2>
    ${group.map((post) => withAddress(post, drawBluesky(post)))}
  </section>`;
}

/** A post that stands on its platform can be opened there. */
const withAddress = (post: PagePost, drawn: Html): Html =>
  post.url === null
    ? drawn
    : html`<div class="posted">${drawn}${link(post.url, "Open the post", "open")}</div>`;

function status(data: PageData): Html {
  return html`<section class="status" aria-label="Status">
    ${table(
      "Feeds",
      ["Feed", "State", "Last asked", "Asked next", "Remarks"],
      data.feeds.map((feed) => [
        feed.name,
        stateOf(feed.state),
        feed.lastPoll,
        feed.nextPoll,
        feed.reason ?? "",
      ]),
    )}
    ${data.moreFeeds > 0 ? html`<p>And ${data.moreFeeds} more: <code>bulletin status</code> lists them all.</p>` : ""}
    ${table(
      "Destinations",
      ["Destination", "State", "Waiting", "Sent", "Remarks"],
      data.destinations.map((one) => [one.name, stateOf(one.state), one.pending, one.sent, one.reason ?? ""]),
    )}
  </section>`;
}

const stateOf = (state: string): Html => html`<span class="state" data-state="${state}">${state}</span>`;

/** A table whose cells carry their column's name, so that a narrow screen can stack them. */
function table(caption: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Html {
  if (rows.length === 0)
    return html`<h2>${caption}</h2>
      <p class="empty">None yet.</p>`;
  const cells = (row: readonly unknown[]): readonly Html[] =>
    row.map((cell, index) => html`<td data-label="${columns[index] ?? ""}">${cell}</td>`);
  return html`<h2>${caption}</h2>
    <table aria-label="${caption}">
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${cells(row)}
            </tr>`,
        )}
      </tbody>
    </table>`;
}
