import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { FeedResponse, Validators } from "../../src/domain/types.ts";
import { fetchFeed } from "../../src/feeds/fetch.ts";
import { limits } from "../support/limits.ts";
import { openPublisher } from "../support/publisher.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const NONE: Validators = { etag: null, lastModified: null };
const HOUR = 3_600_000;

type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string };

function send(response: ServerResponse, answer: Answer): void {
  response.sendDate = false;
  response.writeHead(answer.status ?? 200, answer.headers ?? {});
  response.end(answer.body ?? "");
}

/** Asks a server once that gives this answer; tells what it was asked and what came of it. */
async function ask(
  answer: Answer,
  validators = NONE,
): Promise<{ response: FeedResponse; asked: IncomingHttpHeaders }> {
  let asked: IncomingHttpHeaders = {};
  await using publisher = await openPublisher((request, response) => {
    asked = request.headers;
    send(response, answer);
  });
  const { url, http } = publisher;
  return { response: await fetchFeed(http, { url, validators, limits, now: NOW }), asked };
}

test("a first poll asks unconditionally and keeps both validators as they came", async () => {
  const headers = { etag: 'W/"a b,c"-gzip', "last-modified": "not a date", "content-type": "text/xml" };
  const { response, asked } = await ask({ headers, body: "<rss/>" });
  expect(response).toMatchObject({
    kind: "fetched",
    contentType: "text/xml",
    validators: { etag: 'W/"a b,c"-gzip', lastModified: "not a date" },
    freshness: 0,
    partial: false,
  });
  expect(response).not.toHaveProperty("permanentUrl");
  expect(response.kind === "fetched" && new TextDecoder().decode(response.body)).toBe("<rss/>");
  for (const name of ["if-none-match", "if-modified-since", "a-im"]) expect(asked).not.toHaveProperty(name);
});

test("both validators go out byte for byte, whatever they look like", async () => {
  const validators = { etag: 'W/"v-1"-gzip', lastModified: "Yesterday, 10 o'clock" };
  const { asked } = await ask({ status: 304 }, validators);
  expect(asked).toMatchObject({
    "if-none-match": validators.etag,
    "if-modified-since": validators.lastModified,
    "a-im": "feed",
  });
  for (const name of ["cookie", "referer", "cache-control", "pragma"]) expect(asked).not.toHaveProperty(name);
});

test("a 304 replaces only the validators that it names", async () => {
  const stored = { etag: '"1"', lastModified: "Sun, 22 Nov 2026 10:00:00 GMT" };
  const validatorsOf = async (headers: Record<string, string>): Promise<unknown> =>
    (await ask({ status: 304, headers }, stored)).response;
  expect(await validatorsOf({})).toEqual({ kind: "unchanged", validators: stored, freshness: 0 });
  expect(await validatorsOf({ etag: '"2"' })).toMatchObject({ validators: { ...stored, etag: '"2"' } });
  expect(await validatorsOf({ "last-modified": "new" })).toMatchObject({
    validators: { ...stored, lastModified: "new" },
  });
});

test("a 200 replaces both validators, also by none", async () => {
  const stored = { etag: '"1"', lastModified: "Sun, 22 Nov 2026 10:00:00 GMT" };
  const { response } = await ask({ headers: { etag: '"2"' } }, stored);
  expect(response).toMatchObject({ kind: "fetched", validators: { etag: '"2"', lastModified: null } });
});

test.each<readonly [string, Record<string, string>, number]>([
  ["max-age", { "cache-control": "public, max-age=7200" }, 2 * HOUR],
  ["max-age minus Age", { "cache-control": "max-age=7200", age: "3600" }, HOUR],
  ["max-age in quotes", { "cache-control": 'Max-Age="7200"' }, 2 * HOUR],
  ["a year is a day", { "cache-control": "max-age=31536000" }, 24 * HOUR],
  ["max-age beats Expires", { "cache-control": "max-age=0", expires: "Sun, 22 Nov 2026 14:00:00 GMT" }, 0],
  [
    "Expires minus Date",
    { expires: "Sun, 22 Nov 2026 11:00:00 GMT", date: "Sun, 22 Nov 2026 09:00:00 GMT" },
    2 * HOUR,
  ],
  ["Expires without a Date", { expires: "Sun, 22 Nov 2026 13:00:00 GMT" }, HOUR],
  ["Expires: 0", { expires: "0" }, 0],
  ["no-cache", { "cache-control": "no-cache, max-age=7200" }, 0],
  ["s-maxage is for shared caches", { "cache-control": "s-maxage=7200" }, 0],
  ["Age beyond max-age", { "cache-control": "max-age=10", age: "60" }, 0],
])("freshness by %s, on a 200 and on a 304", async (_, headers, freshness) => {
  expect((await ask({ headers })).response).toMatchObject({ kind: "fetched", freshness });
  const known = { etag: '"1"', lastModified: null };
  expect((await ask({ status: 304, headers }, known)).response).toMatchObject({
    kind: "unchanged",
    freshness,
  });
});

test("226 is a partial list", async () => {
  const { response } = await ask(
    { status: 226, headers: { im: "feed" } },
    { etag: '"1"', lastModified: null },
  );
  expect(response).toMatchObject({ kind: "fetched", partial: true });
});

test("410 is gone", async () => {
  expect((await ask({ status: 410 })).response).toEqual({ kind: "gone" });
});

test.each<readonly [number, Record<string, string>, FeedResponse]>([
  [
    429,
    { "retry-after": "86400" },
    { kind: "failed", reason: "HTTP 429 Too Many Requests", retryAfterMs: 24 * HOUR },
  ],
  [
    503,
    { "retry-after": "Sun, 22 Nov 2026 14:00:00 GMT" },
    { kind: "failed", reason: "HTTP 503 Service Unavailable", retryAfterMs: 2 * HOUR },
  ],
  [
    429,
    { "retry-after": "99999999" },
    { kind: "failed", reason: "HTTP 429 Too Many Requests", retryAfterMs: 7 * 24 * HOUR },
  ],
  [429, {}, { kind: "failed", reason: "HTTP 429 Too Many Requests" }],
  [503, { "retry-after": "later" }, { kind: "failed", reason: "HTTP 503 Service Unavailable" }],
  [500, { "retry-after": "60" }, { kind: "failed", reason: "HTTP 500 Internal Server Error" }],
  [404, {}, { kind: "failed", reason: "HTTP 404 Not Found" }],
  [304, {}, { kind: "failed", reason: "HTTP 304 Not Modified" }],
])("status %i with %j fails, and waits as it is told", async (status, headers, expected) => {
  expect((await ask({ status, headers })).response).toEqual(expected);
});

test("the new address is told only when every redirect is permanent", async () => {
  await using publisher = await openPublisher((request, response) => {
    const hops: Record<string, Answer> = {
      "/moved": { status: 301, headers: { location: "/moved-again" } },
      "/moved-again": { status: 308, headers: { location: "/feed" } },
      "/partly": { status: 301, headers: { location: "/elsewhere" } },
      "/elsewhere": { status: 302, headers: { location: "/feed" } },
    };
    send(response, hops[request.url ?? ""] ?? { body: "<rss/>" });
  });
  const { url, http } = publisher;
  const get = (path: string): Promise<FeedResponse> =>
    fetchFeed(http, { url: `${url}${path}`, validators: NONE, limits, now: NOW });
  expect(await get("/moved")).toMatchObject({ url: `${url}/feed`, permanentUrl: `${url}/feed` });
  const partly = await get("/partly");
  expect(partly).toMatchObject({ url: `${url}/feed` });
  expect(partly).not.toHaveProperty("permanentUrl");
});

test("a body over the limit and a server that is not there fail with a reason", async () => {
  await using publisher = await openPublisher((_, response) => send(response, { body: "x".repeat(2000) }));
  const { url, http } = publisher;
  const small = { ...limits, feedBytes: 1000 };
  const tooLong = await fetchFeed(http, { url, validators: NONE, limits: small, now: NOW });
  expect(tooLong).toMatchObject({ kind: "failed" });
  const aborted = await fetchFeed(http, {
    url,
    validators: NONE,
    limits,
    now: NOW,
    signal: AbortSignal.abort(),
  });
  expect(aborted).toMatchObject({ kind: "failed" });
});

test("where a server does not know the ETag again that its compression marked, the date goes alone", async () => {
  const validators = { etag: '"5e1-gzip"', lastModified: "Mon, 01 Jun 2026 08:00:00 GMT" };
  const headers = { etag: validators.etag, "last-modified": validators.lastModified };
  const stored = async (sent: Validators) => (await ask({ headers }, sent)).response;
  expect(await stored(NONE)).toMatchObject({ validators });
  expect(await stored(validators)).toMatchObject({ validators: { ...validators, etag: null } });
  expect(await stored({ ...validators, etag: '"4d0-gzip"' })).toMatchObject({ validators });
  const plain = { etag: '"5e1"', "last-modified": validators.lastModified };
  const same = { etag: plain.etag, lastModified: validators.lastModified };
  expect((await ask({ headers: plain }, same)).response).toMatchObject({ validators: same });
});
