import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Asker } from "../../src/cli/ask.ts";
import type { Opened } from "../../src/cli/doors.ts";
import { command } from "../../src/cli/program.ts";
import { existing, placesOf, writeInstallation } from "../../src/installation.ts";
import { openFolder, openTestApp } from "../support/app.ts";
import { openTestClock } from "../support/clock.ts";
import { openPublisher } from "../support/publisher.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { openNewsroom } from "../../src/web/newsroom.ts";
import { type Desk, openDesk, previewConfig } from "./bulletin.ts";

const folder = fileURLToPath(new URL("../../config/sample/newsroom", import.meta.url));
let newsroom: Awaited<ReturnType<typeof openNewsroom>>;
let desk: Desk;
/** A site that has nothing at all. */
let bare: Awaited<ReturnType<typeof openPublisher>>;
beforeAll(async () => {
  bare = await openPublisher((_, response) => response.writeHead(404).end());
  newsroom = await openNewsroom({ folder, port: 0, clock: systemClock });
});
afterAll(async () => {
  await newsroom[Symbol.asyncDispose]();
  await bare[Symbol.asyncDispose]();
});
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
  expect(out).toMatch(/ok\s+http:\/\/127\.0\.0\.1:\d+.*All is well\.\nStart the bot:  npm start\n$/su);
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
  expect(out).toMatch(/2 problems\.\nWhen that is mended: /u);
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

test("init judges every answer before it writes anything", async () => {
  const { code, out, error } = await init("--discord", "news", "--bluesky", "a b", "--contact", "me");
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(error.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^--discord: "news" is not a Discord channel\. .*Copy Link/u),
    expect.stringMatching(/^--bluesky: "a b" is not a Bluesky account\. /u),
    expect.stringMatching(/^--contact: "me" is no e-mail or web address\. /u),
  ]);
  await expect(inDesk("config/bulletin.yaml")).rejects.toThrow("ENOENT");
});

/** Somebody who gives these answers, the next one when one is refused; notes what was refused and how. */
function answering(answers: Readonly<Record<string, readonly string[]>>, refusals: string[]): Asker {
  const left = new Map(Object.entries(answers).map(([about, given]) => [about, [...given]]));
  const next = (message: string) => [...left].find(([about]) => message.includes(about))?.[1].shift() ?? null;
  const text: Asker["text"] = async (question) => {
    const answer = next(question.message);
    const problem = answer === null ? null : (question.problem?.(answer) ?? null);
    if (problem === null) return answer;
    refusals.push(problem);
    return await text(question);
  };
  return { text, secret: async (message) => next(message) };
}

test("who can be asked is asked again, for another site and for an answer that the config takes", async () => {
  await using folder = await openFolder();
  const yaml = previewConfig(newsroom.url).replace(/^network.*\n|^web.*\n/gmu, "");
  const open = async (): Promise<Opened> => {
    const opened = await openTestApp({ folder: folder.path, yaml, clock: openTestClock() });
    return { ...opened, sample: false, warnings: [] };
  };
  const refusals: string[] = [];
  const ask = answering(
    {
      "Which site": [bare.url, "frontline.example", newsroom.url],
      "Discord channel: ": ["news", "1190000000000000010"],
      "what is held": ["1190000000000000011"],
      "Bluesky handle": ["frontline", "frontline.example"],
      "bot's token": ["typed-token"],
    },
    refusals,
  );
  const places = placesOf({}, desk.folder, undefined, undefined);
  let printed = "";
  const write = (text: string): void => void (printed += text);
  const code = await command(
    {
      terminal: { out: write, error: write, interactive: true, color: false },
      ask,
      open,
      openAside: open,
      run: () => Promise.reject(new Error("not run")),
      restore: () => Promise.reject(new Error("not run")),
      existing: () => existing(places),
      writeConfig: (_, answers) => writeInstallation(places, answers),
      signal: new AbortController().signal,
      sleep: () => Promise.resolve(),
    },
    ["init", "--timezone", "Europe/London"],
    "0",
  );
  expect(code).toBe(0);
  expect(refusals).toEqual([
    '"frontline.example" is not a web address. Did you mean "https://frontline.example"?',
    expect.stringContaining('"news" is not a Discord channel'),
    '"frontline" is not a Bluesky account. Write the whole handle. Did you mean "frontline.bsky.social"?',
  ]);
  expect(printed).toMatch(/ has no feed that could be found.*Its newest article.*Start the bot/su);
  expect(printed).not.toContain("typed-token");
  expect(parse(await inDesk("config/bulletin.yaml"))).toEqual({
    timezone: "Europe/London",
    admin_channel: "1190000000000000011",
    feeds: [
      { url: newsroom.url, post_to: [{ discord: "1190000000000000010" }, { bluesky: "frontline.example" }] },
    ],
  });
  expect(await inDesk(".env")).toMatch(/^DISCORD_TOKEN=typed-token$.*^BLUESKY_APP_PASSWORD=$/msu);
});

test("init without a site, or for a site without a feed, writes nothing and says why", async () => {
  const nothing = await desk.bulletin(["init"]);
  expect(nothing).toMatchObject({ code: 1, error: expect.stringContaining("Give the site") as string });
  const none = await desk.bulletin(["init", "--site", bare.url, "--allow", "127.0.0.1"]);
  expect(none).toMatchObject({ code: 1, error: expect.stringContaining("HTTP 404") as string });
  const guarded = await desk.bulletin(["init", "--site", newsroom.url]);
  expect(guarded.code).toBe(1);
  await expect(inDesk("config/bulletin.yaml")).rejects.toThrow("ENOENT");
});
