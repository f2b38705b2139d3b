import type { ServerResponse } from "node:http";
import { answers } from "./answers.ts";
import { documents, JSON_DOCUMENTS } from "./documents.ts";
import { pictures } from "./pictures.ts";
import { item, page, rss } from "./stage.ts";

/** One hostile thing in one place: what the server answers to `/feed`, `/story` and `/picture` under its own path. */
export type HostileCase = {
  readonly name: string;
  readonly give: (path: string, response: ServerResponse, site: string) => void;
};

const BRIEF = "<description>A line of it.</description>";
const STORY = "A story";

const missing = (response: ServerResponse): void => void response.writeHead(404).end();
const listing = (site: string): string => rss(item({ title: STORY, path: `${site}/story`, more: BRIEF }));

const asFeed = (name: string, give: (response: ServerResponse) => void): HostileCase => ({
  name: `feed: ${name}`,
  give: (path, response) => (path === "/feed" ? give(response) : missing(response)),
});

const asPage = (name: string, give: (response: ServerResponse) => void): HostileCase => ({
  name: `page: ${name}`,
  give: (path, response, site) => {
    if (path === "/feed") response.end(listing(site));
    else if (path === "/story") give(response);
    else missing(response);
  },
});

const asPicture = (name: string, bytes: Uint8Array): HostileCase => ({
  name: `picture: ${name}`,
  give: (path, response, site) => {
    if (path === "/feed") response.end(listing(site));
    else if (path === "/story")
      response.end(page(STORY, `<meta property="og:image" content="${site}/picture">`));
    else if (path === "/picture") response.end(bytes);
    else missing(response);
  },
});

/** Sound in every part, and as large as a feed may be. */
function manyEntries(): string {
  const text = "<p>The harbour office said so &amp; more.</p>".repeat(105);
  return Array.from(
    { length: 1000 },
    (_, i) =>
      `<item><title>Story ${i}</title><link>https://quay.example/${i}</link><description><![CDATA[${text}]]></description></item>`,
  ).join("");
}

const LARGE: readonly (readonly [string, string])[] = [
  ...documents,
  ["1,000 entries in 5 MB", manyEntries()],
];
const html = (inside: string): string => page(STORY).replace("<article>", `${inside}<article>`);

/** The whole list, each line in each place that takes it. */
export const cases: readonly HostileCase[] = [
  ...answers.flatMap(({ name, give }) => [asFeed(name, give), asPage(name, give)]),
  ...LARGE.flatMap(([name, inside]) => [
    asFeed(name, (response) => void response.end(rss(inside))),
    asPage(name, (response) => void response.end(html(inside))),
  ]),
  ...JSON_DOCUMENTS.map(([name, body]) => asFeed(name, (response) => void response.end(body))),
  ...pictures.map(({ name, bytes }) => asPicture(name, bytes)),
];
