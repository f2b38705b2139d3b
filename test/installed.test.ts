import { execFile } from "node:child_process";
import { mkdtempDisposableSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const source = (file: string): string => fileURLToPath(new URL(`../src/${file}`, import.meta.url));

test("the first command after `npm ci` finds the whole program compiled", async () => {
  using cache = mkdtempDisposableSync(join(tmpdir(), "bulletin-compiled-"));
  const run = async (...args: readonly string[]): Promise<string> => {
    const env = { NODE_COMPILE_CACHE: cache.path };
    return (await promisify(execFile)(process.execPath, args, { env })).stdout;
  };
  const kept = (): readonly string[] => readdirSync(cache.path, { recursive: true }).map(String);

  await run(source("installed.mjs"));
  const before = kept();
  expect(before.length).toBeGreaterThan(200);
  expect(await run(source("start.mjs"), "--version")).toMatch(/^\d+\.\d+\.\d+\n$/u);
  // The first file alone, which Node keeps only where the environment names the folder, as here.
  expect(kept().filter((file) => !before.includes(file))).toHaveLength(1);
});

test("an installation without the program's files, as a Docker layer of packages, goes through", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "bulletin-packages-"));
  const { default: manifest } = await import("../package.json", { with: { type: "json" } });
  const shell = promisify(execFile)("sh", ["-c", manifest.scripts.postinstall], { cwd: folder.path });
  await expect(shell).resolves.toMatchObject({ stderr: "" });
});
