import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "./domain/types.ts";
import { AdminError } from "./domain/errors.ts";
import { atNewsroom, type Installation, newsroomFile, SAMPLE } from "./installation.ts";
import { openStore } from "./store/open.ts";
import { ALIVE, isRunning } from "./store/processes.ts";
import { openNewsroom } from "./web/newsroom.ts";

/** Where config/sample/bulletin.yaml expects the newsroom; another port is taken when this one is not free. */
const PORT = 8085;

/**
 * Opens the sample newsroom, points the sample's config at it, and notes its address for commands that are typed
 * beside it; the sample starts afresh every time.
 */
export async function openSample(
  installation: Installation,
  clock: Clock,
): Promise<AsyncDisposable & { readonly installation: Installation }> {
  const { config, store } = installation;
  if (await runsAlready(store, clock))
    throw new AdminError(
      `The sample newsroom runs already: end it with Ctrl+C, or name another folder with --data. One that was killed counts as running for ${ALIVE / 1000} seconds.`,
    );
  await rm(dirname(store), { recursive: true, force: true });
  const options = { folder: join(SAMPLE, "newsroom"), clock };
  const newsroom = await openNewsroom({ ...options, port: PORT }).catch((error: unknown) => {
    if (error instanceof AdminError) return openNewsroom({ ...options, port: 0 });
    throw error;
  });
  const address = newsroom.url.replace(/\/$/u, "");
  await mkdir(dirname(store), { recursive: true, mode: 0o700 });
  await writeFile(newsroomFile(store), address);
  return {
    installation: { ...installation, config: atNewsroom(config, address) },
    [Symbol.asyncDispose]: () => newsroom[Symbol.asyncDispose](),
  };
}

/** Starting afresh would take the store from under a sample that runs. */
async function runsAlready(store: string, clock: Clock): Promise<boolean> {
  const isThere = await access(store).then(
    () => true,
    () => false,
  );
  if (!isThere) return false;
  try {
    await using known = await openStore(store, null);
    return await isRunning(known, clock.now());
  } catch {
    // What cannot be opened is replaced.
    return false;
  }
}
