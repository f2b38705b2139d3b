import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { Json } from "../../src/domain/types.ts";
import { type LocalServer, serve, serveRaw } from "../lib/http/servers.ts";
import { answers } from "./answers.ts";
import { DOCTYPE, documents } from "./documents.ts";
import { GOOD, item, openStage, page, rss, type Stage } from "./stage.ts";

/** What dripping and silence may cost here, instead of half a minute. */
const HASTY =
  "limits: { headers_time: 200 ms, feed_time: 300 ms, page_time: 300 ms, connect_time: 300 ms }\n";
const BRIEF = "<description>A line of it.</description>";
const NAMED = (): string => "127.0.0.1";

const head = (html: string, address: string): string =>
  page(html, `<meta property="og:image" content="${address}">`);

/** A site whose stories are sound but for one thing each: the page, the picture, the robots.txt. */
const siteBeside = (hostile: LocalServer): Promise<LocalServer> =>
  serve((request, response) => {
    const stories = [
      item({ title: "Its page", path: `${hostile.url.replace("127.0.0.1", "localhost")}/page`, more: BRIEF }),
      item({ title: "Its picture", path: "/picture", more: BRIEF }),
      item({ title: "Its robots.txt", path: `${hostile.url}/story`, more: BRIEF }),
    ];
    const url = `http://${request.headers.host ?? ""}`;
    const bodies: Readonly<Record<string, string>> = {
      "/feed": rss(stories.join("")).replace("https://quay.example", url),
      "/picture": head("Its picture", `${hostile.url}/picture.png`),
    };
    const body = bodies[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });

/** Answers robots.txt soundly where only the page shall be hostile (that is asked under another name). */
const hostileBut =
  (give: (response: ServerResponse) => void) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const isSound = request.url === "/robots.txt" && request.headers.host?.startsWith("localhost") === true;
    if (isSound) response.writeHead(404).end();
    else give(response);
  };

const ALL = [GOOD, "Its page", "Its picture", "Its robots.txt"].toSorted();

async function expectUnharmed(stage: Stage): Promise<void> {
  await stage.settle();
  expect(stage.posted()).toEqual(ALL);
  const payload = stage.channel.sends.find(({ post }) => post.text === "Its picture")?.post.payload as {
    readonly image: Json;
  };
  expect(payload.image).toBeNull();
}

test.each(answers)(
  "$name, as feed, page, picture and robots.txt: the others go on",
  async ({ give, reason }) => {
    await using hostile = await serve(hostileBut(give));
    await using site = await siteBeside(hostile);
    await using stage = await openStage({
      feeds: [`${hostile.url}/feed`, `${site.url}/feed`],
      allow: () => 'localhost", "127.0.0.1',
      yaml: HASTY,
    });
    await expectUnharmed(stage);
    expect((await stage.reasons()).get(`${hostile.url}/feed`)).toMatch(reason);
  },
);

test("a handshake that never ends: the others go on", async () => {
  await using hostile = await serveRaw(() => {});
  await using stage = await openStage({
    feeds: [`https://${hostile.address}/feed`],
    allow: NAMED,
    yaml: HASTY.replace("feed_time: 300 ms", "feed_time: 30 seconds"),
  });
  await stage.settle();
  expect(stage.posted()).toEqual([GOOD]);
  expect([...(await stage.reasons()).values()]).toEqual(["could not be reached within 0.3 s"]);
});

test.each(documents)("%s, in a feed and in a page: the others go on", async (_, inside) => {
  const feed = `${DOCTYPE}${rss(`${item({ title: "Beside it", path: "/beside", more: BRIEF })}${inside}`)}`;
  const html = page("Beside it").replace("<article>", `${inside}<article>`);
  await using hostile = await serve((request, response) => {
    const body = { "/feed": feed.replace("https://quay.example", hostile.url), "/beside": html }[
      request.url ?? ""
    ];
    response
      .writeHead(body === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" })
      .end(body);
  });
  await using stage = await openStage({ feeds: [`${hostile.url}/feed`], allow: NAMED });
  await stage.settle();
  expect(stage.posted()).toEqual(expect.arrayContaining([GOOD, "Beside it"]));
  const shown = JSON.stringify(stage.channel.sends);
  expect(shown).not.toContain("root:");
  expect(shown).not.toContain("aaaaaaaaaa");
  expect(stage.app.warnings.filter((warning) => !/given up/u.test(warning))).toEqual([]);
});

test.each([
  [
    "invalid UTF-8",
    Buffer.concat([
      Buffer.from(rss(item({ title: "Read on", path: "/a" }))),
      Buffer.from([0xff, 0xfe, 0xc0]),
    ]),
  ],
  [
    "UTF-16 without a BOM",
    Buffer.from(
      `<?xml version="1.0" encoding="utf-16"?>${rss(item({ title: "Read on", path: "/a" }))}`,
      "utf16le",
    ),
  ],
  ["a feed within junk", Buffer.from(`\0\0junk ${rss(item({ title: "Read on", path: "/a" }))} more junk <`)],
])("%s: what can be read is read", async (_, body) => {
  await using hostile = await serve((_request, response) => response.end(body));
  await using stage = await openStage({ feeds: [`${hostile.url}/feed`], allow: NAMED });
  await stage.settle();
  expect(stage.posted()).toEqual(expect.arrayContaining([GOOD, "Read on"]));
});

test.each([
  [
    "a JSON Feed 100,000 deep",
    `{"version":"https://jsonfeed.org/version/1","items":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
  ],
  [
    "100,000 deep and broken off",
    `{"version":"https://jsonfeed.org/version/1","items":${"[".repeat(100_000)}`,
  ],
  ["nothing but references", `<rss><channel>${"&a;".repeat(1_000_000)}`],
])("%s: nothing is posted, the others go on", async (_, body) => {
  await using hostile = await serve((_request, response) => response.end(body));
  await using stage = await openStage({ feeds: [`${hostile.url}/feed`], allow: NAMED });
  await stage.settle();
  expect(stage.posted()).toEqual([GOOD]);
});

test("a filter is words, not a pattern: none can run away", async () => {
  const title = `${"a".repeat(31)}! (a+)+$`;
  await using hostile = await serve((_request, response) => response.end(rss(item({ title, path: "/a" }))));
  const words = ["(a+)+$", "[", "(?<x", "\\"];
  await using stage = await openStage({
    feeds: [`${hostile.url}/feed`],
    options: `skip: { title: ${JSON.stringify(words)} }, `,
    allow: NAMED,
  });
  await stage.settle();
  expect(stage.posted()).toEqual([GOOD]);
});
