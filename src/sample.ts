import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "./domain/types.ts";
import { AdminError } from "./domain/errors.ts";
import { type Installation, SAMPLE } from "./installation.ts";
import { openNewsroom } from "./web/newsroom.ts";

/** Where config/sample/bulletin.yaml expects the newsroom; another port is taken when this one is not free. */
const PORT = 8085;

/** Opens the sample newsroom and points the sample's config at it; the sample starts afresh every time. */
export async function openSample(
  installation: Installation,
  clock: Clock,
): Promise<AsyncDisposable & { readonly installation: Installation }> {
  await rm(dirname(installation.store), { recursive: true, force: true });
  const options = { folder: join(SAMPLE, "newsroom"), clock };
  const newsroom = await openNewsroom({ ...options, port: PORT }).catch((error: unknown) => {
    if (error instanceof AdminError) return openNewsroom({ ...options, port: 0 });
    throw error;
  });
  const here = (url: string) => (url === `http://127.0.0.1:${PORT}` ? newsroom.url.replace(/\/$/u, "") : url);
  const { config } = installation;
  const moved = {
    ...config,
    feeds: config.feeds.map((feed) => ({ ...feed, url: here(feed.url) })),
    subscriptions: config.subscriptions.map((subscription) => ({
      ...subscription,
      feedUrl: here(subscription.feedUrl),
    })),
  };
  return {
    installation: { ...installation, config: moved },
    [Symbol.asyncDispose]: () => newsroom[Symbol.asyncDispose](),
  };
}
