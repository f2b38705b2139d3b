import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { placesOf, readInstallation } from "../../src/installation.ts";
import type { Config } from "../../src/domain/types.ts";
import { openFolder } from "../support/app.ts";

const YAML = `
timing: { first_retry: 5 seconds, max_retry: 30 seconds, host_gap: 0 }
network: { allow: ["gazette.example"] }
feeds:
  - url: https://gazette.example/feed
    every: 1 minute
    post_to:
      - { discord: "1190000000000000101", wait: 0, spacing: 0 }
      - { bluesky: gazette.example, wait: 0, spacing: 0 }
`;

/** The config of every simulated history: one feed, one destination on each platform. */
export async function readConfig(): Promise<Config> {
  await using folder = await openFolder();
  const file = join(folder.path, "bulletin.yaml");
  await writeFile(file, YAML);
  return (await readInstallation(placesOf({}, folder.path, file, folder.path), {})).config;
}
