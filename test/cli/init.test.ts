import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { openNewsroom } from "../../src/web/newsroom.ts";
import { type Desk, openDesk } from "./bulletin.ts";

const folder = fileURLToPath(new URL("../../config/sample/newsroom", import.meta.url));
let newsroom: Awaited<ReturnType<typeof openNewsroom>>;
let desk: Desk;
beforeAll(async () => {
  newsroom = await openNewsroom({ folder, port: 0, clock: systemClock });
});
afterAll(() => newsroom[Symbol.asyncDispose]());
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk[Symbol.asyncDispose]());

const inDesk = (name: string): Promise<string> => readFile(join(desk.folder, name), "utf8");
const init = (...more: readonly string[]) =>
  desk.bulletin([
    "init",
    "--site",
    newsroom.url,
    "--allow",
    "127.0.0.1",
    "--timezone",
    "Europe/London",
    ...more,
  ]);

test("init shows the newest article as posts, writes config and .env, and ends with check", async () => {
  const { code, out, error } = await init("--contact", "desk@frontline.example");
  expect({ code, error }).toEqual({ code: 0, error: "" });
  expect(out).toMatch(
    /Its newest article.*Ferry Bridge reopens.*Discord:.*Bluesky:.*wrote .*bulletin\.yaml/su,
  );
  expect(out).toMatch(/ok\s+http:\/\/127\.0\.0\.1:\d+.*All is well\.\n$/su);
  expect(parse(await inDesk("config/bulletin.yaml"))).toEqual({
    timezone: "Europe/London",
    contact: "desk@frontline.example",
    network: { allow: ["127.0.0.1"] },
    feeds: [{ url: newsroom.url, post_to: [{ preview: "discord" }, { preview: "bluesky" }] }],
  });
  expect((await stat(join(desk.folder, ".env"))).mode & 0o777).toBe(0o600);
});

test("for a channel and an account it says where token and app password come from, and what is missing", async () => {
  const channel = "https://discord.com/channels/1190000000000000001/1190000000000000010";
  const { code, out } = await init("--discord", channel, "--bluesky", "frontline.example");
  expect(code).toBe(1);
  expect(out).toContain("https://discord.com/developers/applications");
  expect(out).toContain("https://bsky.app/settings/app-passwords");
  expect(out).toMatch(/error .*DISCORD_TOKEN is not set\n.*write DISCORD_TOKEN/u);
  expect(out).toMatch(/error .*no app password is set for frontline\.example/u);
  expect(out).toMatch(/2 problems\.\n$/u);
  expect(parse(await inDesk("config/bulletin.yaml"))).toMatchObject({
    feeds: [{ post_to: [{ discord: channel }, { bluesky: "frontline.example" }] }],
  });
});

test("init never writes over a config or an .env", async () => {
  await writeFile(join(desk.folder, ".env"), "DISCORD_TOKEN=mine\n");
  expect((await init()).out).toMatch(/kept .*\.env/u);
  expect(await inDesk(".env")).toBe("DISCORD_TOKEN=mine\n");
  await writeFile(join(desk.folder, "config/bulletin.yaml"), "# mine\n");
  const again = await init();
  expect(again).toMatchObject({ code: 1, out: "" });
  expect(again.error).toContain("bulletin.yaml is there already: change it by hand, or move it away first.");
  expect(await inDesk("config/bulletin.yaml")).toBe("# mine\n");
});

test("init without a site, or for a site without a feed, writes nothing and says why", async () => {
  const nothing = await desk.bulletin(["init"]);
  expect(nothing).toMatchObject({ code: 1, error: expect.stringContaining("Give the site") as string });
  const none = await desk.bulletin(["init", "--site", `${newsroom.url}/nothing/`, "--allow", "127.0.0.1"]);
  expect(none).toMatchObject({ code: 1, error: expect.stringContaining("answers 404") as string });
  const guarded = await desk.bulletin(["init", "--site", newsroom.url]);
  expect(guarded.code).toBe(1);
  await expect(inDesk("config/bulletin.yaml")).rejects.toThrow("ENOENT");
});
