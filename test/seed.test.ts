import { execFile } from "node:child_process";
import { existsSync, mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Preview } from "../src/operator/preview.ts";

const SEED = fileURLToPath(new URL("../../shared/seed/", import.meta.url));
const MAIN = fileURLToPath(new URL("../src/start.mjs", import.meta.url));
const LINK = "https://frontline.example/2024/12/26/japan-sends-troops-weapons-and-suicide-drones-to-russia/";
const POINTS = ["Suicide drones were mass-produced for Russia.", "Deployment of 12,000 troops to Russia."];

async function preview(file: string): Promise<Preview> {
  using data = mkdtempDisposableSync(join(tmpdir(), "bulletin-seed-"));
  const { stdout } = await promisify(execFile)(process.execPath, [
    MAIN,
    "preview",
    join(SEED, file),
    "--json",
    "--data",
    data.path,
  ]);
  return JSON.parse(stdout) as Preview;
}

test.skipIf(!existsSync(SEED))(
  "the real WordPress feed gives the two lead key points, the dek, the link, and both posts",
  async () => {
    const found = await preview("wordpress-feed.xml");
    const dek = found.description ?? "";
    expect(found).toMatchObject({
      url: LINK,
      keyPoints: POINTS,
      siteName: "Frontline News",
      categories: ["World"],
      image: null,
    });
    expect(dek).toMatch(/^North Korea aids .* tensions\.$/u);
    const [discord, bluesky] = found.posts.map((post) => post.payload as Record<string, unknown>);
    const bullets = POINTS.map((point) => `• ${point}`).join("\n");
    expect(bluesky).toMatchObject({
      text: `${dek}\n\n${bullets}`,
      langs: ["en-US"],
      tags: ["World"],
      embed: { external: { uri: LINK, title: found.title, description: "" } },
    });
    const [embed] = (discord?.["embeds"] ?? []) as { description: string }[];
    expect(embed).toMatchObject({
      title: found.title,
      url: LINK,
      author: { name: "Frontline News" },
      footer: { text: "World" },
    });
    // What Discord shows of the escaped markdown is the publisher's text.
    const shown = embed?.description.replaceAll("\\", "");
    expect(shown).toBe(`${dek}\n\n${POINTS.map((point) => `- ${point}`).join("\n")}`);
  },
);

test.skipIf(!existsSync(SEED))(
  "the real article page gives the same key points and link, and nothing of what stands around it",
  async () => {
    const found = await preview("wordpress-article.html");
    expect(found).toMatchObject({
      url: LINK,
      title: "Japan sends troops, weapons and suicide drones to Russia",
      keyPoints: POINTS,
      image: null,
    });
    expect(JSON.stringify(found)).not.toMatch(
      /gravatar|Passionate journalist|Leave a Reply|Published by|Exit mobile/u,
    );
  },
);

test.skipIf(!existsSync(SEED))(
  "its headline names a country that the article never mentions: it would be held",
  async () => {
    const { checks, held } = await preview("wordpress-feed.xml");
    const reason = expect.stringContaining("Japan") as string;
    expect(held).toEqual([{ check: "headline", reason }]);
    expect(checks).toContainEqual({ check: "headline", outcome: "held", reason });
  },
);
