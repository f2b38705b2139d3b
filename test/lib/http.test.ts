import { getEventListeners } from "node:events";
import { setImmediate as settle } from "node:timers/promises";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { HttpResponse } from "../../src/lib/http.ts";
import { httpFor, request, serve, serveRaw, USER_AGENT } from "./http/servers.ts";
import { limits } from "../support/limits.ts";

const reasonOf = (answer: HttpResponse): string =>
  answer.kind === "failed" ? answer.reason : `${answer.status}`;
const textOf = (answer: HttpResponse): string =>
  answer.kind === "failed" ? answer.reason : new TextDecoder().decode(answer.body);

// ---------------------------------------------------------------- manners

test("a request carries these headers and no others", async () => {
  await using server = await serve((_request, response) =>
    response.writeHead(200, { "set-cookie": "visitor=1" }).end(),
  );
  await using http = httpFor([server]);
  const answer = await http.get(request(server.url));
  await settle();
  await http.get(
    request(`${server.url}/again`, { headers: { "if-none-match": '"a"', accept: "text/html" } }),
  );
  expect(server.asked[0]?.rawHeaders.join("|")).toBe(
    `host|${server.address}|connection|keep-alive|user-agent|${USER_AGENT}|accept|*/*|accept-encoding|gzip, br`,
  );
  expect(server.asked[1]?.headers).toEqual({
    host: server.address,
    connection: "keep-alive",
    "user-agent": USER_AGENT,
    accept: "text/html",
    "accept-encoding": "gzip, br",
    "if-none-match": '"a"',
  });
  expect(server.asked.map(({ method }) => method)).toEqual(["GET", "GET"]);
  expect(server.connections()).toBe(1);
  expect(answer).toMatchObject({ headers: expect.not.objectContaining({ "set-cookie": expect.anything() }) });
});

test("a validator with odd bytes comes back as the server sent it", async () => {
  const odd = 'W/"caf\u00e9 \u00ff, {}"';
  await using server = await serve((_request, response) => response.writeHead(200, { etag: odd }).end());
  await using http = httpFor([server]);
  const answer = await http.get(request(server.url));
  const etag = answer.kind === "response" ? (answer.headers["etag"] ?? "") : "";
  await http.get(request(server.url, { headers: { "if-none-match": etag } }));
  expect(server.asked[1]?.headers["if-none-match"]).toBe(odd);
});

test.each([204, 304])("an answer of %s has an empty body", async (status) => {
  await using server = await serve((_request, response) =>
    response.writeHead(status, { etag: '"b"', "content-encoding": "gzip" }).end(),
  );
  await using http = httpFor([server]);
  expect(await http.get(request(server.url))).toEqual({
    kind: "response",
    status,
    headers: expect.objectContaining({ etag: '"b"' }),
    body: new Uint8Array(),
    url: `${server.url}/`,
    redirected: false,
    permanent: false,
  });
});

// ---------------------------------------------------------------- redirects

test.each([
  [[301], true],
  [[308, 301], true],
  [[301, 302], false],
  [[303], false],
  [[307, 308], false],
])("redirects %j: permanent %s", async (statuses, permanent) => {
  await using server = await serve(({ url }, response) => {
    const hop = Number(url?.slice(1));
    const status = statuses[hop];
    if (status === undefined) response.end("here");
    else response.writeHead(status, { location: `/${hop + 1}` }).end("moved");
  });
  await using http = httpFor([server]);
  expect(await http.get(request(`${server.url}/0`))).toMatchObject({
    status: 200,
    url: `${server.url}/${statuses.length}`,
    redirected: true,
    permanent,
  });
});

test("five redirects are followed, a sixth is not", async () => {
  await using server = await serve(({ url }, response) => {
    const left = Number(url?.slice(1));
    if (left === 0) response.end("here");
    else response.writeHead(302, { location: `/${left - 1}` }).end();
  });
  await using http = httpFor([server]);
  expect(textOf(await http.get(request(`${server.url}/5`)))).toBe("here");
  expect(reasonOf(await http.get(request(`${server.url}/6`)))).toBe("more than 5 redirects");
  expect(server.asked.length).toBe(6 + 6);
});

test("a circle of redirects is left at its first repetition", async () => {
  await using server = await serve(({ url }, response) =>
    response.writeHead(301, { location: url === "/a" ? "/b" : "/a" }).end(),
  );
  await using http = httpFor([server]);
  expect(reasonOf(await http.get(request(`${server.url}/a`)))).toBe("it redirects in a circle");
  expect(server.asked.length).toBe(2);
});

test("a redirect keeps the fragment, reads UTF-8, and sends no referer or cookie", async () => {
  await using server = await serve(({ url }, response) => {
    const location = Buffer.from("/straße").toString("latin1");
    if (url === "/old") response.writeHead(302, { location, "set-cookie": "visitor=1" }).end();
    else response.end();
  });
  await using http = httpFor([server]);
  const answer = await http.get(request(`${server.url}/old#part`));
  expect(answer).toMatchObject({ url: `${server.url}/stra%C3%9Fe#part` });
  expect(Object.keys(server.asked[1]?.headers ?? {})).toEqual([
    "host",
    "connection",
    "user-agent",
    "accept",
    "accept-encoding",
  ]);
});

test("a 3xx without a location is an answer", async () => {
  await using server = await serve((_request, response) => response.writeHead(302).end("where?"));
  await using http = httpFor([server]);
  expect(await http.get(request(server.url))).toMatchObject({ status: 302, redirected: false });
});

// ---------------------------------------------------------------- encodings

const STORY = "The harbour was closed for three days. ".repeat(5_000);

test.each([
  ["gzip", gzipSync(STORY)],
  ["X-GZIP", gzipSync(STORY)],
  ["deflate", deflateSync(STORY)],
  ["deflate", deflateRawSync(STORY)],
  ["br", brotliCompressSync(STORY)],
  ["identity", Buffer.from(STORY)],
  ["deflate, gzip", gzipSync(deflateRawSync(STORY))],
  ["gzip, br", brotliCompressSync(gzipSync(STORY))],
])("an answer in %s is decoded", async (encoding, body) => {
  await using server = await serve((_request, response) =>
    response.writeHead(200, { "content-encoding": encoding }).end(body),
  );
  await using http = httpFor([server]);
  expect(textOf(await http.get(request(server.url)))).toBe(STORY);
});

test("what is left of a compressed answer that broke off is kept", async () => {
  await using server = await serve((_request, response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(STORY).subarray(0, -40)),
  );
  await using http = httpFor([server]);
  expect(textOf(await http.get(request(server.url)))).toMatch(/^The harbour was closed/u);
});

test("an empty body is empty, whatever its encoding says", async () => {
  await using server = await serve((_request, response) =>
    response.writeHead(200, { "content-encoding": "gzip, br" }).end(),
  );
  await using http = httpFor([server]);
  expect(textOf(await http.get(request(server.url)))).toBe("");
});

test.each([
  ["zstd", "its answer has the unknown encoding zstd"],
  ["gzip, gzip, gzip", "its answer is encoded 3 times (at most 2)"],
  [Array(200).fill("gzip").join(","), "its answer is encoded 200 times (at most 2)"],
  ["gzip", "its answer cannot be decoded (incorrect header check)"],
  ["br", expect.stringMatching(/^its answer cannot be decoded/u)],
])("a body that is not in its encoding (%s) fails in plain words", async (encoding, reason) => {
  await using server = await serve((_request, response) =>
    response
      .writeHead(200, { "content-encoding": encoding })
      .end("This is plain text, nothing else, and quite long."),
  );
  await using http = httpFor([server]);
  expect(reasonOf(await http.get(request(server.url)))).toEqual(reason);
});

// ---------------------------------------------------------------- exhaustion

const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);
const TOO_LARGE = "its answer is larger than 5 MB";

test.each([
  ["gzip", gzipSync(zeros(256 * 2 ** 20))],
  ["gzip, gzip", gzipSync(gzipSync(zeros(512 * 2 ** 20)))],
  ["br", brotliCompressSync(zeros(64 * 2 ** 20))],
  ["deflate", deflateRawSync(zeros(256 * 2 ** 20))],
])("a bomb in %s stops at the limit and costs no memory", async (encoding, bomb) => {
  await using server = await serve((_request, response) =>
    response.writeHead(200, { "content-encoding": encoding }).end(bomb),
  );
  await using http = httpFor([server]);
  const before = process.memoryUsage().rss;
  expect(reasonOf(await http.get(request(server.url)))).toBe(TOO_LARGE);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
});

test.each(["identity", "gzip"])(
  "a body (%s) may be as large as the limit, not one byte larger",
  async (encoding) => {
    const body = (url: string | undefined): Buffer => zeros(Number(url?.slice(1)));
    await using server = await serve(({ url }, response) => {
      response.writeHead(200, { "content-encoding": encoding });
      response.write(encoding === "gzip" ? gzipSync(body(url)) : body(url));
      response.end();
    });
    await using http = httpFor([server]);
    const ask = (bytes: number, truncate = false) =>
      http.get(request(`${server.url}/${bytes}`, { maxBytes: 100_000, truncate }));
    expect(textOf(await ask(99_999))).toHaveLength(99_999);
    expect(textOf(await ask(100_000))).toHaveLength(100_000);
    expect(reasonOf(await ask(100_001))).toBe("its answer is larger than 100 KB");
    expect(textOf(await ask(100_001, true))).toHaveLength(100_000);
  },
);

test("2 GB announced are refused before a byte of them is read", async () => {
  await using server = await serve((_request, response) => {
    response.writeHead(200, { "content-length": String(2 * 2 ** 30) });
    response.flushHeaders();
  });
  await using http = httpFor([server]);
  expect(reasonOf(await http.get(request(server.url)))).toBe(TOO_LARGE);
});

test("an endless body ends at the limit, and its connection with it", async () => {
  const closed = Promise.withResolvers<void>();
  await using server = await serveRaw((socket) => {
    socket.on("close", () => closed.resolve());
    const more = (): void => {
      while (socket.write(zeros(65_536)));
    };
    socket.on("drain", more).once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      more();
    });
  });
  await using http = httpFor([server]);
  expect(reasonOf(await http.get(request(server.url)))).toBe(TOO_LARGE);
  await closed.promise;
});

/** Sends one byte every few milliseconds, for ever. */
const drip = (head: string) =>
  serveRaw((socket) => {
    socket.once("data", () => {
      socket.write(head);
      const timer = setInterval(() => socket.write("x"), 5);
      socket.on("close", () => clearInterval(timer));
    });
  });

test("a dripped body ends at the total deadline", async () => {
  await using server = await drip("HTTP/1.1 200 OK\r\n\r\n");
  await using http = httpFor([server]);
  expect(reasonOf(await http.get(request(server.url, { totalMs: 200 })))).toBe("took longer than 0.2 s");
});

test("dripped headers end at their own deadline, and at the total one", async () => {
  await using server = await drip("HTTP/1.1 200 OK\r\nx-slow: ");
  await using patient = httpFor([server]);
  expect(reasonOf(await patient.get(request(server.url, { totalMs: 200 })))).toBe("took longer than 0.2 s");
  await using strict = httpFor([server], { limits: { ...limits, headersMs: 200 } });
  expect(reasonOf(await strict.get(request(server.url)))).toBe("sent no answer within 0.2 s");
});

test("a TLS handshake that never ends stops at the connect deadline", async () => {
  await using server = await serveRaw((socket) => socket.resume());
  await using http = httpFor([server], { limits: { ...limits, connectMs: 200 } });
  const reason = reasonOf(await http.get(request(server.url.replace("http:", "https:"))));
  expect(reason).toBe("could not be reached within 0.2 s");
});

test("the deadline holds for all redirects together", async () => {
  await using server = await drip("HTTP/1.1 302 Found\r\nlocation: /next\r\n\r\n");
  await using http = httpFor([server]);
  expect(reasonOf(await http.get(request(server.url, { totalMs: 200 })))).toBe("took longer than 0.2 s");
});

test("headers may fill their limit, not pass it", async () => {
  await using server = await serveRaw((socket) => {
    socket.once("data", (asked) => {
      const bytes = Number(/^GET \/(\d+)/u.exec(asked.toString())?.[1]);
      socket.end(`HTTP/1.1 200 OK\r\nx-long: ${"x".repeat(bytes)}\r\ncontent-length: 0\r\n\r\n`);
    });
  });
  await using http = httpFor([server]);
  // The names and the other header count, too.
  expect(reasonOf(await http.get(request(`${server.url}/${limits.headerBytes - 100}`)))).toBe("200");
  expect(reasonOf(await http.get(request(`${server.url}/${limits.headerBytes}`)))).toBe(
    "its headers are larger than 16.4 KB",
  );
});

test("an address may be as long as the limit, not one character longer", async () => {
  await using server = await serve((_request, response) => response.end());
  await using http = httpFor([server]);
  const long = (length: number): string => `${server.url}/`.padEnd(length, "a");
  expect(reasonOf(await http.get(request(long(2_048))))).toBe("200");
  expect(reasonOf(await http.get(request(long(2_049))))).toBe("the address is longer than 2048 characters");
  expect(server.asked.length).toBe(1);
});

// ---------------------------------------------------------------- failures

test("a connection that is refused, broken off or no HTTP fails in plain words, without a second try", async () => {
  const server = await serveRaw((socket) => socket.once("data", () => socket.destroy()));
  await using chatter = await serveRaw((socket) => socket.end("220 mail.example ESMTP\r\n"));
  await using http = httpFor([server, chatter]);
  expect(reasonOf(await http.get(request(server.url)))).toBe("broke the connection off");
  expect(server.connections()).toBe(1);
  expect(reasonOf(await http.get(request(chatter.url)))).toMatch(/^its answer is no HTTP/u);
  await server[Symbol.asyncDispose]();
  expect(reasonOf(await http.get(request(server.url)))).toBe("refused the connection");
});

test("the caller's signal cancels a request", async () => {
  await using server = await serve(() => undefined);
  await using http = httpFor([server]);
  const cancel = new AbortController();
  const answer = http.get(request(server.url, { signal: cancel.signal }));
  cancel.abort(new Error("enough"));
  expect(await answer).toEqual({ kind: "failed", reason: "cancelled" });
});

test("one signal cancels all that runs under it, and nobody listens to it any more", async () => {
  await using server = await serve((asked, response) => {
    if (asked.url === "/now") response.end();
  });
  await using http = httpFor([server]);
  const cancel = new AbortController();
  const { signal } = cancel;
  const answers = Array.from({ length: 3 }, (_, n) => http.get(request(`${server.url}/${n}`, { signal })));
  expect(reasonOf(await http.get(request(`${server.url}/now`, { signal })))).toBe("200");
  expect(getEventListeners(signal, "abort").length).toBe(1);
  cancel.abort();
  expect((await Promise.all(answers)).map(reasonOf)).toEqual(["cancelled", "cancelled", "cancelled"]);
  expect(reasonOf(await http.get(request(`${server.url}/late`, { signal })))).toBe("cancelled");
  expect(getEventListeners(signal, "abort").length).toBe(0);
  expect(server.asked.map(({ url }) => url).includes("/late")).toBe(false);
});

// ---------------------------------------------------------------- fetch

test("the caller's signal ends an answer that drips, whatever was forgotten meanwhile", async () => {
  await using server = await serve((_, response) => void response.write("drip"));
  await using http = httpFor([server]);
  setFlagsFromString("--expose-gc");
  const forget = runInNewContext("gc") as () => void;
  const cancel = new AbortController();
  const answer = await http.fetch(server.url, { signal: cancel.signal });
  for (let n = 0; n < 5; n += 1) {
    await settle();
    forget();
  }
  cancel.abort(new Error("enough"));
  await expect(answer.text()).rejects.toThrow(/enough|terminated|abort/iu);
});

test("fetch sends any method with its body, and takes a standard Request", async () => {
  await using server = await serve((asked, response) => {
    asked.pipe(response.setHeader("x-method", asked.method ?? ""));
  });
  await using http = httpFor([server]);
  const init = { method: "POST", body: new Uint8Array([1, 2, 3]), headers: { "content-type": "image/jpeg" } };
  const direct = await http.fetch(server.url, init);
  const wrapped = await http.fetch(new Request(server.url, init));
  for (const response of [direct, wrapped]) {
    expect(response.headers.get("x-method")).toBe("POST");
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3]);
  }
  expect(server.asked[0]?.headers).toMatchObject({
    "user-agent": USER_AGENT,
    "content-length": "3",
    "content-type": "image/jpeg",
  });
});

test("fetch gives up on an answer over its limit", async () => {
  await using server = await serve((_request, response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(zeros(64 * 2 ** 20))),
  );
  await using http = httpFor([server]);
  const response = await http.fetch(server.url);
  await expect(response.arrayBuffer()).rejects.toThrow("its answer is larger than 10 MB");
});

test("fetch follows redirects through the guard, and answers 204 without a body", async () => {
  await using server = await serve(({ url }, response) =>
    response.writeHead(url === "/" ? 302 : 204, { location: "/next" }).end(),
  );
  await using http = httpFor([server]);
  const response = await http.fetch(server.url);
  expect([response.status, response.body]).toEqual([204, null]);
});
