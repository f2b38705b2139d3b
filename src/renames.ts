import { z } from "zod";
import { withDeadline } from "./destinations/bluesky/deadline.ts";
import { resolveHandle } from "./destinations/bluesky/resolve.ts";
import type { Clock, Config, DestinationConfig } from "./domain/types.ts";
import type { Http } from "./lib/http.ts";
import { listAllDestinations } from "./store/destinations.ts";
import type { Store } from "./store/open.ts";
import { readSession } from "./store/sessions.ts";

/** A start must not wait long for a look-up that only a renamed account needs. */
const PATIENCE = 5_000;
const Session = z.object({ did: z.string() });

export type RenameOptions = {
  readonly store: Store;
  readonly http: Http;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * The config with each Bluesky account under the row it always had: an account whose handle was changed keeps its
 * DID, and so its row, its order and what waits. A handle that cannot be looked up counts as a new account.
 */
export async function withKnownRows(config: Config, options: RenameOptions): Promise<Config> {
  const rows = (await listAllDestinations(options.store)).filter((row) => row.platform === "bluesky");
  const known = new Set(rows.map((row) => row.id));
  const fresh = config.destinations.filter((one) => one.platform === "bluesky" && !known.has(one.id));
  if (fresh.length === 0 || rows.length === 0) return config;
  const dids = new Map<string, string>();
  for (const row of rows) {
    const did = await knownDid(options.store, row.id.slice("bluesky:".length));
    if (did !== null) dids.set(did, row.id);
  }
  const renamed = new Map<string, string>();
  for (const one of fresh) {
    const row = dids.get((await didOf(config, one, options)) ?? "");
    if (row !== undefined && !config.destinations.some((other) => other.id === row)) renamed.set(one.id, row);
  }
  const rowOf = (id: string): string => renamed.get(id) ?? id;
  return {
    ...config,
    destinations: config.destinations.map((one) => ({ ...one, id: rowOf(one.id) })),
    subscriptions: config.subscriptions.map((one) => ({ ...one, destinationId: rowOf(one.destinationId) })),
  };
}

/** The DID that an account had when it last logged in; null when it never did. */
async function knownDid(store: Store, account: string): Promise<string | null> {
  if (account.startsWith("did:")) return account;
  const session = Session.safeParse(await readSession(store, account.toLowerCase()));
  return session.success ? session.data.did : null;
}

async function didOf(
  config: Config,
  one: DestinationConfig,
  { http, clock, signal }: RenameOptions,
): Promise<string | null> {
  if (one.target.startsWith("did:")) return one.target;
  const directories = {
    ...config.blueskyDirectories,
    appView: one.service ?? config.blueskyDirectories.appView,
  };
  const resolved = withDeadline(clock, PATIENCE, [signal], (limited) =>
    resolveHandle(one.target.toLowerCase(), http.fetch, directories, limited),
  );
  return await resolved.catch(() => null);
}
