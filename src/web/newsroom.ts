import { Hono, type Context } from "hono";
import { gzipSync } from "node:zlib";
import type { Clock } from "../domain/types.ts";
import { listen, type Listening } from "./listen.ts";
import { fingerprint, readNewsroom, storyPath, type Newsroom } from "./newsroom/content.ts";
import { feedDocument } from "./newsroom/feed.ts";
import { frontPage, storyPage } from "./newsroom/pages.ts";

/**
 * Serves the sample newsroom on 127.0.0.1 as WordPress would: a feed with both validators, day-and-name addresses,
 * article pages, robots.txt. Its stories are minutes to hours old at the moment it opens, and stay so for the life
 * of the process. `folder` is config/sample/newsroom; port 0 takes any free one, another port must be free
 * (AdminError). Disposing closes it.
 */
export async function openNewsroom(options: {
  readonly folder: string;
  readonly port: number;
  readonly clock: Clock;
}): Promise<Listening> {
  const newsroom = await readNewsroom(options.folder, options.clock.now());
  return listen(newsroomApp(newsroom), { host: "127.0.0.1", port: options.port, tries: 1 });
}

function newsroomApp(newsroom: Newsroom): Hono {
  const app = new Hono();
  const pages = new Map(newsroom.stories.map((story) => [storyPath(story), story]));
  app.get("/feed/", async (c) => feed(c, newsroom));
  app.get("/robots.txt", (c) =>
    c.text("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"),
  );
  app.get("/wp-content/uploads/:file", (c) => {
    const media = newsroom.media.get(c.req.param("file"));
    return media === undefined ? c.notFound() : c.body(media.bytes, 200, { "content-type": media.mime });
  });
  app.get("/", async (c) => {
    const asked = newsroom.stories.find((story) => String(story.id) === c.req.query("p"));
    if (asked !== undefined) return c.redirect(storyPath(asked), 301);
    return page(c, String(await frontPage(newsroom, origin(c))));
  });
  app.get("*", async (c) => {
    const story = pages.get(c.req.path);
    if (story !== undefined) return page(c, String(await storyPage(newsroom, story, origin(c))));
    const slashed = `${c.req.path}/`;
    return pages.has(slashed) || slashed === "/feed/" ? c.redirect(slashed, 301) : c.notFound();
  });
  return app;
}

/** The address that the visitor used: links stay on the port that was really bound. */
const origin = (c: Context): string => new URL(c.req.url).origin;

/** Conditional GET (RFC 9110, 13.2.2): If-None-Match decides when it is there, else If-Modified-Since. */
async function feed(c: Context, newsroom: Newsroom): Promise<Response> {
  const text = await feedDocument(newsroom, origin(c));
  const etag = `"${fingerprint(text)}"`;
  c.header("etag", etag);
  c.header("last-modified", new Date(newsroom.changed).toUTCString());
  const known = c.req.header("if-none-match");
  const since = Date.parse(c.req.header("if-modified-since") ?? "");
  const unchanged =
    known === undefined
      ? since >= newsroom.changed
      : known.split(",").some((one) => one.trim().replace(/^W\//u, "") === etag);
  if (unchanged) return c.body(null, 304);
  return compressed(c, text, "application/rss+xml; charset=UTF-8");
}

const page = (c: Context, text: string): Response => compressed(c, text, "text/html; charset=UTF-8");

function compressed(c: Context, text: string, type: string): Response {
  c.header("content-type", type);
  c.header("vary", "Accept-Encoding");
  if (!/\bgzip\b/u.test(c.req.header("accept-encoding") ?? "")) return c.body(text);
  c.header("content-encoding", "gzip");
  return c.body(new Uint8Array(gzipSync(text)));
}
