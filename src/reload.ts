import type { App } from "./app.ts";
import { watchConfig } from "./config/watch.ts";
import { AdminError } from "./domain/errors.ts";
import type { Clock, Log } from "./domain/types.ts";
import type { Installation } from "./installation.ts";

export type WatchOptions = {
  readonly installation: Installation;
  readonly read: () => Promise<Installation>;
  readonly app: App;
  readonly clock: Clock;
  readonly log: Log;
};

/** Takes a changed config whole, or refuses it whole and says why while the old one goes on. */
export function watchInstallation({ installation, read, app, clock, log }: WatchOptions): Disposable {
  const reload = async (): Promise<void> => {
    const next = await read();
    if (next.sample) return log.warn("the config is gone: the old one is kept until the next start");
    await app.reload(next.config, next.secrets);
    log.info("took the changed config", {
      feeds: next.config.feeds.length,
      destinations: next.config.destinations.length,
    });
  };
  const refused = (error: unknown): void =>
    log.error(
      error instanceof AdminError
        ? `the changed config is wrong, the old one is kept: ${error.message}`
        : "the changed config could not be taken",
      error instanceof AdminError ? {} : { error },
    );
  return watchConfig(installation.folder, clock, installation.content, () => void reload().catch(refused));
}
