import { expect, test } from "vitest";
import { serve } from "../lib/http/servers.ts";
import { GOOD, item, openStage, page, rss } from "./stage.ts";

/** Addresses that are not public, as hosts of a URL. */
const HOSTS =
  "127.0.0.1 127.1 0 0.0.0.0 2130706433 0x7f.1 017700000001 127.0.0.1. [::1] [::] [::ffff:127.0.0.1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [2001::80ff:fffe] [fe80::1] [fd00:ec2::254] 169.254.169.254 0xA9FEA9FE 100.64.0.1 192.0.0.192 ①②⑦.⓪.⓪.① １２７.０.０.１ localhost x.localhost".split(
    " ",
  );

/** Addresses that are none of the web's, or that pretend to be another's. */
const TRICKS = [
  "file:///etc/passwd",
  "gopher://127.0.0.1:PORT/",
  "ftp://127.0.0.1:PORT/",
  "data:text/plain,hello",
  "javascript:alert(1)",
  "http://quay.example@127.0.0.1:PORT/",
  "http://127.0.0.1:22/",
  "http://127.0.0.1:25/",
  "http://127.0.0.1:6379/",
  "http://127.0.0.1:PORT\r\n/",
  "http://127.0.0.1:PORT/%0d%0a\r\nX: 1",
];

const asBytes = (text: string): string => Buffer.from(text).toString("latin1");
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
const inHeader = (text: string): string => asBytes(text.replaceAll(/[\r\n]/gu, "%0d%0a"));
const STORY = "A story of strangers";

/** Where a stranger may write an address, and a document or an answer of hers with that address in it. */
type Place = {
  readonly name: string;
  /** The feed that the admin added, of the stranger's site. */
  readonly feed: (site: string, target: string) => string;
  /** What the stranger answers to `/feed`, `/story`, `/picture.png`. */
  readonly answers: (site: string, target: string) => Readonly<Record<string, Answer>>;
  /** The article is told by what else is known of it. */
  readonly isPosted: boolean;
};
type Answer = {
  readonly status?: number;
  readonly location?: string;
  readonly link?: string;
  readonly body?: string;
};

const own = (site: string): string => `${site}/feed`;
const BRIEF = "<description>A line of it.</description>";
const listing = (path: string, more = BRIEF): Answer => ({ body: rss(item({ title: STORY, path, more })) });
const leadsTo = (location: string): Answer => ({ status: 302, location: inHeader(location) });
const whole = (site: string, inside = ""): string =>
  rss(`${inside}${item({ title: STORY, path: `${site}/story` })}`);
const picture = (url: string): string => `<meta property="og:image" content="${escaped(url)}">`;

const places: readonly Place[] = [
  { name: "a feed's address", feed: (_, target) => target, answers: () => ({}), isPosted: false },
  {
    name: "a feed's redirect",
    feed: own,
    answers: (_, target) => ({ "/feed": leadsTo(target) }),
    isPosted: false,
  },
  {
    name: "the feed that a page names",
    feed: own,
    answers: (_, target) => ({
      "/feed": {
        body: `<html><link rel="alternate" type="application/rss+xml" href="${escaped(target)}"></html>`,
      },
    }),
    isPosted: false,
  },
  {
    name: "an article's link",
    feed: own,
    answers: (_, target) => ({ "/feed": listing(escaped(target)) }),
    isPosted: true,
  },
  {
    name: "a page's redirect",
    feed: own,
    answers: (site, target) => ({ "/feed": listing(`${site}/story`), "/story": leadsTo(target) }),
    isPosted: true,
  },
  {
    name: "robots.txt's redirect",
    feed: own,
    answers: (site, target) => ({
      "/feed": listing(`${site}/story`),
      "/robots.txt": leadsTo(target),
      "/story": { body: page(STORY) },
    }),
    isPosted: true,
  },
  {
    name: "a picture in the feed",
    feed: own,
    answers: (site, target) => ({
      "/feed": listing(`${site}/story`, `${BRIEF}<media:content medium="image" url="${escaped(target)}"/>`),
      "/story": { body: page(STORY) },
    }),
    isPosted: true,
  },
  {
    name: "a picture of a page",
    feed: own,
    answers: (site, target) => ({
      "/feed": listing(`${site}/story`),
      "/story": { body: page(STORY, picture(target)) },
    }),
    isPosted: true,
  },
  {
    name: "a picture's redirect",
    feed: own,
    answers: (site, target) => ({
      "/feed": listing(`${site}/story`),
      "/story": { body: page(STORY, picture(`${site}/picture.png`)) },
      "/picture.png": leadsTo(target),
    }),
    isPosted: true,
  },
  {
    name: "a hub's address in a feed",
    feed: own,
    answers: (site, target) => ({
      "/feed": { body: whole(site, `<atom:link rel="hub" href="${escaped(target)}"/>`) },
    }),
    isPosted: true,
  },
  {
    name: "a hub's address in a header",
    feed: own,
    answers: (site, target) => ({ "/feed": { body: whole(site), link: `<${inHeader(target)}>; rel="hub"` } }),
    isPosted: true,
  },
  {
    name: "a hub's redirect",
    feed: own,
    answers: (site, target) => ({
      "/feed": { body: whole(site), link: `<${site}/hub>; rel="hub"` },
      "/hub": { status: 307, location: inHeader(target) },
    }),
    isPosted: true,
  },
];

/** One stranger for each address, on paths of one server. */
async function strangers(place: Place, targets: readonly string[]) {
  const server = await serve((request, response) => {
    const [, number = "", path = ""] = /^\/(\d+)(\/.*)$/u.exec(request.url ?? "") ?? [];
    // robots.txt stands at the root of a site: there is one for all, which leads to the first address.
    const at = request.url === "/robots.txt" ? { i: 0, path: "/robots.txt" } : { i: Number(number), path };
    const answer = place.answers(`${server.url}/${at.i}`, targets[at.i] ?? "")[at.path];
    const { status = answer === undefined ? 404 : 200, location, link, body } = answer ?? {};
    const headers = {
      ...(location === undefined ? {} : { location }),
      ...(link === undefined ? {} : { link }),
    };
    response.writeHead(status, headers).end(body);
  });
  return server;
}

async function tellOf(place: Place, targets: readonly string[], port: number) {
  await using server = await strangers(place, targets);
  const feeds = targets.map((target, i) => place.feed(`${server.url}/${i}`, target));
  await using stage = await openStage({
    feeds,
    allow: (good) => `${good.address}", "${server.address}`,
    // The ports are open, so that only the address can be the reason.
    ports: [port, 22, 25, 6379],
    yaml: "websub: { address: https://bot.example }\n",
  });
  await stage.settle();
  const hubs = await stage.app.store.db.selectFrom("websub").select("reason").execute();
  return {
    posted: stage.posted(),
    reasons: [...(await stage.reasons()).values()],
    hubs: hubs.map(({ reason }) => reason),
  };
}

test.each(places)("$name: no connection is made to an address that is not public", async (place) => {
  await using target = await serve((_, response) => response.end("secret"));
  // Each with a path of its own: several spellings of one address would be one feed.
  const targets = HOSTS.map((host, i) => `http://${host}:${target.port}/feed-${i}.png`);
  const { posted, reasons, hubs } = await tellOf(place, targets, target.port);
  expect(target.connections()).toBe(0);
  expect(posted).toEqual(place.isPosted ? [...HOSTS.map(() => STORY), GOOD].toSorted() : [GOOD]);
  // Where it is the feed itself that cannot be had, its row says so.
  const told = reasons.filter((reason) => reason !== null);
  expect(told).toHaveLength(place.isPosted ? 0 : HOSTS.length);
  // Where it is a hub, what is subscribed to there says so.
  expect(hubs).toHaveLength(/\bhub/u.test(place.name) ? HOSTS.length : 0);
  expect(
    hubs.filter((reason) => !/private address|is private|no host named x\.localhost/u.test(reason ?? "")),
  ).toEqual([]);
});

test.each(places.slice(1))("$name: nothing but the web is asked", async (place) => {
  await using target = await serve((_, response) => response.end("secret"));
  const targets = TRICKS.map((trick) => trick.replaceAll("PORT", String(target.port)));
  const { posted } = await tellOf(place, targets, target.port);
  expect(target.connections()).toBe(0);
  expect(posted).toContain(GOOD);
});
