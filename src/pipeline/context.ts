import type {
  Article,
  CardBoard,
  CheckProblem,
  Clock,
  Config,
  Destination,
  DestinationConfig,
  FeedConfig,
  Log,
  ParsedEntry,
  SendResult,
  SubscriptionConfig,
} from "../domain/types.ts";
import type { Http } from "../lib/http.ts";
import { addressKey } from "../lib/address.ts";
import type { Robots } from "../articles/robots.ts";
import type { Extractor } from "../articles/extract.ts";
import type { Discoverer } from "../feeds/discover.ts";
import type { FeedReader } from "../feeds/reader.ts";
import type { Store } from "../store/open.ts";
import type { Attempts } from "./attempts.ts";

/** What every stage works with, made once by `app`. Config and destinations are read anew: they may be swapped. */
export type Context = {
  readonly store: Store;
  readonly http: Http;
  readonly robots: Robots;
  readonly extractor: Extractor;
  readonly reader: FeedReader;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: () => Config;
  readonly destinations: () => ReadonlyMap<string, Destination>;
  /** Tells the admin where he works (Discord's admin channel); null when none is configured. */
  readonly tell: ((text: string, nonce: string, signal: AbortSignal) => Promise<SendResult>) | null;
  /** Where holds are shown as cards; null when there is no admin channel. */
  readonly cards: () => CardBoard | null;
  /** What only the process that made an attempt can measure: a nonce is trusted by nobody else. */
  readonly attempts: Attempts;
  /** The program ends: begin nothing new. */
  readonly signal: AbortSignal;
  /** The program cannot wait any longer: give up requests to platforms. Some seconds after `signal`. */
  readonly sendSignal: AbortSignal;
};

export type { Article, CheckProblem, ParsedEntry };

/** The config of a feed's row; null when it is no longer configured. */
export const feedConfigOf = (config: Config, urlKey: string): FeedConfig | null => {
  const known = feedsByKey.get(config) ?? new Map(config.feeds.map((feed) => [addressKey(feed.url), feed]));
  feedsByKey.set(config, known);
  return known.get(urlKey) ?? null;
};

/** A config is never changed, only replaced. */
const feedsByKey = new WeakMap<Config, ReadonlyMap<string, FeedConfig>>();

/** Who wants a feed's articles, and how. */
export const subscriptionsOf = (config: Config, urlKey: string): readonly SubscriptionConfig[] => {
  const url = feedConfigOf(config, urlKey)?.url;
  const known = subscriptionsByFeed.get(config) ?? Map.groupBy(config.subscriptions, (one) => one.feedUrl);
  subscriptionsByFeed.set(config, known);
  return url === undefined ? [] : (known.get(url) ?? []);
};

const subscriptionsByFeed = new WeakMap<Config, ReadonlyMap<string, readonly SubscriptionConfig[]>>();

export const destinationConfigOf = (config: Config, id: string): DestinationConfig | null =>
  config.destinations.find((destination) => destination.id === id) ?? null;

/** What looking for a site's feed takes. */
export const discovererOf = ({ http, reader, config }: Context): Discoverer => ({
  http,
  reader,
  limits: config().limits,
});
