import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { expect, test } from "vitest";
import { prepareImage } from "../../src/articles/image.ts";
import { openRobots } from "../../src/articles/robots.ts";
import { LIMITS } from "../../src/config/defaults.ts";
import type { Limits } from "../../src/domain/types.ts";
import { openFeedReader } from "../../src/feeds/reader.ts";
import { fetchFeed } from "../../src/feeds/fetch.ts";
import { fetchPage } from "../../src/articles/fetch.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { httpFor, request, serve, serveRaw, USER_AGENT } from "../lib/http/servers.ts";
import { item, rss } from "./stage.ts";

/** Whether what is just within the limit passes, and what is just beyond it. */
type Edge = () => Promise<readonly [within: boolean, beyond: boolean]>;

/** A body of so many bytes, decoded. */
const sized = (bytes: number): Buffer => Buffer.alloc(bytes, " ");

/** Asks a server that answers with a body of the size that its path says. */
async function ofSize(
  bytes: number,
  get: (http: ReturnType<typeof httpFor>, url: string) => Promise<boolean>,
) {
  await using server = await serve((asked, response) => {
    const length = Number(asked.url?.slice(1));
    if (Number.isNaN(length)) response.writeHead(404).end();
    else
      response
        .writeHead(200, { "content-encoding": "gzip", "content-type": "text/html" })
        .end(gzipSync(sized(length)));
  });
  await using http = httpFor([server]);
  return [await get(http, `${server.url}/${bytes}`), await get(http, `${server.url}/${bytes + 1}`)] as const;
}

/** Feeds an answer of just so much and of more to a request; what each gives. */
async function answered(
  give: (n: number) => { readonly path?: string; readonly headers?: Record<string, string> },
  within: number,
  beyond: number,
) {
  await using server = await serve((asked, response) => {
    const n = Number(new URL(asked.url ?? "", "http://x").searchParams.get("n"));
    const { path, headers = {} } = give(n);
    if (path === undefined) response.writeHead(200, headers).end("x");
    else response.writeHead(302, { location: path }).end();
  });
  await using http = httpFor([server]);
  const ask = async (n: number) => (await http.get(request(`${server.url}/?n=${n}`))).kind === "response";
  return [await ask(within), await ask(beyond)] as const;
}

/** A deadline: an answer at once passes, none at all is given up (after a fraction of the real time). */
async function deadline(
  limits: Partial<Limits>,
  ask: "feed" | "page",
  give: "silence" | "drip",
): ReturnType<Edge> {
  await using quick = await serve((_, response) => response.end("<p>x"));
  await using slow = await serve((asked, response) => {
    if (asked.url === "/robots.txt") response.writeHead(404).end();
    else if (give === "drip") response.writeHead(200).write("x");
  });
  const all = { ...LIMITS, ...limits };
  await using http = httpFor([quick, slow], { limits: all });
  const robots = openRobots({ http, userAgent: USER_AGENT, limits: all, clock: systemClock });
  const kind = async (url: string): Promise<string> =>
    ask === "page"
      ? (await fetchPage(http, robots, url, all)).kind
      : (await fetchFeed(http, { url, validators: { etag: null, lastModified: null }, limits: all, now: 0 }))
          .kind;
  return [(await kind(quick.url)) !== "failed", (await kind(slow.url)) !== "failed"];
}

const SOON = 150;
const feedOf = async (inside: string, limits: Limits = LIMITS) => {
  await using reader = openFeedReader({ limits });
  const read = await reader.read({
    body: Buffer.from(rss(inside)),
    contentType: null,
    url: "https://a.example/",
  });
  return read.kind === "feed" ? read.feed : null;
};

async function picture(width: number, height: number): Promise<boolean> {
  const bytes = await sharp({ create: { width, height, channels: 3, background: "#246" } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  await using server = await serve((_, response) =>
    response.writeHead(200, { "content-type": "image/png" }).end(bytes),
  );
  await using http = httpFor([server]);
  return (await prepareImage(http, { url: `${server.url}/storm.png`, alt: null }, LIMITS)).kind === "image";
}

/** Every limit of the config: what is just within passes, what is just beyond does not. */
const edges: Readonly<Record<keyof Limits, Edge>> = {
  feedBytes: () =>
    ofSize(LIMITS.feedBytes, async (http, url) => {
      const asked = { url, validators: { etag: null, lastModified: null }, limits: LIMITS, now: 0 };
      return (await fetchFeed(http, asked)).kind === "fetched";
    }),
  pageBytes: () =>
    ofSize(LIMITS.pageBytes, async (http, url) => {
      const robots = openRobots({ http, userAgent: USER_AGENT, limits: LIMITS, clock: systemClock });
      // White space is no page, but it was read whole.
      return (await fetchPage(http, robots, url, LIMITS)).kind === "not a page";
    }),
  imageBytes: () =>
    ofSize(LIMITS.imageBytes, async (http, url) => {
      const result = await prepareImage(http, { url, alt: null }, LIMITS);
      return result.kind === "none" && !result.reason.includes("larger");
    }),
  imagePixels: async () => [await picture(5000, 5000), await picture(5000, 5001)],
  robotsBytes: async () => {
    const rule = "\nUser-agent: *\nDisallow: /\n";
    const padded = (bytes: number) => `${"#".repeat(bytes - rule.length)}${rule}`;
    const mayFetch = async (bytes: number): Promise<boolean> => {
      await using server = await serve((_, response) => response.end(padded(bytes)));
      await using http = httpFor([server]);
      const robots = openRobots({ http, userAgent: USER_AGENT, limits: LIMITS, clock: systemClock });
      return (await robots.mayFetch(`${server.url}/a`)).kind === "disallowed";
    };
    // The last rule is read to its end, or its slash is cut off and it forbids nothing.
    return [await mayFetch(LIMITS.robotsBytes), await mayFetch(LIMITS.robotsBytes + 3)];
  },
  headerBytes: () =>
    answered(
      (n) => ({ headers: { "x-more": "y".repeat(n) } }),
      LIMITS.headerBytes - 500,
      LIMITS.headerBytes + 1,
    ),
  redirects: () =>
    answered((n) => (n === 0 ? {} : { path: `/?n=${n - 1}` }), LIMITS.redirects, LIMITS.redirects + 1),
  dnsMs: async () => {
    await using server = await serve((_, response) => response.end("x"));
    const resolve = (name: string): Promise<readonly string[]> =>
      name.startsWith("quick") ? Promise.resolve(["127.0.0.1"]) : new Promise(() => {});
    const network = { allow: ["127.0.0.0/8"], ports: [server.port] };
    await using http = httpFor([], { resolve, network, limits: { ...LIMITS, dnsMs: SOON } });
    const ask = async (host: string) =>
      (await http.get(request(`http://${host}.example:${server.port}/`))).kind === "response";
    return [await ask("quick"), await ask("slow")];
  },
  connectMs: async () => {
    await using server = await serve((_, response) => response.end("x"));
    await using silent = await serveRaw(() => {});
    await using http = httpFor([server, silent], { limits: { ...LIMITS, connectMs: SOON } });
    const ask = async (url: string) => (await http.get(request(url))).kind === "response";
    return [await ask(server.url), await ask(silent.url.replace("http:", "https:"))];
  },
  headersMs: () => deadline({ headersMs: SOON }, "feed", "silence"),
  feedMs: () => deadline({ feedMs: SOON }, "feed", "drip"),
  pageMs: () => deadline({ pageMs: SOON }, "page", "drip"),
  parseMs: async () => {
    const long = "<a>".repeat(700_000);
    return [
      (await feedOf(item({ title: "a", path: "/a" }))) !== null,
      (await feedOf(long, { ...LIMITS, parseMs: 20 })) !== null,
    ];
  },
  entries: async () => {
    const listed = async (count: number): Promise<number> =>
      (await feedOf("<item><title>a</title></item>".repeat(count)))?.entries.length ?? 0;
    return [
      (await listed(LIMITS.entries)) === LIMITS.entries,
      (await listed(LIMITS.entries + 1)) > LIMITS.entries,
    ];
  },
  titleLength: async () => {
    const kept = async (length: number): Promise<boolean> => {
      const title = "s".repeat(length);
      return (await feedOf(item({ title, path: "/a" })))?.entries[0]?.title === title;
    };
    return [await kept(LIMITS.titleLength), await kept(LIMITS.titleLength + 1)];
  },
  urlLength: async () => {
    await using server = await serve((_, response) => response.end("x"));
    await using http = httpFor([server]);
    const ask = async (length: number) =>
      (await http.get(request(`${server.url}/`.padEnd(length, "a")))).kind === "response";
    return [await ask(LIMITS.urlLength), await ask(LIMITS.urlLength + 1)];
  },
  encodings: async () => {
    const packed = (times: number): Buffer => (times === 0 ? Buffer.from("x") : gzipSync(packed(times - 1)));
    await using server = await serve((asked, response) => {
      const times = Number(asked.url?.slice(1));
      response
        .writeHead(200, { "content-encoding": Array(times).fill("gzip").join(", ") })
        .end(packed(times));
    });
    await using http = httpFor([server]);
    const ask = async (times: number) =>
      (await http.get(request(`${server.url}/${times}`))).kind === "response";
    return [await ask(LIMITS.encodings), await ask(LIMITS.encodings + 1)];
  },
};

test.each(Object.entries(edges))("%s: what is within passes, what is beyond does not", async (_, edge) => {
  expect(await edge()).toEqual([true, false]);
});
