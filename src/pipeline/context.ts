import type {
  Article,
  CheckProblem,
  Clock,
  Config,
  Destination,
  DestinationConfig,
  FeedConfig,
  Log,
  Millis,
  ParsedEntry,
  SendResult,
} from "../domain/types.ts";
import type { Http } from "../lib/http.ts";
import { addressKey } from "../lib/address.ts";
import type { Robots } from "../articles/robots.ts";
import type { Extractor } from "../articles/extract.ts";
import type { Store } from "../store/open.ts";

/** What every stage works with, made once by `app`. Config and destinations are read anew: they may be swapped. */
export type Context = {
  readonly store: Store;
  readonly http: Http;
  readonly robots: Robots;
  readonly extractor: Extractor;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: () => Config;
  readonly destinations: () => ReadonlyMap<string, Destination>;
  /** Tells the admin where he works (Discord's admin channel); null when none is configured. */
  readonly tell: ((text: string, nonce: string, signal: AbortSignal) => Promise<SendResult>) | null;
  /**
   * When this process made the first attempt of a delivery, on its monotonic clock: a nonce is trusted only by the
   * process that can measure how old it is.
   */
  readonly firstAttempts: Map<string, Millis>;
  /** The program ends: begin nothing new. */
  readonly signal: AbortSignal;
  /** The program cannot wait any longer: give up requests to platforms. Some seconds after `signal`. */
  readonly sendSignal: AbortSignal;
};

export type { Article, CheckProblem, ParsedEntry };

/** The config of a feed's row; null when it is no longer configured. */
export const feedConfigOf = (config: Config, urlKey: string): FeedConfig | null =>
  config.feeds.find((feed) => addressKey(feed.url) === urlKey) ?? null;

export const destinationConfigOf = (config: Config, id: string): DestinationConfig | null =>
  config.destinations.find((destination) => destination.id === id) ?? null;
