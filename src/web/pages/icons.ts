import { html } from "hono/html";
import type { Html } from "./reading.ts";

/** A small line drawing in the colour of the text around it. */
const icon = (path: string): Html =>
  html`<svg class="line-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d="${path}" />
  </svg>`;

export const replyIcon = (): Html => icon("M4 5h16v12h-7l-5 4v-4H4z");
export const repostIcon = (): Html =>
  icon("M7 21l-4-4 4-4M3 17h14a3 3 0 0 0 3-3v-2M17 3l4 4-4 4M21 7H7a3 3 0 0 0-3 3v2");
export const heartIcon = (): Html =>
  icon("M12 20C5 15.500 3 12 3 9a4.500 4.500 0 0 1 9-1 4.500 4.500 0 0 1 9 1c0 3-2 6.500-9 11z");
export const shareIcon = (): Html => icon("M12 15V3M7.500 7.500L12 3l4.500 4.500M4 14v6h16v-6");
export const globeIcon = (): Html =>
  icon("M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18");
