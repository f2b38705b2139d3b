import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfigText } from "./judge.ts";
import { type ReadConfig, unpackConfig } from "./packed.ts";

/** The program that judges: another one may judge otherwise. */
const CODE = ["./", "../lib/"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/** What was made of just these files by just this program; null when that is not known. Never throws. */
export async function kept(file: string, texts: readonly ConfigText[]): Promise<ReadConfig | null> {
  try {
    const content = await readFile(file, "utf8");
    const end = content.indexOf("\n");
    return content.slice(0, end) === (await keyOf(texts)) ? unpackConfig(content.slice(end + 1)) : null;
  } catch {
    return null;
  }
}

/** Keeps it, whole or not at all; where that can't be written, the files are simply read again. */
export async function keep(file: string, texts: readonly ConfigText[], packed: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, `${await keyOf(texts)}\n${packed}`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch {
    // A read-only folder is no reason not to run.
  }
}

/** One hash over the files, the folder that their places are told from, and the program. */
async function keyOf(texts: readonly ConfigText[]): Promise<string> {
  const hash = createHash("sha256").update(`${resolve("")}\0`);
  for (const one of texts) hash.update(`${one.path}\0${"text" in one ? one.text : ""}\0`);
  for (const folder of CODE)
    for (const name of (await readdir(folder)).sort())
      if (name.endsWith(".ts")) hash.update(`${name}\0`).update(await readFile(folder + name));
  return hash.digest("hex");
}
