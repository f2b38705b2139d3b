import { openInstallation, type Installation } from "./bot.ts";
import { BOT, startDiscord, type DiscordStandIn, type StandInOptions } from "./discord/server.ts";
import { CROSSPOSTED, PERMISSION } from "./discord/world.ts";
import { openFaultProxy, type FaultProxy, type StoredRecord, type TestAccount, type TestPds } from "./pds.ts";
import { openWordPress, type Story, type WordPress } from "./wordpress.ts";

/** The channels of the desk's Discord server. */
export const CHANNELS = {
  text: "1190000000000000101",
  announcement: "1190000000000000102",
  forum: "1190000000000000104",
  admin: "1190000000000000103",
} as const;

/** A site, a Discord server and a Bluesky account, and the bot's installation that connects them. */
export type Desk = AsyncDisposable & {
  readonly site: WordPress;
  readonly discord: DiscordStandIn;
  readonly account: TestAccount;
  /** Stands between the bot and the PDS. */
  readonly proxy: FaultProxy;
  readonly installation: Installation;
  /** Where its store lies: a file, or a database. */
  readonly store: string;
  /** The whole config, with one more line in the feed's block. */
  readonly config: (feedLine?: string) => string;
  readonly records: () => Promise<readonly StoredRecord[]>;
  /** How often each of these articles stands in each place, in the order given. */
  readonly tallies: (stories: readonly Story[]) => Promise<readonly Tally[]>;
};

export type Tally = {
  readonly text: number;
  readonly announcement: number;
  readonly crossposted: number;
  readonly forum: number;
  readonly bluesky: number;
};

/** What an article posted once gives. */
export const ONCE: Tally = { text: 1, announcement: 1, crossposted: 1, forum: 1, bluesky: 1 };
export const NOWHERE: Tally = { text: 0, announcement: 0, crossposted: 0, forum: 0, bluesky: 0 };

export const sameTally = (one: Tally, other: Tally): boolean => JSON.stringify(one) === JSON.stringify(other);

export type DeskOptions = {
  /** Keys of the config's `timing` block. */
  readonly timing: string;
  readonly discord?: StandInOptions;
  /** A database's address: as the bot knows it, and as a test reads it. Not said: a file. */
  readonly database?: { readonly bots: string; readonly ours: string };
  /** How long the site's feed takes to answer. */
  readonly feedMs?: number;
};

const HARBOUR = { id: "1190000000000000904", name: "Harbour", moderated: false };
/** What undo needs in a forum. */
const MANAGES_THREADS = { id: BOT, type: 1, allow: PERMISSION.manageThreads, deny: 0n } as const;

let desks = 0;

/** Opens all of it on loopback; the PDS may be shared, the account on it is the desk's own. */
export async function openDesk(pds: TestPds, options: DeskOptions): Promise<Desk> {
  await using stack = new AsyncDisposableStack();
  const site = stack.use(await openWordPress({ feedMs: options.feedMs ?? 0 }));
  const channels = [
    { id: CHANNELS.text },
    { id: CHANNELS.announcement, type: 5 },
    { id: CHANNELS.forum, type: 15, tags: [HARBOUR], overwrites: [MANAGES_THREADS] },
    { id: CHANNELS.admin, name: "desk" },
  ];
  const discord = stack.use(await startDiscord({ channels, ...options.discord }));
  const account = await pds.createAccount(`gazette${++desks}.test`);
  const proxy = stack.use(await openFaultProxy(pds.url));
  const places = { site, discord, account, proxy };
  const { database } = options;
  const config = (feedLine = "") =>
    (database === undefined ? "" : `store: ${database.bots}`) + yamlOf(places, options.timing, feedLine);
  const secrets = { DISCORD_TOKEN: discord.token, BLUESKY_APP_PASSWORD: account.password };
  const installation = stack.use(await openInstallation(config(), secrets));
  const records = () => pds.posts(account.did);
  const owned = stack.move();
  return {
    ...places,
    installation,
    store: database?.ours ?? installation.store,
    config,
    records,
    tallies: async (stories) => {
      const stand = await records();
      return stories.map((story) => tallyOf(discord, stand, site.link(story)));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Places = Pick<Desk, "site" | "discord" | "account" | "proxy">;

const yamlOf = ({ site, discord, account, proxy }: Places, timing: string, feedLine: string): string => `
timezone: Europe/London
contact: desk@fennmere.example
admin_channel: "${CHANNELS.admin}"
network: { allow: ["127.0.0.1"] }
web: { enabled: false }
timing: { host_gap: 0, first_retry: 200ms, ${timing} }
defaults:
  every: 1 second
  wait: 0
  spacing: 0
  overflow: off
  discord: { api: "${discord.api}" }
  bluesky: { service: "${proxy.url}" }
feeds:
  - url: ${site.url}
    name: Gazette
    every: 1 second
    ${feedLine}
    post_to:
      - discord: https://discord.com/channels/${discord.guildId}/${CHANNELS.text}
        name: newsroom
      - discord: ${CHANNELS.announcement}
        name: wire
        publish: true
      - discord: ${CHANNELS.forum}
        name: forum
        tags: [Harbour]
      - bluesky: ${account.handle}
        name: sky
`;

type Embedded = { readonly embed?: { readonly external?: { readonly uri?: string } } };

/** The address of the article that a Bluesky post's card shows. */
export const cardOf = (record: StoredRecord): string | undefined =>
  (record.value as Embedded).embed?.external?.uri;

/** The address of the article that each post of the forum shows, oldest first. */
export const forumLinks = (discord: DiscordStandIn): readonly (string | undefined)[] =>
  discord.threads(CHANNELS.forum).map(({ id }) => discord.messages(id)[0]?.embeds[0]?.url ?? undefined);

function tallyOf(discord: DiscordStandIn, records: readonly StoredRecord[], link: string): Tally {
  const about = (channel: string) =>
    discord.messages(channel).filter((message) => message.embeds[0]?.url === link);
  const announced = about(CHANNELS.announcement);
  return {
    text: about(CHANNELS.text).length,
    announcement: announced.length,
    crossposted: announced.filter((message) => (message.flags & CROSSPOSTED) !== 0).length,
    forum: forumLinks(discord).filter((shown) => shown === link).length,
    bluesky: records.filter((record) => cardOf(record) === link).length,
  };
}
