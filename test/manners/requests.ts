import { brotliCompressSync, gzipSync } from "node:zlib";
import { DAY, HOUR } from "../support/clock.ts";
import { page } from "../support/newsroom.ts";
import { titles } from "../support/scripted.ts";
import { openPushed } from "../support/pushed.ts";
import { check } from "./check.ts";
import { oneFeed, openDays, RANGE } from "./days.ts";
import { brief, rss } from "./feed.ts";
import { conditions, unconditional } from "./log.ts";
import { type Answer, type Asked, conditional, give, type Site } from "./site.ts";

const HTML = { "content-type": "text/html" };
const MODIFIED = "Mon, 01 Jun 2026 08:00:00 GMT";
const PICTURE = '<meta property="og:image" content="/picture.png">';

/** A living site: each day a story whose page has to be asked for, and a picture in it. */
function publish(site: Site, day: () => number, headers: Readonly<Record<string, string>> = {}): void {
  const feed = conditional(
    () => rss(site.url, brief(`/story?day=${day()}`, `/story?day=${day() - 1}`)),
    () => ({ etag: `"${day()}"`, "last-modified": new Date(day() * DAY).toUTCString(), ...headers }),
  );
  site.answerAll((asked, response, nth) => {
    const html = page(`A story at ${asked.path}`).replace("</head>", `${PICTURE}</head>`);
    const answers: readonly (readonly [RegExp, Answer])[] = [
      [/^\/feed\?/u, feed],
      [/^\/story/u, give(200, { ...HTML, ...headers }, html)],
      [/^\/robots/u, give(200, headers, "User-agent: *\nDisallow: /private/\n")],
    ];
    const how = answers.find(([path]) => path.test(asked.path))?.[1] ?? give(404, headers);
    how(asked, response, nth);
  });
}

const FEED = "/feed?format=rss&lang=en";
const contact = (site: string): string =>
  `contact: https://desk.fennmere.example/bot\n${oneFeed(FEED, "every: 2 hours")(site)}`;

/** Three days of a living site, with a restart on each; everything that was asked of it. */
async function logOf(headers: Readonly<Record<string, string>> = {}): Promise<readonly Asked[]> {
  await using days = await openDays({ yaml: contact });
  publish(days.site, () => Math.floor(days.clock.now() / DAY), headers);
  for (let day = 0; day < 3; day++) {
    await days.run(DAY);
    await days.restart();
  }
  return days.site.log;
}

const kindOf = ({ path }: Asked): string => path.replace(/\?.*$/u, "");
const KINDS = ["/feed", "/picture.png", "/robots.txt", "/story"];
const kindsOf = (log: readonly Asked[]): readonly string[] => [...new Set(log.map(kindOf))].toSorted();

/** The headers that a reader has no business sending. */
const RUDE = ["cookie", "referer", "cache-control", "pragma", "authorization", "range"];

export const requests = [
  check("M23", 4, "GET only, no added query, none of the rude headers", async (judge) => {
    const log = await logOf();
    judge.equal("kinds of requests", kindsOf(log), KINDS);
    judge.equal("methods", [...new Set(log.map(({ method }) => method))], ["GET"]);
    judge.equal(
      "rude headers",
      RUDE.filter((name) => log.some(({ headers }) => headers[name] !== undefined)),
      [],
    );
    const strange = log
      .map(({ path }) => path)
      .filter((path) => path !== FEED && !/^\/(?:story\?day=\d+|robots\.txt|picture\.png)$/u.test(path));
    judge.equal("addresses that nobody published", strange, []);
    judge.equal("bodies", [...new Set(log.map(({ headers }) => headers["content-length"]))], [undefined]);
  }),

  check("M24", 2, "cookies are never given back", async (judge) => {
    const log = await logOf({ "set-cookie": "visitor=1; Path=/; Max-Age=864000" });
    judge.equal("kinds of requests", kindsOf(log), KINDS);
    judge.equal(
      "requests with a cookie",
      log.filter(({ headers }) => headers.cookie !== undefined),
      [],
    );
  }),

  check("M25", 3, "gzip and br are accepted and decoded", async (judge) => {
    const packed = { gzip: gzipSync, br: brotliCompressSync };
    for (const encoding of ["gzip", "br"] as const) {
      await using days = await openDays({ yaml: oneFeed() });
      const { site, channel } = days;
      site.answer("/feed", (_, response, nth) => {
        const document = rss(site.url, nth === 0 ? [] : [{ path: "/news" }]);
        response.writeHead(200, { "content-encoding": encoding }).end(packed[encoding](document));
      });
      await days.run(2 * HOUR);
      const offered = site.log.map(({ headers }) => String(headers["accept-encoding"]).split(/\s*,\s*/u));
      judge.equal(
        `requests that don't accept ${encoding}`,
        offered.filter((list) => !list.includes(encoding)),
        [],
      );
      judge.equal("posts", titles(channel).length, 1);
    }
  }),

  check("M26", 3, "one User-Agent for everything: product, version and contact", async (judge) => {
    const log = await logOf();
    const agents = [...new Set(log.map(({ headers }) => headers["user-agent"] ?? ""))];
    judge.equal("kinds of requests", kindsOf(log), KINDS);
    judge.equal("different names", agents.length, 1);
    const wellFormed = /^[A-Za-z]+\/\d+\.\d+\.\d+ \(\+https:\/\/desk\.fennmere\.example\/bot\)$/u;
    judge.equal(
      "names that don't tell who asks",
      agents.filter((agent) => !wellFormed.test(agent)),
      [],
    );
  }),

  check("M29", 3, "robots.txt holds for pages: forbidden, unreadable, allowed once", async (judge) => {
    await using days = await openDays({ yaml: oneFeed() });
    const { site, channel } = days;
    const listed = ["/old"];
    site.answer("/feed", (_, response) => void response.end(rss(site.url, brief(...listed))));
    for (const path of ["/open", "/private/minutes", "/later"])
      site.answer(path, give(200, HTML, page(`A story at ${path}`)));
    site.answer("/robots.txt", give(200, {}, "User-agent: *\nDisallow: /private/\n"));
    await days.run(HOUR);
    listed.unshift("/private/minutes", "/open");
    await days.run(DAY);
    await days.restart();
    // A day later nobody can say what is allowed.
    site.answer("/robots.txt", give(503));
    listed.unshift("/later");
    await days.run(2 * DAY);
    await days.restart();
    await days.run(HOUR);
    const asked = ["/open", "/private/minutes", "/later", "/old"].map((path) => site.to(path).length);
    judge.equal("pages asked for", asked, [1, 0, 0, 0]);
    judge.equal("posts", titles(channel).length, 3);
    judge.atMost("requests for robots.txt in three days", site.to("/robots.txt").length, 10);
  }),

  check("M30", 1, "226 is merged: what a partial list leaves out stays known", async (judge) => {
    await using days = await openDays({ yaml: oneFeed() });
    const { site, channel } = days;
    const whole = ["/two", "/one", "/old"].map((path) => ({ path }));
    const partial = (asked: Asked): boolean => asked.headers["a-im"] === "feed";
    site.answer("/feed", (asked, response, nth) => {
      const [status, listed] = [
        [200, whole.slice(2)],
        [226, whole.slice(1, 2)],
        [226, whole.slice(0, 1)],
        [200, whole],
      ][Math.min(nth, 3)] as [number, typeof whole];
      const isPartial = status === 226 && partial(asked);
      response
        .writeHead(isPartial ? 226 : 200, { etag: `"${nth}"`, ...(isPartial ? { im: "feed" } : {}) })
        .end(rss("https://quay.example", isPartial ? listed : whole.slice(Math.max(0, 2 - nth))));
    });
    await days.run(DAY);
    judge.equal("offers to take a partial list", site.log.slice(1, 4).map(partial), [true, true, true]);
    judge.equal("validators", site.log[2]?.headers["if-none-match"], '"1"');
    judge.equal("posts", titles(channel), ["A story at one", "A story at two"]);
    judge.atLeast("polls of a day", site.log.length, 40);
  }),

  check(
    "M30",
    2,
    "WebSub: a push with a bad signature is ignored, a good one leads to one conditional GET",
    async (judge) => {
      await using days = await openPushed({ allow: RANGE, feeds: oneFeed("/feed", "every: 6 hours") });
      const { site, hub, topic, clock, channel } = days;
      const listed = ["/old"];
      const links = { link: `<${hub.url}>; rel="hub", <${topic}>; rel="self"` };
      site.answer(
        "/feed",
        conditional(
          () =>
            rss(
              site.url,
              listed.map((path) => ({ path })),
            ),
          () => ({ etag: `"${listed.length}"`, "last-modified": MODIFIED, ...links }),
        ),
      );
      await days.pass();
      judge.equal("subscribers", hub.subscribers(topic).length, 1);
      clock.advance(HOUR);
      listed.unshift("/news");
      for (const signing of ["unsigned", "forged"] as const) await hub.push(topic, "<rss/>", signing);
      await days.run(HOUR);
      judge.equal("requests after bad pushes", site.log.length, 1);
      for (const signing of ["sha256", "sha1", "sha512"] as const) await hub.push(topic, "<rss/>", signing);
      await days.pass();
      judge.equal("requests after good pushes", site.log.length, 2);
      judge.equal("their conditions", site.log.slice(1).map(conditions), [['"1"', MODIFIED]]);
      judge.equal("posts", titles(channel).length, 1);
      // A push for a feed that did not change costs one request more, and the schedule goes on.
      clock.advance(HOUR);
      await hub.push(topic, "<rss/>");
      await days.restart();
      await days.run(DAY);
      judge.equal("unconditional requests", unconditional(site.log).length, 1);
      judge.atLeast("requests of the day", site.log.length, 3 + 3);
      judge.atMost("requests of the day", site.log.length, 3 + 4);
    },
  ),
];
