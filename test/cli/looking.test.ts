import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { openNewsroom } from "../../src/web/newsroom.ts";
import { type Desk, openDesk, previewConfig } from "./bulletin.ts";

const ARTICLES = fileURLToPath(new URL("../../config/sample/newsroom/articles/", import.meta.url));
const page = (name: string): string =>
  readFileSync(join(ARTICLES, `${name}.html`), "utf8").split("\n---\n")[1] ?? "";

let newsroom: Awaited<ReturnType<typeof openNewsroom>>;
let desk: Desk;
let links: readonly string[];
beforeAll(async () => {
  const folder = join(ARTICLES, "..");
  newsroom = await openNewsroom({ folder, port: 0, clock: systemClock });
  desk = await openDesk({
    "config/bulletin.yaml": previewConfig(newsroom.url),
    "pages.jsonl": '{"id":"walls","lang":"en"}\n\n{"id":"bins","url_if_known":null}\n{"id":"none"}\n',
    "missing.jsonl": '{"id":"lost"}\n{"id":"walls"}\n',
    "html/walls.html": page("mill-lane-flood-wall"),
    "html/bins.html": page("food-waste-bins"),
    "html/none.html": page("market-tortoise-found"),
    "outside.html": page("food-waste-bins"),
    "sly.jsonl": '{"id":"../outside"}\n',
    "odd.jsonl": '{"id":"bins"}\n{"name":"bins"}\n',
  });
  await desk.bulletin(["poll"]);
  const feed = await (await fetch(`${newsroom.url}/feed/`)).text();
  links = [...feed.matchAll(/<link>(http:[^<]+\/\d{4}\/[^<]+)<\/link>/gu)].map(([, link]) => link ?? "");
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await newsroom[Symbol.asyncDispose]();
});

const linkOf = (slug: string): string => links.find((link) => link.includes(slug)) ?? slug;

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, out, error } = await desk.bulletin([...args, "--json"]);
  expect({ code, error }).toEqual({ code: 0, error: "" });
  return JSON.parse(out) as T;
}

test("status tells of feeds, destinations and entries, as text without colours and as JSON", async () => {
  expect(await json("status")).toMatchObject({
    running: false,
    feeds: [{ url: newsroom.url, state: "active", reason: null }],
    destinations: [
      { id: "preview:bluesky", state: "active", counts: { sent: 6 }, inDoubt: 0 },
      { id: "preview:discord", name: "news", counts: { sent: 6 } },
    ],
    entries: { ready: 6, held: 1 },
  });
  const { out } = await desk.bulletin(["status"], { FORCE_COLOR: "1" });
  expect(out).toContain("Bulletin is not running: start it with  npm start");
  expect(out).not.toContain("\u001B");
});

test("why tells the way of an article by any of its addresses", async () => {
  const link = linkOf("ferry-bridge");
  const known = await json<{ deliveries: readonly object[] }>("why", `${link}?utm_source=mail`);
  expect(known).toMatchObject({ kind: "known", link, state: "ready", origin: "box", source: "feed" });
  expect(known.deliveries).toMatchObject([{ state: "sent" }, { state: "sent" }]);
  expect(await json("why", `${newsroom.url}/?p=412`)).toMatchObject({ kind: "known", link });
  const { out } = await desk.bulletin(["why", `${newsroom.url}/never/`]);
  expect(out).toContain("was never listed. What the feeds of its domain last did:");
});

test("held tells the reason and the commands, and each of them works", async () => {
  const link = linkOf("swimming-club");
  expect(await json("held")).toMatchObject([
    {
      name: link,
      reason: "the headline names Norway, the article does not mention it anywhere",
      commands: [`bulletin release ${link}`, `bulletin edit ${link} --title "..."`, `bulletin drop ${link}`],
    },
  ]);
  const edited = await desk.bulletin(["edit", link, "--title", "Otters beat visitors from Denmark"]);
  expect(edited).toMatchObject({ code: 0, error: "" });
  const posted = await desk.bulletin(["post", link]);
  expect(posted).toMatchObject({ code: 0, error: "" });
  expect(await json("why", link)).toMatchObject({
    state: "ready",
    title: "Otters beat visitors from Denmark",
  });
  expect((await desk.bulletin(["held"])).out).toBe("Nothing is held.\n");
});

test("preview gives the article, its key points, what would hold it, and the posts", async () => {
  const url = linkOf("ferry-bridge");
  const found = await json<{ posts: readonly object[] }>("preview", url);
  expect(found).toMatchObject({
    title: "Ferry Bridge reopens six weeks early after £2.1m repair",
    url,
    keyPoints: [
      "Ferry Bridge reopens to cars and buses on Monday, six weeks ahead of plan.",
      "Lorries over 7.5 tonnes stay banned until a load test on 14 December.",
      "The repair cost £2.1m, about £300,000 less than the county had set aside.",
    ],
    description:
      "Drivers can cross the Alder again from Monday, but lorries must wait for a final load test.",
    language: "en-GB",
    author: "Nora Whitlock",
    checks: [],
    posts: [
      { platform: "discord", image: null },
      { platform: "bluesky", image: { mime: "image/jpeg" } },
    ],
  });
  for (const post of found.posts) expect(JSON.stringify(post).length).toBeLessThan(5_000);
  const held = await json("preview", linkOf("swimming-club"));
  expect(held).toMatchObject({
    checks: [{ check: "headline", outcome: "held", reason: expect.stringContaining("Norway") as string }],
    held: [{ check: "headline", reason: expect.stringContaining("Norway") as string }],
  });
  expect(found).not.toHaveProperty("held");
});

test("the posts of a preview keep their margin, also where a line is empty", async () => {
  const { out } = await desk.bulletin(["preview", linkOf("school-bus")]);
  expect(out).toMatch(/Discord:\n {2}│ School bus.*\n {2}│\n {2}│ A plan to charge/u);
  expect(out).toMatch(/ {2}│\n {2}│ │ School bus passes stay free/u);
});

test("keypoints tells where they were found, of an address and of a saved page", async () => {
  expect(await json("keypoints", linkOf("food-waste"))).toMatchObject({
    origin: "question list",
    label: "What changes for residents?",
    keyPoints: { length: 4 },
  });
  const { out } = await desk.bulletin(["keypoints", "html/none.html", "html/walls.html"]);
  expect(out).toMatch(
    /^html\/none\.html: none\nhtml\/walls\.html: text bullets\n {2}• Work on the 340-metre/u,
  );
});

test("keypoints --batch prints one line for each page, in the order of the list", async () => {
  const { code, out, error } = await desk.bulletin(["keypoints", "--batch", "pages.jsonl", "--dir", "html"]);
  expect({ code, error }).toEqual({ code: 0, error: "" });
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; key_points: string[] });
  expect(lines.map(({ id, key_points }) => [id, key_points.length])).toEqual([
    ["walls", 3],
    ["bins", 4],
    ["none", 0],
  ]);
});

test("a page that a batch cannot read has no key points and is told of, and the others are read", async () => {
  const { code, out, error } = await desk.bulletin([
    "keypoints",
    "--batch",
    "missing.jsonl",
    "--dir",
    "html",
  ]);
  expect(code).toBe(1);
  expect(error).toMatch(/^missing\.jsonl:1: html\/lost\.html cannot be read: ENOENT/u);
  expect(out).toMatch(/^\{"id":"lost","key_points":\[\]\}\n\{"id":"walls","key_points":\["Work on/u);
});

test("keypoints --batch refuses an id that leads out of the folder, and says which line is wrong", async () => {
  const sly = await desk.bulletin(["keypoints", "--batch", "sly.jsonl", "--dir", "html"]);
  expect(sly).toMatchObject({ code: 1, out: "" });
  expect(sly.error).toMatch(/^sly\.jsonl:1: not a line like/u);
  const odd = await desk.bulletin(["keypoints", "--batch", "odd.jsonl", "--dir", "html"]);
  expect(odd.error).toMatch(/^odd\.jsonl:2: /u);
  const gone = await desk.bulletin(["keypoints", "--batch", "gone.jsonl", "--dir", "html"]);
  expect(gone).toMatchObject({ code: 1, error: expect.stringContaining("gone.jsonl") as string });
});

test("check tries the feed, and says all in one JSON value for scripts", async () => {
  expect(await desk.bulletin(["check"])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/All is well\.\n$/u) as string,
  });
  expect(await json("check", "--offline")).toMatchObject({
    ok: true,
    warnings: [],
    checked: [{ name: "schedules" }],
  });
});
