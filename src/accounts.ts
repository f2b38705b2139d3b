import type {
  Clock,
  Config,
  Destination,
  DestinationConfig,
  Secrets,
  SubscriptionConfig,
} from "./domain/types.ts";
import { composeBluesky } from "./destinations/bluesky/compose.ts";
import { composeDiscord } from "./destinations/discord/compose.ts";
import type { InvalidRequests } from "./destinations/discord/invalid.ts";
import type { DiscordAccount } from "./destinations/discord/send.ts";
import { openPreview } from "./destinations/preview/preview.ts";
import type { Http } from "./lib/http.ts";
import type { Store } from "./store/open.ts";
import { addLogin, countLogins, readSession, writeSession } from "./store/sessions.ts";

export const composers = { discord: composeDiscord, bluesky: composeBluesky } as const;

/** Destinations that share credentials, so that one dead token stops them all. */
export function accountOf(destination: DestinationConfig): string {
  switch (destination.platform) {
    case "discord":
      return "discord";
    case "bluesky":
      return `bluesky:${destination.target.toLowerCase()}`;
    case "preview":
      return destination.id;
  }
}

export type AccountOptions = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly http: Http;
  readonly store: Store;
  readonly clock: Clock;
  /** What Discord refused this process so far. */
  readonly invalid: InvalidRequests;
};

/** Everything that can be posted to, by the id of its row. What lacks its secret is left out. */
export type Accounts = AsyncDisposable & {
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly discord: DiscordAccount | null;
  /** Loads what sends need, so that no first send holds up those beside it while their deadlines run. */
  readonly load: () => Promise<void>;
};

/** Opens the accounts that the config names; a platform's library is loaded only when one of its accounts is there. */
export async function openAccounts(options: AccountOptions): Promise<Accounts> {
  const { config, secrets } = options;
  const wantsDiscord =
    config.adminChannel !== null || config.destinations.some((one) => one.platform === "discord");
  const discord =
    wantsDiscord && secrets.discordToken !== null
      ? await discordAccount(options, secrets.discordToken)
      : null;
  const wanting = Map.groupBy(config.subscriptions, ({ destinationId }) => destinationId);
  const opened = await Promise.all(
    config.destinations.map((one) => openDestination(options, discord, one, wanting.get(one.id) ?? [])),
  );
  const destinations = new Map(opened.filter((one) => one !== null).map((one) => [one.id, one]));
  return {
    destinations,
    discord,
    load: async () => {
      if (!config.destinations.some((one) => one.platform === "bluesky" && destinations.has(one.id))) return;
      const { loadClient } = await import("./destinations/bluesky/session.ts");
      await loadClient();
    },
    [Symbol.asyncDispose]: async () => {
      for (const destination of destinations.values()) await destination[Symbol.asyncDispose]();
      await discord?.[Symbol.asyncDispose]();
    },
  };
}

async function discordAccount(
  { config, clock, invalid }: AccountOptions,
  token: string,
): Promise<DiscordAccount> {
  const { openDiscord } = await import("./destinations/discord/send.ts");
  return openDiscord({
    api: config.discordApi,
    token,
    clock,
    requestMs: config.timing.request,
    invalid,
    nonceWindow: config.timing.nonceWindow,
  });
}

async function openDestination(
  options: AccountOptions,
  discord: DiscordAccount | null,
  one: DestinationConfig,
  subscriptions: readonly SubscriptionConfig[],
): Promise<Destination | null> {
  const { id, name, look, target } = one;
  switch (one.platform) {
    case "preview":
      return openPreview({ id, name, look, compose: composers[look] });
    case "discord": {
      const publish = subscriptions.some((each) => each.publish);
      const tags = subscriptions.flatMap((each) => each.tags);
      return discord?.destination({ id, channelId: target, name, publish, tags }) ?? null;
    }
    case "bluesky":
      return await blueskyDestination(options, one);
  }
}

/** An account without a password may still go on by its stored session; without either it is left out. */
async function blueskyDestination(
  { config, secrets, store, http, clock }: AccountOptions,
  one: DestinationConfig,
): Promise<Destination | null> {
  const password = secrets.blueskyPassword(one.target);
  if (password === null && (await readSession(store, one.target.toLowerCase())) === null) return null;
  const { openBluesky } = await import("./destinations/bluesky/send.ts");
  const sessions = {
    read: (account: string) => readSession(store, account),
    write: (account: string, session: Parameters<typeof writeSession>[2]) =>
      writeSession(store, account, session, clock.now()),
    logins: (account: string, since: number) => countLogins(store, account, since),
    addLogin: (account: string, at: number) => addLogin(store, account, at),
  };
  const open = openBluesky({
    account: one.target,
    service: one.service,
    directories: config.blueskyDirectories,
    password,
    fetch: http.fetch,
    sessions,
    clock,
    requestMs: config.timing.request,
    botLabel: one.botLabel,
  });
  return open({ id: one.id, name: one.name });
}
