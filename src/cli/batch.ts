import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AdminError } from "../domain/errors.ts";
import { keyPointsOfFile } from "../operator/preview.ts";
import type { Terminal } from "./terminal.ts";

type Line = { readonly id: string; readonly url_if_known?: string | null; readonly lang?: string | null };

/**
 * Reads lines `{"id", "url_if_known"?, "lang"?}`, takes the key points of `FOLDER/ID.html`, and prints lines
 * `{"id", "key_points"}` in the same order. Progress goes to the error stream, where somebody reads along.
 */
export async function keyPointsBatch(terminal: Terminal, pages: string, folder: string): Promise<void> {
  let n = 0;
  for await (const text of createInterface({ input: createReadStream(pages, "utf8") })) {
    n += 1;
    if (text.trim() === "") continue;
    const line = parseLine(text, `${pages}:${n}`);
    const points = await keyPointsOfFile(
      join(folder, `${line.id}.html`),
      line.url_if_known ?? null,
      line.lang ?? null,
    );
    terminal.out(`${JSON.stringify({ id: line.id, key_points: points })}\n`);
    if (terminal.interactive && n % 10 === 0) terminal.error(`\r${n} pages`);
  }
  if (terminal.interactive) terminal.error("\n");
}

function parseLine(text: string, place: string): Line {
  const value = parse(text);
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  // The id becomes a file's name, so it must not lead out of the folder.
  if (typeof id !== "string" || !/^[\w.-]{1,200}$/u.test(id) || id.startsWith("."))
    throw new AdminError(`${place}: not a line like {"id": "..."} whose id can be a file's name`);
  return value as Line;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
