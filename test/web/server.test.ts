import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { parse, type DefaultTreeAdapterTypes } from "parse5";
import { request } from "undici";
import { expect, test } from "vitest";
import type { Json } from "../../src/domain/types.ts";
import type { PageData, PagePost } from "../../src/web/pages/data.ts";
import { openWeb, webApp } from "../../src/web/server.ts";
import { bridge, drawnFor, emptyPage, samplePage, webOptions } from "./posts.ts";

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;`;

const app = (data: PageData = samplePage) => webApp(webOptions(data));
const get = async (path: string, data?: PageData) => app(data).request(`http://127.0.0.1:8080${path}`);
const pageOf = async (posts: readonly PagePost[]): Promise<string> =>
  (await get("/", { ...emptyPage, posts })).text();
const post = (look: PagePost["look"], payload: Json): PagePost => ({
  look,
  destination: "news",
  state: "sent",
  at: "2026-11-23T14:32:00.000Z",
  payload,
  imageKey: null,
  url: null,
});

/** Every element of a document, as a browser's parser sees it. */
function elementsOf(node: DefaultTreeAdapterTypes.Node): readonly DefaultTreeAdapterTypes.Element[] {
  const below = "childNodes" in node ? node.childNodes.flatMap(elementsOf) : [];
  return "attrs" in node ? [node, ...below] : below;
}

test("the page may load only its own style and pictures, and cannot be framed", async () => {
  for (const path of ["/", "/style.css", "/image/none"]) {
    const { headers } = await get(path);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  }
});

test("it answers to the names of this machine and to the configured host only", async () => {
  const ask = async (name: string, host?: string) =>
    (await webApp(webOptions(samplePage), host).request(`http://${name}/`)).status;
  for (const name of ["127.0.0.1:8080", "localhost", "[::1]:9", "127.8.8.8"])
    expect(await ask(name)).toBe(200);
  for (const name of ["evil.example", "127.0.0.1.evil.example:8080", "192.0.2.7", "localhost.evil.example"])
    expect(await ask(name)).toBe(421);
  expect(await ask("desk.lan:8080", "desk.lan")).toBe(200);
  expect(await ask("192.0.2.7:8080", "0.0.0.0")).toBe(200);
  expect(await ask("evil.example", "0.0.0.0")).toBe(421);
});

test("the Host header that was sent counts, whatever the address says", async () => {
  const answer = await app().request("http://127.0.0.1:8080/", { headers: { host: "evil.example" } });
  expect(answer.status).toBe(421);
});

test("a forum's post is drawn as its message, under its title", async () => {
  const message = { content: "What stands in it", embeds: [{ title: "The card in it" }] };
  const page = await pageOf([post("discord", { name: "The <post's> title", applied_tags: ["1"], message })]);
  expect(page).toMatch(/The &lt;post&#39;s&gt; title<\/h3>[^]*What stands in it[^]*The card in it/u);
});

test("hostile text stays text wherever it stands", async () => {
  const embed = {
    author: { name: HOSTILE, url: HOSTILE, icon_url: HOSTILE },
    title: HOSTILE,
    url: `https://x.example/${HOSTILE}`,
    description: `${HOSTILE}\n- ${HOSTILE}\n**${HOSTILE}**`,
    image: { url: "https://x.example/a.jpg", description: HOSTILE },
    footer: { text: HOSTILE },
    timestamp: HOSTILE,
  };
  const record = {
    text: HOSTILE,
    langs: [HOSTILE],
    facets: [{ index: { byteStart: 0, byteEnd: 20 }, features: [{ uri: `https://x.example/${HOSTILE}` }] }],
    embed: { external: { uri: "https://x.example/", title: HOSTILE, description: HOSTILE, thumb: {} } },
  };
  const hostile = { destination: HOSTILE, state: HOSTILE, at: HOSTILE, imageKey: HOSTILE, url: HOSTILE };
  const row = { name: HOSTILE, state: HOSTILE, reason: HOSTILE };
  const page = await (
    await get("/", {
      title: HOSTILE,
      posts: [
        { ...post("discord", { content: HOSTILE, embeds: [embed] }), ...hostile },
        { ...post("bluesky", record), ...hostile },
      ],
      held: [{ title: HOSTILE, url: HOSTILE, reason: HOSTILE, commands: [HOSTILE] }],
      moreFeeds: 0,
      feeds: [{ ...row, lastPoll: HOSTILE, nextPoll: HOSTILE }],
      destinations: [{ ...row, pending: 0, sent: 0 }],
    })
  ).text();
  const elements = elementsOf(parse(page));
  expect(elements.filter(({ tagName }) => tagName === "script")).toEqual([]);
  const attributes = elements.flatMap(({ tagName, attrs }) => attrs.map((one) => ({ tagName, ...one })));
  expect(attributes.filter(({ name }) => /^on|^style$/u.test(name))).toEqual([]);
  const sources = attributes.filter(({ name }) => name === "src").map(({ value }) => value);
  expect(sources).toEqual(Array.from({ length: 2 }, () => `/image/${encodeURIComponent(HOSTILE)}`));
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

test("only http and https addresses become links, and none tells where the reader came from", async () => {
  const dangerous = "javascript:alert(1)";
  const page = await pageOf([
    post("discord", {
      embeds: [{ title: "A headline", url: dangerous, author: { name: "A", url: dangerous } }],
    }),
    post("bluesky", {
      text: "words",
      facets: [{ index: { byteStart: 0, byteEnd: 5 }, features: [{ uri: dangerous }] }],
      embed: { external: { uri: dangerous, title: "t", description: "" } },
    }),
  ]);
  expect(page).not.toContain("javascript:");
  const links = [...(await (await get("/")).text()).matchAll(/<a [^>]*href="http[^>]*>/gu)].map(
    ([tag]) => tag,
  );
  expect(links.length).toBeGreaterThan(5);
  for (const tag of links) expect(tag).toContain('rel="noopener noreferrer"');
});

test("Discord's escapes disappear, bullets hang, bold is bold, a mentioned role is a pill", async () => {
  const description = String.raw`Dek with \*stars\* and a\_b.` + "\n\n- First **point**.\n- Second.";
  const content = "<@&42>\n**Headline**\n\n<https://courier.example/a?b=1&c=2>";
  const page = await pageOf([post("discord", { content, embeds: [{ description }] })]);
  expect(page).toContain("<p>Dek with *stars* and a_b.</p>");
  expect(page).toMatch(/<li>First <strong>point<\/strong>\.<\/li>\s*<li>Second\.<\/li>/u);
  expect(page).toContain('<span class="mention">@role</span>');
  expect(page).toContain('href="https://courier.example/a?b=1&amp;c=2"');
});

test("what the composer escaped is shown as the source wrote it", async () => {
  const title = "*A* [headline](https://x.example) - `code` @everyone <@1> #1 ~~no~~";
  const [message] = drawnFor({ ...bridge, title, keyPoints: ["# not a heading", "1. not a list"] });
  const page = message === undefined ? "" : await pageOf([message]);
  expect(page).toContain("*A* [headline](https://x.example) - `code` @everyone &lt;@1&gt; #1 ~~no~~</a>");
  expect(page).toContain("<li># not a heading</li>");
  expect(page).toContain("<li>1. not a list</li>");
});

test("Bluesky's facets are counted in bytes; those outside the text or across another are left alone", async () => {
  const text = "Überfahrt 🚢 courier.example #Häfen";
  const bytes = (part: string) => Buffer.byteLength(text.slice(0, text.indexOf(part)));
  const facet = (byteStart: number, byteEnd: number, feature: Json) => ({
    index: { byteStart, byteEnd },
    features: [feature],
  });
  const start = bytes("courier");
  const page = await pageOf([
    post("bluesky", {
      text,
      facets: [
        facet(bytes("#H"), Buffer.byteLength(text), { tag: "Häfen" }),
        facet(start, start + 15, { uri: "https://courier.example/" }),
        facet(start + 4, start + 9, { uri: "https://overlap.example/" }),
        facet(0, 999, { uri: "https://outside.example/" }),
      ],
    }),
  ]);
  expect(page).toContain(">courier.example</a>");
  expect(page).toContain('<span class="tag">#Häfen</span>');
  expect(page).toContain("Überfahrt 🚢 <a");
  expect(page).not.toMatch(/overlap\.example|outside\.example/u);
});

test("a payload that is not what it should be is drawn as far as it goes", async () => {
  for (const payload of [
    null,
    7,
    "text",
    [],
    { embeds: "no" },
    { embeds: [null, 3] },
    { text: 5, facets: {} },
  ])
    for (const look of ["discord", "bluesky"] as const)
      expect((await get("/", { ...emptyPage, posts: [post(look, payload)] })).status).toBe(200);
});

test("what was held is shown with its reason and the commands that settle it", async () => {
  const page = await (await get("/")).text();
  expect(page).toContain("The headline names Portugal, and the text does not.");
  expect(page).toContain("bulletin release http://127.0.0.1:8085/2026/11/23/relay/");
  expect(page).toContain("The app password was refused");
  expect(await (await get("/", emptyPage)).text()).toContain("Nothing has been posted yet.");
});

test("pictures are served by their key, and only as pictures", async () => {
  const found = await get(`/image/${encodeURIComponent("bridge/1")}`);
  expect([found.status, found.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
  expect((await get("/image/none")).status).toBe(404);
  const page = { bytes: new TextEncoder().encode("<script>"), mime: "image/svg+xml" };
  const sly = webApp({ ...webOptions(samplePage), image: () => Promise.resolve(page) });
  expect((await sly.request("http://127.0.0.1/image/x")).status).toBe(404);
});

test("a bug is logged and tells the reader nothing", async () => {
  const logged: unknown[] = [];
  const broken = webApp({
    ...webOptions(samplePage),
    data: () => Promise.reject(new Error("secret detail")),
    log: { ...webOptions(samplePage).log, error: (message, fields) => logged.push(message, fields) },
  });
  const answer = await broken.request("http://127.0.0.1/");
  expect([answer.status, await answer.text()]).toEqual([500, "Internal error. The details are in the log."]);
  expect(logged).toEqual(["the page failed", { path: "/", error: "secret detail" }]);
});

test("a taken port leads to the next free one, and closing frees it", async () => {
  const squatter = createServer().listen(0, "127.0.0.1");
  await once(squatter, "listening");
  const { port } = squatter.address() as AddressInfo;
  const web = await openWeb({ host: "127.0.0.1", port, ...webOptions(samplePage) });
  const taken = Number(new URL(web.url).port);
  expect(taken).toBeGreaterThan(port);
  expect(taken).toBeLessThan(port + 20);
  expect((await request(web.url)).statusCode).toBe(200);
  await web[Symbol.asyncDispose]();
  await expect(request(web.url)).rejects.toThrow("ECONNREFUSED");
  squatter.close();
});
