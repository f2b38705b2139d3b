import { DatabaseSync } from "node:sqlite";
import type { Millis } from "../domain/types.ts";
import { ALIVE } from "./processes.ts";

/** Whether a process runs on this file, as `isRunning` tells; a file that cannot be read is not in use by a bot. */
export function isInUse(file: string, now: Millis): boolean {
  try {
    using db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
    const alive = db.prepare("select 1 from processes where seen_at between ? and ?");
    return alive.get(now - ALIVE, now + ALIVE) !== undefined;
  } catch {
    return false;
  }
}
