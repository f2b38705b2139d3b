import { html } from "hono/html";
import { link } from "./parts.ts";
import type { Html } from "./reading.ts";

/**
 * The parts of Discord's markdown that our composer writes, in the order in which Discord looks for them: escapes,
 * headlines that are links, bold, links in angle brackets, bare links, mentioned roles.
 */
const TOKEN =
  /\\([^\p{L}\p{N}\s])|\[((?:\\.|[^\\\]])+)\]\(<(https?:\/\/[^\s<>]+)>\)|\*\*((?:\\.|[^\\*])+)\*\*|<(https?:\/\/[^\s<>]+)>|(https?:\/\/[^\s<>]+)|<@&(\d+)>/gu;

/** One line of Discord's markdown as HTML; everything but the markup is escaped. */
export function inlineMarkdown(text: string): readonly (Html | string)[] {
  const parts: (Html | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    parts.push(text.slice(end, match.index), drawn(match));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

function drawn(match: RegExpMatchArray): Html | string {
  const [, escaped, words, behind, bold, bracketed, bare] = match;
  if (escaped !== undefined) return escaped;
  if (words !== undefined && behind !== undefined) return link(behind, inlineMarkdown(words));
  if (bold !== undefined) return html`<strong>${inlineMarkdown(bold)}</strong>`;
  const address = bracketed ?? bare;
  if (address !== undefined) return link(address, address);
  return html`<span class="mention">@role</span>`;
}

/** Text of Discord's markdown as HTML: lines stay lines, lines that begin with "- " are hanging bullets. */
export function markdown(text: string): readonly Html[] {
  const blocks: Html[] = [];
  let bullets: Html[] = [];
  const closeList = (): void => {
    if (bullets.length > 0)
      blocks.push(
        html`<ul>
          ${bullets}
        </ul>`,
      );
    bullets = [];
  };
  for (const line of text.split("\n")) {
    const bullet = /^\s*[-*] (.+)$/u.exec(line)?.[1];
    if (bullet === undefined) closeList();
    if (bullet !== undefined) bullets.push(html`<li>${inlineMarkdown(bullet)}</li>`);
    else blocks.push(html`<p>${inlineMarkdown(line)}</p>`);
  }
  closeList();
  return blocks;
}
