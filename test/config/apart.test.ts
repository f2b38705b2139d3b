import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { packConfig, unpackConfig } from "../../src/config/packed.ts";
import { folderOf } from "./write.ts";

const SETTINGS = `timezone: Europe/Paris
defaults: { max_age: 2 days, discord: { style: plain } }
destinations:
  - { discord: 11, name: desk, quiet: "22:00-06:00", at: ["0 8 * * *"] }
  - { bluesky: news.example, review: true, template: "{title}: {link}" }
`;
const feed = (n: number): string =>
  `  - { url: "https://a.example/${n}", name: "Feed ${n}", every: 20 minutes, skip: { category: [sport] }, post_to: [desk, { bluesky: news.example, hashtags: [news], only: { title: [harbour] } }] }\n`;
const feeds = (count: number): string =>
  `feeds:\n${Array.from({ length: count }, (_, n) => feed(n)).join("")}`;
/** More than is read without a thread. */
const LARGE = { "a.yaml": SETTINGS, "b.yaml": feeds(400) };

test("a config is the same after it was packed", async () => {
  const loaded = await loadConfig({ folder: await folderOf({ "a.yaml": SETTINGS + feeds(3) }), env: {} });
  if (loaded.kind !== "loaded") throw new Error("refused");
  const { config, warnings } = loaded;
  expect(unpackConfig(packConfig({ config, warnings }))).toEqual({ config, warnings });
});

test("files are read apart as they are read at once", async () => {
  const folder = await folderOf({ "a.yaml": SETTINGS + feeds(3), "b.yaml": "timezone: Mars/Olympus\n" });
  const env = { DISCORD_TOKEN: "t" };
  const problems = await loadConfig({ folder, env });
  expect(problems.kind).toBe("invalid");
  expect(await loadConfig({ folder, env, apart: true })).toEqual(problems);
  await writeFile(join(folder, "b.yaml"), "");
  const here = await loadConfig({ folder, env });
  const apart = await loadConfig({ folder, env, apart: true });
  expect(apart).toEqual({ ...here, secrets: expect.anything() });
  expect(apart.kind === "loaded" && apart.secrets.discordToken).toBe("t");
});

test("what was made of large files is kept, and used as long as they stay the same", async () => {
  const folder = await folderOf(LARGE);
  const keptIn = join(await folderOf({}), "data", "config.kept");
  const first = await loadConfig({ folder, env: {}, keptIn });
  if (first.kind !== "loaded") throw new Error(JSON.stringify(first));
  expect(first.config.feeds).toHaveLength(400);
  const [key = "", packed = ""] = (await readFile(keptIn, "utf8")).split("\n");
  // Told apart from the files by what only it says.
  await writeFile(keptIn, `${key}\n${packed.replace("Europe/Paris", "Europe/Rome")}`);
  expect(await loadConfig({ folder, env: {}, keptIn })).toMatchObject({
    config: { timezone: "Europe/Rome" },
  });
  await writeFile(join(folder, "b.yaml"), feeds(401));
  const changed = await loadConfig({ folder, env: {}, keptIn });
  expect(changed).toMatchObject({ config: { timezone: "Europe/Paris" } });
  expect(changed.kind === "loaded" && changed.config.feeds).toHaveLength(401);
});

test.each(["", "nonsense", "nonsense\n{"])("a kept file that says %j is read over", async (content) => {
  const folder = await folderOf(LARGE);
  const keptIn = join(await folderOf({ "config.kept": content }), "config.kept");
  expect(await loadConfig({ folder, env: {}, keptIn })).toMatchObject({ kind: "loaded" });
});

test("where nothing can be kept, large files are read all the same", async () => {
  const folder = await folderOf(LARGE);
  const keptIn = join(folder, "a.yaml", "config.kept");
  expect(await loadConfig({ folder, env: {}, keptIn })).toMatchObject({ kind: "loaded" });
});

test("secrets are refused in large files too, and kept nowhere", async () => {
  const folder = await folderOf({ ...LARGE, "c.yaml": "discord_token: abcdefghijklmnop\n" });
  const keptIn = join(await folderOf({}), "config.kept");
  const refused = await loadConfig({ folder, env: {}, keptIn });
  expect(refused.kind).toBe("invalid");
  expect(JSON.stringify(refused)).not.toContain("abcdefghijklmnop");
  await expect(readFile(keptIn)).rejects.toThrow("ENOENT");
});
