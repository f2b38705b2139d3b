import chromiumPackage from "@sparticuz/chromium";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWeb } from "../../src/web/server.ts";
import { samplePage, webOptions } from "./posts.ts";

let browser: Browser;
let web: Awaited<ReturnType<typeof openWeb>>;
beforeAll(async () => {
  chromiumPackage.setGraphicsMode = false;
  web = await openWeb({ host: "127.0.0.1", port: 0, ...webOptions(samplePage) });
  browser = await chromium.launch({
    executablePath: await chromiumPackage.executablePath(),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--no-first-run",
    ],
  });
});
afterAll(async () => {
  await browser.close();
  await web[Symbol.asyncDispose]();
});

/** Opens the page, notes what it asked for and complained of, and hands it to `look`. */
async function visit(width: number, colorScheme: "light" | "dark", look: (page: Page) => Promise<void>) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("response", (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()}`);
  });
  page.on("request", (asked) => {
    if (new URL(asked.url()).origin !== web.url) foreign.push(asked.url());
  });
  await page.goto(web.url, { waitUntil: "networkidle" });
  await look(page);
  expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
  await page.close();
}

// Runs in the browser, whose globals this project's types do not know: hence as text.
const PICTURES_SHOWN = "[...document.images].every((image) => image.complete && image.naturalWidth > 0)";
const OVERFLOWING = `[...document.querySelectorAll("body *")]
  .filter((one) => !one.closest("pre, .skip, thead, svg"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 || one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && getComputedStyle(one).display !== "inline")
  .map((one) => one.tagName + "." + one.className)`;

const colourOf = (page: Page, selector: string) =>
  page.evaluate<string>(
    `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).backgroundColor`,
  );

test("a message is drawn as Discord draws it: avatar, APP tag, embed, picture, footer", async () => {
  await visit(1280, "light", async (page) => {
    const message = page.getByRole("article", { name: "Message on Discord" }).first();
    expect(await message.locator(".avatar").boundingBox()).toMatchObject({ width: 40, height: 40 });
    expect(await message.locator(".app-tag").innerText()).toBe("APP");
    expect(await message.getByRole("link", { name: /^Ferry Bridge reopens/u }).count()).toBe(1);
    expect(await message.locator("li").count()).toBe(3);
    expect(await message.locator(".footer").innerText()).toMatch(/^Local • \d\d\/11\/2026/u);
    expect(await colourOf(page, ".discord")).toBe("rgb(49, 51, 56)");
    expect(await page.evaluate(PICTURES_SHOWN)).toBe(true);
  });
});

test("a post is drawn as Bluesky draws it: text, link card with picture, title and host", async () => {
  await visit(1280, "light", async (page) => {
    const post = page.getByRole("article", { name: "Post on Bluesky" }).first();
    const card = post.locator("a.card");
    expect(await post.locator(".text").innerText()).toMatch(
      /^• Ferry Bridge .*\n• Lorries .*\n• The repair/u,
    );
    expect(await card.locator(".card-title").innerText()).toMatch(/^Ferry Bridge reopens/u);
    expect(await card.locator(".card-host").innerText()).toBe("127.0.0.1:8085");
    const picture = await card.locator("img").boundingBox();
    expect((picture?.width ?? 0) / (picture?.height ?? 1)).toBeCloseTo(1.91, 1);
    expect(await colourOf(page, ".bluesky")).toBe("rgb(255, 255, 255)");
  });
});

test("in the dark Bluesky's card and the page are dark too", async () => {
  await visit(1280, "dark", async (page) => {
    expect(await colourOf(page, ".bluesky")).toBe("rgb(21, 29, 40)");
    expect(await colourOf(page, "html")).toBe("rgb(23, 24, 27)");
  });
});

test("nothing is wider than its place, from a small phone to a wide screen", async () => {
  for (const width of [320, 390, 768, 1024, 1920])
    await visit(width, "light", async (page) => expect(await page.evaluate(OVERFLOWING)).toEqual([]));
});
