import { readFile } from "node:fs/promises";
import { AdminError, reasonOf } from "../domain/errors.ts";
import { typedAddress, webUrl } from "../lib/address.ts";

/** What a person typed where an address or a saved page may stand; a file's bytes are read at once. */
export type Meant = { readonly kind: "web"; readonly url: string } | SavedPage;
export type SavedPage = { readonly kind: "file"; readonly path: string; readonly bytes: Uint8Array };

/** An address, the file of that name, or, where there is none, the host of that name; else an AdminError. */
export async function meantBy(target: string): Promise<Meant> {
  if (webUrl(target) !== null) return { kind: "web", url: target };
  const url = typedAddress(target);
  return await readSaved(target).catch((error: unknown) => {
    if (url !== null) return { kind: "web", url };
    throw error;
  });
}

export async function readSaved(path: string): Promise<SavedPage> {
  return await readFile(path).then(
    (bytes) => ({ kind: "file", path, bytes }),
    (error: unknown) => {
      throw new AdminError(
        `${path} cannot be read: ${reasonOf(error)}. Give an address that starts with https://, or a saved page.`,
      );
    },
  );
}
