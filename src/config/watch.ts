import { createHash } from "node:crypto";
import { watch, type FSWatcher } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Clock } from "../domain/types.ts";
import { configFiles } from "./load.ts";

/** How long the folder must rest after a change: editors write in several steps. */
const SETTLE = 200;

/**
 * Calls `onChange` when the content of the folder's config files has changed; touching a file, or saving it as it
 * was, is no change. What counts as unchanged is the content that `read` is the fingerprint of, so that nothing is
 * missed that was saved between reading and watching. Throws when there is no folder.
 */
export function watchConfig(folder: string, clock: Clock, read: string, onChange: () => void): Disposable {
  const stop = new AbortController();
  let known = read;
  let looking = false;
  let again = false;
  const look = async () => {
    again = true;
    if (looking) return;
    looking = true;
    while (again) {
      again = false;
      await clock.sleep(SETTLE, stop.signal);
      if (stop.signal.aborted) return;
      const now = await fingerprint(folder);
      if (again || now === known) continue;
      known = now;
      onChange();
    }
    looking = false;
  };
  const watcher: FSWatcher = watch(folder, () => void look());
  watcher.on("error", () => watcher.close());
  void look();
  return {
    [Symbol.dispose]() {
      stop.abort();
      watcher.close();
    },
  };
}

/** One hash over the names and contents of all config files; a file that vanishes meanwhile counts as empty. */
export async function fingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await configFiles(folder).catch(() => [])) {
    const content = await readFile(file).catch(() => "");
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
