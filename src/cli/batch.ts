import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { AdminError, reasonOf } from "../domain/errors.ts";
import { keyPointsOfFile } from "../operator/preview.ts";
import type { Terminal } from "./terminal.ts";

type Line = { readonly id: string; readonly url: string | null; readonly language: string | null };

/**
 * Reads lines `{"id", "url_if_known"?, "lang"?}`, takes the key points of `FOLDER/ID.html`, and prints lines
 * `{"id", "key_points"}` in the same order. Progress goes to the error stream, where somebody reads along. A page that
 * cannot be read has none, is told of there, and keeps none of the others from being read. Gives the exit code: 1
 * when there was such a page.
 */
export async function keyPointsBatch(terminal: Terminal, pages: string, folder: string): Promise<number> {
  await using list = await openList(pages);
  let n = 0;
  let code = 0;
  for await (const text of list.readLines({ encoding: "utf8" })) {
    n += 1;
    if (text.trim() === "") continue;
    const { id, url, language } = parseLine(text, `${pages}:${n}`);
    const points = await keyPointsOfFile(join(folder, `${id}.html`), url, language).catch(
      (error: unknown) => {
        if (!(error instanceof AdminError)) throw error;
        terminal.error(`${pages}:${n}: ${error.message}\n`);
        code = 1;
        return [];
      },
    );
    terminal.out(`${JSON.stringify({ id, key_points: points })}\n`);
    if (terminal.interactive && n % 10 === 0) terminal.error(`\r${n} pages`);
  }
  if (terminal.interactive) terminal.error("\n");
  return code;
}

async function openList(pages: string): Promise<FileHandle> {
  return await open(pages).catch((error: unknown) => {
    throw new AdminError(`${pages} cannot be read: ${reasonOf(error)}`);
  });
}

function parseLine(text: string, place: string): Line {
  const value = parse(text);
  const fields = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const { id } = fields;
  // The id becomes a file's name, so it must not lead out of the folder.
  if (typeof id !== "string" || !/^[\w.-]{1,200}$/u.test(id) || id.startsWith("."))
    throw new AdminError(`${place}: not a line like {"id": "..."} whose id can be a file's name`);
  return { id, url: textOr(fields["url_if_known"]), language: textOr(fields["lang"]) };
}

const textOr = (value: unknown): string | null => (typeof value === "string" ? value : null);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
