import { open } from "node:fs/promises";
import { AdminError, reasonOf } from "../domain/errors.ts";
import { typedAddress, webUrl } from "../lib/address.ts";

/** What a person typed where an address or a saved page may stand; a file's bytes are read at once. */
export type Meant = { readonly kind: "web"; readonly url: string } | SavedPage;
export type SavedPage = { readonly kind: "file"; readonly path: string; readonly bytes: Uint8Array };

/**
 * An address, the file of that name (of at most `maxBytes`), or, where there is none, the host of that name; else an
 * AdminError.
 */
export async function meantBy(target: string, maxBytes: number): Promise<Meant> {
  if (webUrl(target) !== null) return { kind: "web", url: target };
  const url = typedAddress(target);
  const saved = await readSaved(target, maxBytes);
  if (saved.kind === "file") return saved;
  if (url !== null && saved.kind === "missing") return { kind: "web", url };
  throw new AdminError(saved.why);
}

/** A saved page that must be there; else an AdminError. */
export async function savedPage(path: string, maxBytes: number): Promise<SavedPage> {
  const saved = await readSaved(path, maxBytes);
  if (saved.kind === "file") return saved;
  throw new AdminError(saved.why);
}

type Unread = { readonly kind: "missing" | "too large"; readonly why: string };

/** Whatever stands there: a file of gigabytes, or a device without an end, is given up after `maxBytes`. */
async function readSaved(path: string, maxBytes: number): Promise<SavedPage | Unread> {
  try {
    const bytes = await readUpTo(path, maxBytes);
    if (bytes !== null) return { kind: "file", path, bytes };
    const why = `${path} is larger than ${maxBytes / 1e6} MB, which no page is. The limit is the config's limits.page_size.`;
    return { kind: "too large", why };
  } catch (error) {
    const mend = "Give an address that starts with https://, or a saved page.";
    return { kind: "missing", why: `${path} cannot be read: ${reasonOf(error)}. ${mend}` };
  }
}

/** Null: there is more. */
async function readUpTo(path: string, maxBytes: number): Promise<Uint8Array | null> {
  await using file = await open(path);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) return null;
  }
  return Buffer.concat(chunks, length);
}
