import { setImmediate as settle } from "node:timers/promises";
import { expect, test } from "vitest";
import { openRobots } from "../../src/articles/robots.ts";
import type { Robots } from "../../src/articles/robots.ts";
import type { Clock } from "../../src/domain/types.ts";
import type { Http } from "../../src/lib/http.ts";
import { httpFor, hurryingClock, serve, USER_AGENT } from "../lib/http/servers.ts";
import { limits } from "../support/limits.ts";

const open = (http: Http, clock: Clock = hurryingClock()): Robots =>
  openRobots({ http, userAgent: USER_AGENT, limits, clock });

/** What a site with this robots.txt says about a path. */
async function asked(robots: string, path: string): Promise<string> {
  await using server = await serve((_request, response) => response.end(robots));
  await using http = httpFor([server]);
  return (await open(http).mayFetch(`${server.url}${path}`)).kind;
}

test.each([
  ["", "/story", "allowed"],
  ["User-agent: *\nDisallow:", "/story", "allowed"],
  ["User-agent: *\nDisallow: /", "/story", "disallowed"],
  ["User-agent: *\nDisallow: /private/\nAllow: /private/open", "/private/open/1", "allowed"],
  ["User-agent: *\nDisallow: /private/\nAllow: /private/open", "/private/1", "disallowed"],
  ["User-agent: *\nDisallow: /\nUser-agent: bulletin\nDisallow: /drafts", "/story", "allowed"],
  ["User-agent: *\nAllow: /\nUser-agent: BULLETIN/2.0\nDisallow: /", "/story", "disallowed"],
  ["User-agent: Bulletin\nDisallow:\n\nUser-agent: *\nDisallow: /", "/story", "allowed"],
  ["User-agent: BulletinBoard\nDisallow: /", "/story", "allowed"],
  [
    "User-agent: Bulletin\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: Bulletin\nDisallow: /b",
    "/b",
    "disallowed",
  ],
  [
    "User-agent: other\nCrawl-delay: 5\nSitemap: /map.xml\nUser-agent: bulletin\nDisallow: /",
    "/story",
    "disallowed",
  ],
  ["\uFEFFuser-agent : * # everyone\r\nDISALLOW : /story # not yet\r\n", "/story", "disallowed"],
  ["User-agent: *\nDisallow: /*.pdf$", "/paper.pdf", "disallowed"],
  ["User-agent: *\nDisallow: /*.pdf$", "/paper.pdf?page=1", "allowed"],
  ["User-agent: *\nDisallow: /straße", "/stra%C3%9Fe", "disallowed"],
  ["User-agent: *\nDisallow: /*?print=", "/story?print=1#top", "disallowed"],
  ["<!doctype html><title>Not found</title>", "/story", "allowed"],
])("robots.txt %j and %s: %s", async (robots, path, kind) => {
  expect(await asked(robots, path)).toBe(kind);
});

test.each([
  [404, { kind: "allowed" }],
  [403, { kind: "allowed" }],
  [429, { kind: "unreachable", reason: "robots.txt: the server answered 429" }],
  [500, { kind: "unreachable", reason: "robots.txt: the server answered 500" }],
  [503, { kind: "unreachable", reason: "robots.txt: the server answered 503" }],
])("a robots.txt answered with %s means %j", async (status, permission) => {
  await using server = await serve((_request, response) => response.writeHead(status).end());
  await using http = httpFor([server]);
  expect(await open(http).mayFetch(`${server.url}/story`)).toEqual(permission);
});

test("a site that cannot be reached has allowed nothing", async () => {
  await using http = httpFor([]);
  expect(await open(http).mayFetch("http://127.0.0.1/story")).toEqual({
    kind: "unreachable",
    reason: "robots.txt: the address 127.0.0.1 is private (network.allow opens it)",
  });
  expect((await open(http).mayFetch("mailto:desk@news.example")).kind).toBe("unreachable");
});

test("an origin is asked once a day, also by many at once", async () => {
  let now = 0;
  await using server = await serve((_request, response) => response.end("User-agent: *\nDisallow: /a"));
  await using http = httpFor([server]);
  const robots = open(http, { ...hurryingClock(), now: () => now });
  const kinds = await Promise.all(["/a", "/b", "/c"].map((path) => robots.mayFetch(`${server.url}${path}`)));
  expect(kinds.map(({ kind }) => kind)).toEqual(["disallowed", "allowed", "allowed"]);
  now = 86_399_999;
  await robots.mayFetch(`${server.url}/a`);
  expect(server.asked.map(({ url }) => url)).toEqual(["/robots.txt"]);
  now = 86_400_000;
  await robots.mayFetch(`${server.url}/a`);
  expect(server.asked.length).toBe(2);
});

test("while a site is down its last rules hold, and it is asked again soon", async () => {
  let now = 0;
  let up = true;
  await using server = await serve((_request, response) =>
    response.writeHead(up ? 200 : 503).end("User-agent: *\nDisallow: /a"),
  );
  await using http = httpFor([server]);
  const robots = open(http, { ...hurryingClock(), now: () => now });
  const both = async () => [
    (await robots.mayFetch(`${server.url}/a`)).kind,
    (await robots.mayFetch(`${server.url}/b`)).kind,
  ];
  await both();
  up = false;
  now += 86_400_000;
  expect(await both()).toEqual(["disallowed", "allowed"]);
  expect(server.asked.length).toBe(2);
  now += 300_000;
  await both();
  expect(server.asked.length).toBe(3);
});

test("one caller's cancelling leaves the others their answer", async () => {
  const held: (() => void)[] = [];
  await using server = await serve((_request, response) => held.push(() => response.end()));
  await using http = httpFor([server]);
  const robots = open(http);
  const cancel = new AbortController();
  const impatient = robots.mayFetch(`${server.url}/a`, cancel.signal);
  const patient = robots.mayFetch(`${server.url}/a`);
  cancel.abort();
  expect(await impatient).toEqual({ kind: "unreachable", reason: "robots.txt: cancelled" });
  while (held.length === 0) await settle();
  held[0]?.();
  expect(await patient).toEqual({ kind: "allowed" });
});

test("500 KiB are read, the rest is ignored", async () => {
  const filler = "# nothing to see here\n".repeat(30_000);
  const early = `User-agent: *\nDisallow: /a\n${filler}`;
  expect(filler.length).toBeGreaterThan(limits.robotsBytes);
  expect(await asked(early, "/a")).toBe("disallowed");
  expect(await asked(`${filler}User-agent: *\nDisallow: /a\n`, "/a")).toBe("allowed");
});

test("a file made to cost time or memory does not", async () => {
  const agents = "user-agent: *\n".repeat(15_000);
  expect(await asked(`${agents}${"allow: /\n".repeat(30_000)}`, "/a")).toBe("allowed");
  const stars = `User-agent: *\n${`Disallow: /${"*a".repeat(1_000)}b\n`.repeat(200)}`;
  expect(await asked(stars, `/${"a".repeat(1_500)}`)).toBe("unreachable");
  expect(await asked(`User-agent: *\n${" ".repeat(400_000)}`, "/a")).toBe("allowed");
});
