import sharp from "sharp";
import { type LocalServer, serve } from "../lib/http/servers.ts";
import { item, page, rss } from "./stage.ts";

const STORIES = Array.from({ length: 12 }, (_, i) => `Sound story ${i}`);

/** A publisher with nothing hostile: stories whose pages and pictures are of a usual size. */
export async function soundSite(): Promise<LocalServer> {
  const picture = await sharp({ create: { width: 1600, height: 900, channels: 3, background: "#246" } })
    .jpeg()
    .toBuffer();
  return await serve((request, response) => {
    const site = `http://${request.headers.host ?? ""}`;
    const { pathname } = new URL(request.url ?? "/", site);
    if (pathname === "/feed")
      response.end(
        rss(
          STORIES.map((title, i) =>
            item({ title, path: `${site}/${i}`, more: `<description>A line.</description>` }),
          ).join(""),
        ),
      );
    else if (pathname === "/picture") response.end(picture);
    else if (pathname === "/robots.txt") response.writeHead(404).end();
    else
      response.end(
        // In no language that they name: the detector's tables, loaded once, are no cost of what is hostile.
        page(
          STORIES[Number(pathname.slice(1))] ?? "",
          `<meta property="og:image" content="${site}/picture">`,
        ).replace('<html lang="en">', "<html>"),
      );
  });
}
