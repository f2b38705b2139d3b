import { html } from "hono/html";
import { webUrl } from "../../lib/address.ts";
import type { Html } from "./reading.ts";

/** A link to an http(s) address; only the words where the address is of another kind. */
export function link(address: string, words: unknown, className = ""): Html {
  const url = webUrl(address);
  if (url === null) return html`<span class="${className}">${words}</span>`;
  return html`<a class="${className}" href="${url.href}" rel="noopener noreferrer">${words}</a>`;
}

/** The host as readers know it; empty for what is no web address. */
export const hostOf = (address: string): string => webUrl(address)?.host.replace(/^www\./u, "") ?? "";

/** Where the page serves the picture of a post. */
export const imagePath = (key: string): string => `/image/${encodeURIComponent(key)}`;

/** A moment as a `time` element, in the machine's own zone; what is no ISO time is shown as it stands. */
export function moment(iso: string, format: Intl.DateTimeFormatOptions): Html {
  const when = Date.parse(iso);
  if (Number.isNaN(when)) return html`<span>${iso}</span>`;
  const shown = new Intl.DateTimeFormat("en-GB", format).format(when);
  return html`<time datetime="${new Date(when).toISOString()}">${shown}</time>`;
}

/** Our mark, as a bot's round picture. */
export const avatar = (): Html =>
  html`<svg class="avatar" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
    <circle cx="20" cy="20" r="20" fill="#b3261e" />
    <path
      fill="#fff"
      d="M11 11h18v4H11zM11 18h8v11h-8zM22 18h7v2.500h-7zM22 22.250h7v2.500h-7zM22 26.500h7V29h-7z"
    />
  </svg>`;

/** Says how a post stands when it has not simply gone out. */
export const stateBadge = (state: string): Html | "" =>
  state === "sent" ? "" : html`<p class="badge" data-state="${state}">${state}</p>`;
