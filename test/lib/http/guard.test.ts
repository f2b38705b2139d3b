import { expect, test } from "vitest";
import { allowEntry, isPublic, openGuard } from "../../../src/lib/http/guard.ts";
import { httpFor, request, serve } from "./servers.ts";
import { limits } from "../../support/limits.ts";

const PRIVATE = [
  "127.0.0.1",
  "127.1",
  "0",
  "0.0.0.0",
  "2130706433",
  "0x7f.1",
  "017700000001",
  "127.0.0.1.",
  "[::1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b:1::7f00:1]",
  "[64:ff9b:1:7f00:0:100:808:808]",
  "[2002:7f00:1::]",
  "[2001::80ff:fffe]",
  "[fe80::1]",
  "[fec0::1]",
  "[fd00:ec2::254]",
  "[ff02::1]",
  "[2001:db8::1]",
  "[4000::1]",
  "169.254.169.254",
  "0xA9FEA9FE",
  "100.64.0.1",
  "192.0.0.192",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "①②⑦.⓪.⓪.①",
  "１２７.０.０.１",
  "127。0。0。1",
];

/** UTF-8 as node:http wants it in a header: one character for each byte. */
const asBytes = (text: string): string => Buffer.from(text).toString("latin1");

test.each(PRIVATE)("no connection is made to %s", async (host) => {
  await using server = await serve((_request, response) => response.end("secret"));
  // The port is open, so that only the address can be the reason.
  await using http = httpFor([], { network: { allow: [], ports: [server.port] } });
  const url = `http://${host}:${server.port}/`;
  expect(await http.get(request(url))).toEqual({
    kind: "failed",
    reason: expect.stringMatching(/^the address .* is private \(network\.allow opens it\)$/u),
  });
  await expect(http.fetch(url)).rejects.toThrow("fetch failed");
  expect(server.connections()).toBe(0);
});

test.each(["localhost", "LOCALHOST", "localhost.", "x.localhost"])(
  "no connection is made to %s",
  async (host) => {
    await using server = await serve((_request, response) => response.end("secret"));
    await using http = httpFor([], { network: { allow: [], ports: [server.port] } });
    const url = `http://${host}:${server.port}/`;
    expect((await http.get(request(url))).kind).toBe("failed");
    await expect(http.fetch(url)).rejects.toThrow("fetch failed");
    expect(server.connections()).toBe(0);
  },
);

test.each(PRIVATE)("a redirect to %s is not followed", async (host) => {
  await using target = await serve((_request, response) => response.end("secret"));
  await using server = await serve((_request, response) =>
    response.writeHead(302, { location: asBytes(`http://${host}:${target.port}/`) }).end(),
  );
  await using http = httpFor([server], { network: { allow: [server.address], ports: [target.port] } });
  expect(await http.get(request(server.url))).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("is private"),
  });
  await expect(http.fetch(server.url)).rejects.toThrow("fetch failed");
  expect(target.connections()).toBe(0);
});

test("the fifth redirect is guarded like the first", async () => {
  await using target = await serve((_request, response) => response.end("secret"));
  await using server = await serve(({ url }, response) => {
    const next = Number(url?.slice(1)) + 1;
    const location = next === 5 ? `http://127.0.0.1:${target.port}/` : `/${next}`;
    response.writeHead(302, { location }).end();
  });
  await using http = httpFor([server], { network: { allow: [server.address], ports: [target.port] } });
  expect(await http.get(request(`${server.url}/0`))).toEqual({
    kind: "failed",
    reason: "the address 127.0.0.1 is private (network.allow opens it)",
  });
  expect([server.asked.length, target.connections()]).toEqual([5, 0]);
});

test.each([
  ["file:///etc/passwd", "file: addresses are not fetched (only http and https)"],
  ["gopher://news.example/", "gopher: addresses are not fetched (only http and https)"],
  ["ftp://news.example/", "ftp: addresses are not fetched (only http and https)"],
  ["data:text/plain,hello", "data: addresses are not fetched (only http and https)"],
  ["javascript:alert(1)", "javascript: addresses are not fetched (only http and https)"],
  ["https://news.example@evil.example/", "an address with a user name in it is not fetched"],
  ["https://:secret@news.example/", "an address with a user name in it is not fetched"],
  ["http://news.example/a\r\nHost: evil.example", "this is no web address"],
  ["http://news\n.example/", "this is no web address"],
  ["not an address", "this is no web address"],
  ["http://8.8.8.8:22/", "port 22 is not open (network.ports opens it)"],
  ["http://8.8.8.8:25/", "port 25 is not open (network.ports opens it)"],
  ["http://news.example:6379/", "port 6379 is not open (network.ports opens it)"],
  ["http://mixed.example/", "mixed.example stands for the private address 10.0.0.1 (network.allow opens it)"],
  ["http://private.example/", "private.example stands for the private address ::1 (network.allow opens it)"],
  ["http://nobody.example/", "there is no host named nobody.example"],
])("%s is refused in plain words", async (url, reason) => {
  const names: Record<string, readonly string[]> = {
    "news.example": ["8.8.8.8"],
    "mixed.example": ["8.8.8.8", "10.0.0.1"],
    "private.example": ["::1"],
  };
  await using http = httpFor([], { resolve: async (name) => names[name] ?? [] });
  expect(await http.get(request(url))).toEqual({ kind: "failed", reason });
});

test("a name that changes its address between check and dial is dialled where it was checked", async () => {
  await using server = await serve((_request, response) => response.end("secret"));
  let asked = 0;
  const resolve = async () => (asked++ === 0 ? ["192.0.2.1"] : ["127.0.0.1"]);
  await using http = httpFor([], {
    resolve,
    network: { allow: ["192.0.2.1"], ports: [server.port] },
    limits: { ...limits, connectMs: 50 },
  });
  expect((await http.get(request(`http://rebind.example:${server.port}/`))).kind).toBe("failed");
  expect([asked, server.connections()]).toEqual([1, 0]);
});

test("a name that is never resolved fails at its own deadline", async () => {
  await using http = httpFor([], {
    resolve: () => new Promise(() => undefined),
    limits: { ...limits, dnsMs: 50 },
  });
  expect(await http.get(request("http://slow.example/"))).toEqual({
    kind: "failed",
    reason: "the name slow.example was not resolved within 0.1 s",
  });
});

test.each([
  ["127.0.0.1:PORT", "http://127.0.0.1:PORT/", true],
  ["127.0.0.1:PORT", "http://2130706433:PORT/", true],
  ["127.0.0.1:PORT", "http://site.example:PORT/", true],
  ["127.0.0.1:1", "http://127.0.0.1:PORT/", false],
  ["127.0.0.1", "http://127.0.0.1:PORT/", true],
  ["127.0.0.0/8", "http://127.0.0.1:PORT/", true],
  ["127.0.0.0/8", "http://site.example:PORT/", true],
  ["10.0.0.0/8", "http://127.0.0.1:PORT/", false],
  ["Site.Example", "http://site.example:PORT/", true],
  ["site.example:PORT", "http://site.example.:PORT/", true],
  ["site.example", "http://127.0.0.1:PORT/", false],
  ["site.example", "http://sub.site.example:PORT/", false],
  ["::1", "http://127.0.0.1:PORT/", false],
  ["", "http://127.0.0.1:PORT/", false],
])("network.allow %s and the address %s: %s", async (entry, url, opened) => {
  await using server = await serve((_request, response) => response.end("within"));
  const put = (text: string) => text.replace("PORT", String(server.port));
  await using http = httpFor([], {
    network: { allow: [put(entry)], ports: [] },
    resolve: async () => ["127.0.0.1"],
  });
  expect((await http.get(request(put(url)))).kind).toBe(opened ? "response" : "failed");
  expect(server.connections()).toBe(opened ? 1 : 0);
});

test("entries of network.allow are hosts, addresses, ranges, with or without a port", () => {
  expect(allowEntry("[::1]:8085")).toEqual({ kind: "host", host: "::1", port: 8085 });
  expect(allowEntry("fd00::5")).toEqual({ kind: "host", host: "fd00::5", port: null });
  expect(allowEntry("fd00::/8")?.kind).toBe("range");
  expect(allowEntry("http://news.example/")).toBeNull();
  expect(allowEntry("")).toBeNull();
});

test("a range names no host, so that manners towards it stay", () => {
  const guard = openGuard({ allow: ["127.0.0.0/8", "10.0.0.1"], ports: [] });
  expect(guard.isNamed({ hostname: "127.0.0.1", port: 80 })).toBe(false);
  expect(guard.isNamed({ hostname: "10.0.0.1", port: 80 })).toBe(true);
});

test("addresses of the public internet are public, translated ones too", () => {
  for (const address of [
    "8.8.8.8",
    "2606:4700::1111",
    "64:ff9b::808:808",
    "2002:808:808::",
    "::ffff:8.8.8.8",
  ])
    expect([address, isPublic(address)]).toEqual([address, true]);
});
