import { gunzipSync } from "node:zlib";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openNewsroom } from "../../src/web/newsroom.ts";

const folder = new URL("../../config/sample/newsroom", import.meta.url).pathname;
const now = Date.UTC(2026, 10, 23, 14, 30, 20, 700);
const clock = { now: () => now, monotonic: () => 0, random: () => 0.5, sleep: () => Promise.resolve() };
let newsroom: Awaited<ReturnType<typeof openNewsroom>>;
beforeAll(async () => {
  newsroom = await openNewsroom({ folder, port: 0, clock });
});
afterAll(async () => newsroom[Symbol.asyncDispose]());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await request(new URL(path, newsroom.url), { headers });
  return { ...response, bytes: Buffer.from(await response.body.arrayBuffer()) };
};
const text = async (path: string) => (await get(path)).bytes.toString();

test("the feed lists seven stories, newest first, the newest minutes old", async () => {
  const feed = await text("/feed/");
  const dates = [...feed.matchAll(/<pubDate>(.*?)<\/pubDate>/gu)].map(([, date]) => Date.parse(date ?? ""));
  expect(dates).toHaveLength(7);
  expect(dates).toEqual(dates.toSorted((a, b) => b - a));
  expect(now - (dates[0] ?? 0)).toBeLessThan(30 * 60_000);
  expect(now - (dates.at(-1) ?? 0)).toBeLessThanOrEqual(5 * 3_600_000);
});

test("titles, guids and texts come as WordPress writes them, whole for some stories only", async () => {
  const feed = await text("/feed/");
  expect(feed).toContain(`<guid isPermaLink="false">${newsroom.url}/?p=412</guid>`);
  expect(feed.match(/<content:encoded>/gu)).toHaveLength(3);
  expect(feed).toContain("appeared first on");
  expect(feed).not.toContain("undefined");
});

test("either validator alone gives 304 without a body, and a new one of neither kind gives the feed", async () => {
  const first = await get("/feed/");
  const etag = String(first.headers["etag"]);
  const modified = String(first.headers["last-modified"]);
  for (const headers of [{ "if-none-match": etag }, { "if-modified-since": modified }]) {
    const again = await get("/feed/", headers);
    expect([again.statusCode, again.bytes.length, again.headers["etag"]]).toEqual([304, 0, etag]);
  }
  const other = await get("/feed/", { "if-none-match": '"other"', "if-modified-since": modified });
  expect(other.statusCode).toBe(200);
});

test("the feed is compressed for those who accept gzip", async () => {
  const plain = await get("/feed/");
  const zipped = await get("/feed/", { "accept-encoding": "gzip, br" });
  expect(zipped.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true);
});

test("every story of the feed has its page, with the traps of a real one around the text", async () => {
  const links = [...(await text("/feed/")).matchAll(/<link>(http:[^<]+\/\d{4}\/[^<]+)<\/link>/gu)];
  expect(links).toHaveLength(7);
  for (const [, link] of links) {
    const page = await text(new URL(link ?? "").pathname);
    expect(page).toContain(`<link rel="canonical" href="${link ?? ""}" />`);
    for (const trap of ["Published by", "Leave a Reply", "Share this:", "Related", "Exit mobile version"])
      expect(page).toContain(trap);
    expect(page).not.toMatch(/undefined|\[object/u);
  }
});

test("old addresses lead on, unknown ones are not found, robots.txt allows the articles", async () => {
  expect((await get("/feed")).headers["location"]).toBe("/feed/");
  expect((await get("/?p=412")).headers["location"]).toBe("/2026/11/23/ferry-bridge-reopens/");
  expect((await get("/2026/11/23/nothing-here/")).statusCode).toBe(404);
  expect((await get("/wp-content/uploads/..%2fsite.yaml")).statusCode).toBe(404);
  expect(await text("/robots.txt")).toContain("Disallow: /wp-admin/");
  expect(await text("/")).toMatch(/type="application\/rss\+xml"\s+title="The Fennmere Courier/u);
});

test("pictures are served with their type and fit into a link card", async () => {
  const picture = await get("/wp-content/uploads/ferry-bridge.jpg");
  expect(picture.headers["content-type"]).toBe("image/jpeg");
  expect(picture.bytes.length).toBeLessThan(40_000);
});

test("a German story says that it is German", async () => {
  expect(await text("/2026/11/23/partnerstadt-nachtzug/")).toContain('<html lang="de">');
});

test("a taken port is said in words", async () => {
  const port = Number(new URL(newsroom.url).port);
  await expect(openNewsroom({ folder, port, clock })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
});
