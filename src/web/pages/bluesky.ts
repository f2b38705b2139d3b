import { html } from "hono/html";
import type { Json } from "../../domain/types.ts";
import type { PagePost } from "./data.ts";
import { globeIcon, heartIcon, replyIcon, repostIcon, shareIcon } from "./icons.ts";
import { avatar, hostOf, imagePath, link, moment, stateBadge } from "./parts.ts";
import { at, listAt, textAt, type Html } from "./reading.ts";

/** The post as Bluesky's timeline draws it. */
export function drawBluesky(post: PagePost): Html {
  const language = textAt(post.payload, "langs", 0);
  const text = textAt(post.payload, "text");
  return html`<article class="skeet" aria-label="Post on Bluesky">
    ${avatar()}
    <div class="skeet-body" ${language === "" ? "" : html`lang="${language}"`}>
      <p class="skeet-head" lang="en">
        <strong>${post.destination}</strong> <span class="handle">${handle(post.destination)}</span>
        <span class="handle">· ${moment(post.at, { dateStyle: "medium" })}</span>
      </p>
      ${text === "" ? "" : html`<p class="text">${withFacets(text, listAt(post.payload, "facets"))}</p>`}
      ${drawCard(at(post.payload, "embed"), post.imageKey)}
      <p class="actions" aria-hidden="true">${replyIcon()}${repostIcon()}${heartIcon()}${shareIcon()}</p>
      ${stateBadge(post.state)}
    </div>
  </article>`;
}

/** A destination that is named as a handle shows it; another one shows what will stand there. */
const handle = (name: string): string => (/^\S+\.\S+$/u.test(name) ? `@${name}` : "@your.handle");

type Facet = { readonly start: number; readonly end: number; readonly feature: Json };

/**
 * The text with its facets drawn as links. Facets count UTF-8 bytes, start included, end excluded
 * (https://docs.bsky.app/docs/advanced-guides/post-richtext); those that overlap or leave the text are not drawn.
 */
export function withFacets(text: string, facets: readonly Json[]): readonly (Html | string)[] {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const slice = (start: number, end: number): string => decoder.decode(bytes.subarray(start, end));
  const parts: (Html | string)[] = [];
  let done = 0;
  for (const { start, end, feature } of facets.flatMap(readFacet).sort((a, b) => a.start - b.start)) {
    if (start < done || end <= start || end > bytes.length) continue;
    parts.push(slice(done, start), drawFeature(feature, slice(start, end)));
    done = end;
  }
  return [...parts, slice(done, bytes.length)];
}

function readFacet(facet: Json): readonly Facet[] {
  const start = at(facet, "index", "byteStart");
  const end = at(facet, "index", "byteEnd");
  const feature = at(facet, "features", 0);
  if (!Number.isInteger(start) || !Number.isInteger(end) || feature === undefined) return [];
  return [{ start: start as number, end: end as number, feature }];
}

function drawFeature(feature: Json, words: string): Html {
  const uri = textAt(feature, "uri");
  return uri === "" ? html`<span class="tag">${words}</span>` : link(uri, words);
}

function drawCard(embed: Json | undefined, imageKey: string | null): Html | "" {
  const uri = textAt(embed, "external", "uri");
  if (uri === "") return "";
  const title = textAt(embed, "external", "title");
  const description = textAt(embed, "external", "description");
  const hasThumb = at(embed, "external", "thumb") !== undefined && imageKey !== null;
  const words = html`${hasThumb ? html`<img src="${imagePath(imageKey)}" alt="" loading="lazy" />` : ""}
    <span class="card-words">
      <strong class="card-title">${title}</strong>
      ${description === "" ? "" : html`<span class="card-description">${description}</span>`}
      <span class="card-host">${globeIcon()}${hostOf(uri)}</span>
    </span>`;
  return link(uri, words, "card");
}
