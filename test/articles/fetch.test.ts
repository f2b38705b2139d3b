import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import { decodePage } from "../../src/articles/charset.ts";
import { fetchPage } from "../../src/articles/fetch.ts";
import type { Robots } from "../../src/articles/robots.ts";
import { limits } from "../support/limits.ts";
import { openPublisher } from "../support/publisher.ts";

const open: Robots = { mayFetch: async () => ({ kind: "allowed" }) };

async function ask(listener: RequestListener, robots = open) {
  await using publisher = await openPublisher(listener);
  return await fetchPage(publisher.http, robots, `${publisher.url}/bridge`, limits);
}

const answer =
  (status: number, type: string | null, body: string | Uint8Array = ""): RequestListener =>
  (_, response) =>
    response.writeHead(status, type === null ? {} : { "content-type": type }).end(body);

test("a page comes as text, with the address it was found at", async () => {
  const page = await ask((request, response) =>
    request.url === "/bridge"
      ? response.writeHead(302, { location: "/new" }).end()
      : response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<p>Brücke"),
  );
  expect(page).toEqual({ kind: "page", html: "<p>Brücke", url: expect.stringMatching(/\/new$/u) });
});

test.each([
  [404, { kind: "gone" }],
  [410, { kind: "gone" }],
  [403, { kind: "failed", retry: false }],
  [429, { kind: "failed", retry: true }],
  [503, { kind: "failed", retry: true }],
])("an answer of %d is understood", async (status, expected) => {
  expect(await ask(answer(status, "text/html"))).toMatchObject(expected);
});

test.each([
  ["application/pdf", "%PDF"],
  ["image/png", "<png"],
  ["application/json", '{"a":"<p>"}'],
  ["text/html", "no tags at all"],
])("%s that holds %s is not a page", async (type, body) => {
  expect(await ask(answer(200, type, body))).toMatchObject({ kind: "not a page" });
});

test("HTML that nobody named is a page", async () => {
  expect(await ask(answer(200, null, "<p>Bridge"))).toMatchObject({ kind: "page", html: "<p>Bridge" });
});

test("a page that is larger than allowed fails", async () => {
  expect(await ask(answer(200, "text/html", Buffer.alloc(limits.pageBytes + 1, "<p>")))).toMatchObject({
    kind: "failed",
  });
});

test("a page that robots.txt keeps us from is not asked for", async () => {
  let asked = 0;
  const listener: RequestListener = (_, response) => response.end(String(asked++));
  expect(await ask(listener, { mayFetch: async () => ({ kind: "disallowed" }) })).toEqual({
    kind: "disallowed",
  });
  expect(asked).toBe(0);
});

test("where robots.txt can't be had, the page is asked for later", async () => {
  const robots: Robots = { mayFetch: async () => ({ kind: "unreachable", reason: "it answered 503" }) };
  expect(await ask(answer(200, "text/html", "<p>"), robots)).toEqual({
    kind: "failed",
    reason: "robots.txt: it answered 503",
    retry: true,
  });
});

const latin1 = (text: string) => Buffer.from(text, "latin1");

test.each([
  ["UTF-8 without a word", Buffer.from("<p>Brücke"), null],
  ["windows-1252 without a word", latin1("<p>Brücke"), null],
  ["the header's charset", latin1("<p>Brücke"), "text/html; charset=ISO-8859-1"],
  ["the page's own charset", latin1("<meta charset=latin1><p>Brücke"), "text/html"],
  [
    "the older kind of meta tag",
    latin1('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>Brücke'),
    null,
  ],
  ["a byte order mark against the header", Buffer.from("\ufeff<p>Brücke"), "text/html; charset=latin1"],
  ["UTF-16 by its mark", Buffer.from("\ufeff<p>Brücke", "utf16le"), null],
  ["a charset nobody knows", Buffer.from("<meta charset=klingon><p>Brücke"), "text/html; charset=x-none"],
  ["UTF-16 said in ASCII", Buffer.from("<meta charset=utf-16><p>Brücke"), null],
])("letters are right with %s", (_, bytes, type) => {
  expect(decodePage(bytes, type)).toMatch(/<p>Brücke$/u);
});
