/**
 * The nouns of the house as plain readonly data. No behaviour, no imports: everything else may depend on this.
 * Times are milliseconds since the epoch (UTC), durations are milliseconds.
 */

export type Millis = number;

/** What can be stored as text and read back unchanged. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Time and chance, made once in lib/clock and handed to whoever needs them; tests pass their own. */
export type Clock = {
  /** Wall-clock time. */
  readonly now: () => Millis;
  /** A clock that only goes forward and means nothing outside this process. */
  readonly monotonic: () => Millis;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  readonly sleep: (ms: Millis, signal?: AbortSignal) => Promise<void>;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
};

export type Log = {
  readonly debug: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly info: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly warn: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly error: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
};

// ---------------------------------------------------------------- feeds

/** Both validators exactly as the server sent them (RFC 9110, 8.8); null: none known. */
export type Validators = { readonly etag: string | null; readonly lastModified: string | null };

export type FeedResponse =
  | {
      readonly kind: "fetched";
      readonly body: Uint8Array;
      readonly contentType: string | null;
      readonly url: string;
      readonly validators: Validators;
      /** How long the server says the answer stays fresh (0: it does not say), at most 24 h. */
      readonly freshness: Millis;
      /** Set when every redirect on the way was permanent (301, 308). */
      readonly permanentUrl?: string;
      /** 226: a partial list (RFC 3229); nothing missing counts as deleted. */
      readonly partial: boolean;
      /** What its `Link` headers name (RFC 8288); null: nothing. */
      readonly linked: LinkedHub;
    }
  | {
      readonly kind: "unchanged";
      readonly validators: Validators;
      readonly freshness: Millis;
      readonly permanentUrl?: string;
    }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly reason: string; readonly retryAfterMs?: Millis }
  /** Nothing was asked: the host wants to be left alone until then. */
  | { readonly kind: "paused"; readonly reason: string; readonly until: Millis };

/** The hub that pushes a feed, and the feed's own address there, as far as they are named (W3C WebSub, 3). */
export type LinkedHub = { readonly hubUrl: string | null; readonly selfUrl: string | null };

export type ImageRef = { readonly url: string; readonly alt: string | null };

/** One entry as a feed lists it. Texts are plain (entities decoded, tags removed), HTML fields are raw. */
export type ParsedEntry = {
  readonly guid: string | null;
  /** Absolute http(s) address of the article; null when the feed gives none. */
  readonly link: string | null;
  readonly title: string;
  readonly published: Millis | null;
  readonly updated: Millis | null;
  readonly author: string | null;
  readonly categories: readonly string[];
  readonly descriptionHtml: string | null;
  readonly contentHtml: string | null;
  readonly image: ImageRef | null;
  /** What the entry brings along, in the feed's order; absent: nothing. */
  readonly enclosures?: readonly Enclosure[];
  readonly language: string | null;
};

/** A file beside an entry: a picture, a podcast's sound, a film. */
export type Enclosure = {
  readonly url: string;
  /** Its MIME type as the feed says it, in lower case. */
  readonly type: string | null;
  /** In bytes, as the feed says it. */
  readonly size: number | null;
};

export type ParsedFeed = {
  readonly title: string | null;
  readonly siteUrl: string | null;
  readonly selfUrl: string | null;
  readonly hubUrl: string | null;
  readonly language: string | null;
  readonly iconUrl: string | null;
  /** The longest wait that `ttl`, `sy:updatePeriod` and `sy:updateFrequency` ask for; null: none. */
  readonly updateInterval: Millis | null;
  /** GMT hours 0 to 23 and weekdays 0 (Sunday) to 6 in which the feed must not be asked. */
  readonly skipHours: readonly number[];
  readonly skipDays: readonly number[];
  /** Where the entries before these are listed; null: the feed does not say. */
  readonly olderUrl: string | null;
  readonly entries: readonly ParsedEntry[];
  /** The document broke off or was malformed; the entries are what could be read whole. */
  readonly truncated: boolean;
};

export type ParseResult =
  | { readonly kind: "feed"; readonly feed: ParsedFeed }
  | { readonly kind: "not a feed"; readonly reason: string };

// ---------------------------------------------------------------- articles

export type KeyPointOrigin = "box" | "lead list" | "text bullets" | "question list" | "section list";

export type KeyPoints = {
  /** Verbatim, in order, white space normalised. */
  readonly points: readonly string[];
  readonly origin: KeyPointOrigin | null;
  /** The label or heading above them, when there is one. */
  readonly label: string | null;
};

/** What stands behind an entry: taken from the feed's own text or from the page. */
export type Article = {
  /** The link that is posted. */
  readonly url: string;
  /** Where its page was found at last, after redirects; null when only the feed was read. */
  readonly pageUrl: string | null;
  readonly canonicalUrl: string | null;
  readonly title: string;
  /** The publisher's description (dek); null when there is none or when it is boilerplate. */
  readonly description: string | null;
  /** The first whole sentences of the body, for articles without key points and description. */
  readonly firstSentences: string | null;
  /** The body as plain text, paragraphs divided by an empty line; bounded. */
  readonly text: string;
  readonly keyPoints: KeyPoints;
  readonly language: string | null;
  readonly image: ImageRef | null;
  /** What may take its place when it turns out to be no picture of a story; absent: nothing. */
  readonly otherImages?: readonly ImageRef[];
  readonly author: string | null;
  readonly categories: readonly string[];
  readonly siteName: string | null;
  readonly siteUrl: string | null;
  readonly siteIconUrl: string | null;
  readonly published: Millis | null;
  /** What marks it as paid for by somebody; absent or null: nothing does. */
  readonly sponsored?: string | null;
  /** What says that readers must pay for it; absent or null: nothing does. */
  readonly paywall?: string | null;
  /** AT-URIs of the records that its page names as its own (https://standard.site); absent: none. */
  readonly documents?: readonly string[];
  /** "feed": the feed carried the whole text; "page": the page was fetched; "feed only": the page could not be had. */
  readonly source: "feed" | "page" | "feed only";
};

/** An image fetched, decoded, resized and encoded again by us. */
export type Image = {
  readonly bytes: Uint8Array;
  readonly mime: "image/jpeg" | "image/png" | "image/webp";
  readonly width: number;
  readonly height: number;
  readonly alt: string | null;
  /** Where it came from; Discord shows this address itself. */
  readonly sourceUrl: string;
};

/** Title, link, key points, image, language: no platform in it. What composers read. */
export type Summary = {
  readonly title: string;
  readonly url: string;
  readonly keyPoints: readonly string[];
  /** The dek; null when there is none. */
  readonly description: string | null;
  /** Used when there are neither key points nor a description. */
  readonly firstSentences: string | null;
  readonly language: string | null;
  readonly image: Image | null;
  readonly author: string | null;
  readonly categories: readonly string[];
  readonly siteName: string | null;
  readonly siteUrl: string | null;
  readonly siteIconUrl: string | null;
  readonly published: Millis | null;
};

// ---------------------------------------------------------------- checks

/** What looks at an article before it is posted; each is a function of its own in articles/checks. */
export type CheckName =
  | "headline"
  | "mention"
  | "sponsored"
  | "paywall"
  | "foreign_domain"
  | "relative_time"
  | "age"
  | "future_date"
  | "missing_link"
  | "image"
  | "boilerplate";

/**
 * What becomes of an article (or of the part of it) that a check stops at: `hold` asks an admin, `skip` gives it up,
 * `wait` until its date, `omit` leaves the part out, `note` posts it with a row for `why`, `off` does not look.
 */
export type CheckAction = "hold" | "skip" | "wait" | "omit" | "note" | "off";

export type CheckSettings = Readonly<Record<CheckName, CheckAction>>;

/** What a check came to, kept on the row of the entry or delivery. */
export type CheckResult = {
  /** `tags`: no check of an article; those that its destination has not. */
  readonly check: CheckName | "tags";
  /** `released`: an admin had said that it may go. */
  readonly outcome: "held" | "skipped" | "waits" | "left out" | "noted" | "released" | "not checked";
  readonly reason: string;
};

// ---------------------------------------------------------------- posts

export type Platform = "discord" | "bluesky" | "preview";

/** One message, frozen: everything that will be sent, nothing left to decide. */
export type Post = {
  readonly platform: Platform;
  /** The platform's own request body, as JSON: a Discord message body, a Bluesky record. */
  readonly payload: Json;
  /** Bytes that travel beside the payload (Bluesky's thumbnail). */
  readonly image: { readonly bytes: Uint8Array; readonly mime: string } | null;
  /** The post as plain text, for terminals and logs. */
  readonly text: string;
};

/** One post in the place of several. */
export type Overflow = {
  readonly post: Post;
  /** How many of the summaries it lists, from the first: those that fit. */
  readonly listed: number;
};

/** What a template can show of an article. */
export type TemplateField = "title" | "lead" | "points" | "link" | "tags";

/** Text of the admin's own, or the first of some fields that has something to say, else a text. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "field"; readonly fields: readonly TemplateField[]; readonly otherwise: string };

/** An admin's own shape of a post, line by line. */
export type Template = readonly (readonly TemplatePart[])[];

/** What a subscription asks of the shape of its posts, and what the outbox decides for this one. */
export type PostOptions = {
  /** The delivery's key: a TID. Discord's nonce, Bluesky's record key. */
  readonly key: string;
  /** Bluesky's createdAt. */
  readonly createdAt: Millis;
  readonly style: "card" | "plain";
  /** Shapes the words of the post; absent or null: the platform's own shape. */
  readonly template?: Template | null;
  /** Role ids that the admin asked to mention (Discord). */
  readonly mentions: readonly string[];
  /** Categories that may become visible hashtags (Bluesky). */
  readonly hashtags: readonly string[];
} & Found;

/** What a platform has for a post, so that it can be composed. */
export type Found = {
  /** Records that stand for the article's page, for its card (Bluesky); absent: none. */
  readonly documents?: readonly RecordRef[];
  /** The channel is a forum, and these are the ids of the post's tags (Discord); absent: it is none. */
  readonly forum?: { readonly tags: readonly string[] };
};

/** What is looked up for a post before it is frozen. */
export type Wanted = {
  /** The article's page, and the records that it names as its own. */
  readonly url: string;
  readonly documents: readonly string[];
  /** Tags that the admin wants by name. */
  readonly tags: readonly string[];
  /** The article's own categories. */
  readonly categories: readonly string[];
};

export type LookUpResult =
  /** `notes`: what was asked for and is not there. */
  | { readonly kind: "found"; readonly found: Found; readonly notes: readonly CheckResult[] }
  | Extract<SendResult, { readonly kind: "retry" | "rejected" | "refused" }>;

/** A record in somebody's repository, in one version (com.atproto.repo.strongRef). */
export type RecordRef = { readonly uri: string; readonly cid: string };

/** Where a post stands on its platform. `id` is the message id or the at:// URI. */
export type RemoteRef = { readonly id: string; readonly url: string | null; readonly cid: string | null };

/** What a destination needs to send, or to look for, one post. */
export type FrozenDelivery = {
  readonly key: string;
  readonly post: Post;
  readonly articleUrl: string;
  /** When the first attempt began: where `find` starts to read. Null before any attempt. */
  readonly firstAttemptAt: Millis | null;
};

export type SendResult =
  | { readonly kind: "sent"; readonly ref: RemoteRef }
  /** Known not to have happened; may be sent again after `afterMs`. `outage`: nobody there could take it. */
  | {
      readonly kind: "retry";
      readonly afterMs: Millis;
      readonly reason: string;
      readonly outage?: true;
      readonly anew?: Anew;
    }
  /** Known to be refused as it is: never send it again. `gone`: it stood there, and somebody deleted it. */
  | { readonly kind: "rejected"; readonly reason: string; readonly gone?: true }
  /** Refused because of its image: compose it again without one. */
  | { readonly kind: "degrade"; readonly reason: string }
  /** The destination (missing permission, gone) or the whole account (dead token) cannot be used. */
  | {
      readonly kind: "refused";
      readonly scope: "destination" | "account";
      readonly reason: string;
      readonly anew?: Anew;
    }
  /** No answer: it may stand there, it may not. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What was frozen does not fit its destination (any more): look up and compose it again before it is sent again. */
type Anew = true;

export type FindResult =
  | { readonly kind: "found"; readonly ref: RemoteRef }
  | { readonly kind: "absent" }
  /** With `retryAfterMs`: only for now (a limit, or an outage); look again then. Without: an admin must look. */
  | Unreadable
  /** The account's token is dead. */
  | RefusedAccount;

type Unreadable = {
  readonly kind: "unreadable";
  readonly reason: string;
  readonly retryAfterMs?: Millis;
  readonly outage?: true;
};

/** One of our own posts as it stands on its platform, with every link that it shows. */
export type StandingPost = {
  readonly ref: RemoteRef;
  readonly links: readonly string[];
  readonly at: Millis;
};

export type RecentResult =
  | { readonly kind: "read"; readonly posts: readonly StandingPost[] }
  /** With `retryAfterMs`: only for now. Without: an admin must look. */
  | Unreadable
  /** The account's token is dead. */
  | RefusedAccount;

type RefusedAccount = { readonly kind: "refused"; readonly scope: "account"; readonly reason: string };

/** One problem that `check` found, with the way to mend it. */
export type CheckProblem = {
  readonly what: string;
  readonly mend: string;
  readonly severity: "error" | "hint";
};

export type Destination = AsyncDisposable & {
  /** The row's key: `discord:CHANNEL`, `bluesky:HANDLE-OR-DID`, `preview:NAME`. */
  readonly id: string;
  readonly platform: Platform;
  readonly name: string;
  /**
   * When an unanswered send may simply be sent again: `always` when the platform's key makes that harmless,
   * else for this long after the first attempt, by the process that made it.
   */
  readonly resend: "always" | { readonly withinMs: Millis };
  /** The platform takes no key for this post (a forum's): `resend` does not hold, it is always looked for first. */
  readonly isKeyless?: (post: Post) => boolean;
  /** Pure: never touches the network. Usually one post. */
  readonly compose: (summary: Summary, options: PostOptions) => readonly Post[];
  /**
   * Pure: one post that lists several articles with their links, for what could not be sent in time. Absent where there
   * is no such post: then each goes out by itself.
   */
  readonly composeOverflow?: (
    summaries: readonly Summary[],
    options: Pick<PostOptions, "key" | "createdAt">,
  ) => Overflow;
  /** Looks up what composing needs, before a post is frozen; absent where there is nothing to look up. Never rejects. */
  readonly lookUp?: (wanted: Wanted, signal: AbortSignal) => Promise<LookUpResult>;
  /**
   * Sends a post. `isOver`, asked right before it is written, tells that the lease is over, as after the process stood
   * still: another one may have sent it by then, so nothing is (a `retry`). Where sending again is harmless it need not
   * be asked.
   */
  readonly send: (
    delivery: FrozenDelivery,
    signal: AbortSignal,
    isOver?: () => boolean,
  ) => Promise<SendResult>;
  /** Reads the platform back for a delivery in doubt; `settled` holds the ids that other deliveries own. */
  readonly find: (
    delivery: FrozenDelivery,
    settled: ReadonlySet<string>,
    signal: AbortSignal,
  ) => Promise<FindResult>;
  /** All of our own posts since then, whoever's delivery they were: what a restored store does not know. */
  readonly recent: (since: Millis, signal: AbortSignal) => Promise<RecentResult>;
  /** A second, repeatable step after `send` (crosspost); absent where there is none, "needless" where it has no effect. */
  readonly publish?: (
    ref: RemoteRef,
    signal: AbortSignal,
  ) => Promise<SendResult | { readonly kind: "needless" }>;
  readonly remove: (ref: RemoteRef, signal: AbortSignal) => Promise<SendResult>;
  readonly check: (signal: AbortSignal) => Promise<readonly CheckProblem[]>;
};

// ---------------------------------------------------------------- cards

/** A hold as it is drawn where the admin works. */
export type Card = {
  /** The key of its notice: all that its buttons carry. */
  readonly id: string;
  readonly title: string;
  readonly reason: string;
  /** What was done to it while it waited. */
  readonly note: string | null;
  /** What else the admin must know to decide. */
  readonly hint: string | null;
  /** As they will look, each with the destinations that get it so. */
  readonly posts: readonly CardPost[];
  /** Its title may still be changed: nothing of it is frozen. */
  readonly editable: boolean;
  /** Who settled it, and how: its buttons are gone. Null: it waits. */
  readonly outcome: string | null;
};

export type CardPost = {
  readonly names: readonly string[];
  readonly post: Post;
  /** The picture, where the post's own payload shows none that can be drawn elsewhere. */
  readonly imageUrl: string | null;
};

/** The place where cards stand. */
export type CardBoard = {
  readonly channelId: string;
  /** A card is known by its id: within minutes, the same one twice makes one message. */
  readonly post: (card: Card, signal: AbortSignal) => Promise<SendResult>;
  /** Looks for a card with its buttons that may have been posted since. */
  readonly find: (cardId: string, since: Millis, signal: AbortSignal) => Promise<FindResult>;
  /** Draws it anew where it stands; may be repeated. */
  readonly redraw: (
    place: { readonly channelId: string; readonly messageId: string },
    card: Card,
    signal: AbortSignal,
  ) => Promise<SendResult>;
};

/** What became of a click: what it asked for was done, or why not, in the admin's words. */
export type CardAnswer = { readonly kind: "done" } | { readonly kind: "not done"; readonly why: string };

/** What the buttons of a card do. `who` is told by the card; whether he may was asked before. */
export type CardActions = {
  readonly release: (cardId: string, who: string) => Promise<CardAnswer>;
  readonly drop: (cardId: string, who: string) => Promise<CardAnswer>;
  /** The title as it is now, to be changed; or why it can not be. */
  readonly title: (
    cardId: string,
  ) => Promise<{ readonly kind: "title"; readonly title: string } | CardAnswer>;
  readonly edit: (cardId: string, title: string, who: string) => Promise<CardAnswer>;
};

// ---------------------------------------------------------------- config

export type Limits = {
  readonly feedBytes: number;
  readonly pageBytes: number;
  readonly imageBytes: number;
  readonly imagePixels: number;
  readonly robotsBytes: number;
  readonly headerBytes: number;
  readonly redirects: number;
  readonly dnsMs: Millis;
  readonly connectMs: Millis;
  readonly headersMs: Millis;
  readonly feedMs: Millis;
  readonly pageMs: Millis;
  readonly parseMs: Millis;
  readonly entries: number;
  readonly titleLength: number;
  readonly urlLength: number;
  readonly encodings: number;
};

/** Waits and leases: settings, so that tests set them small. */
export type Timing = {
  /** How long a claim belongs to the process that made it. */
  readonly lease: Millis;
  /** The deadline of one request to a platform. */
  readonly request: Millis;
  /** How long to wait before looking for a post in doubt: request deadline + 30 s. */
  readonly grace: Millis;
  /** How long the process that made the first attempt may trust a nonce. */
  readonly nonceWindow: Millis;
  /** The gap between two requests to one registrable domain. */
  readonly hostGap: Millis;
  readonly firstRetry: Millis;
  readonly maxRetry: Millis;
  /** A delivery expires this long after it could first have gone. */
  readonly expire: Millis;
  /** A slot missed while down fires if it is younger. */
  readonly catchUp: Millis;
  /** Entries older than this when first prepared are skipped. */
  readonly maxAge: Millis;
};

/**
 * `every` or `cron` written at the feed beats the feed's own hints; the admin's default interval does not, nor does the
 * feed's own rhythm, which counts where the admin says nothing.
 */
export type PollSchedule =
  | { readonly kind: "every"; readonly interval: Millis }
  | { readonly kind: "cron"; readonly expression: string }
  | { readonly kind: "default"; readonly interval: Millis }
  /** Between `least` and `most`; `interval` while the rhythm is not known. */
  | { readonly kind: "rhythm"; readonly interval: Millis; readonly least: Millis; readonly most: Millis };

/** Matches when any of the named categories (case-folded) or title words is present. */
export type Filter = {
  readonly category: readonly string[];
  readonly title: readonly string[];
  readonly author: readonly string[];
};

export type FeedConfig = {
  /** As written: a site or a feed. */
  readonly url: string;
  readonly name: string | null;
  readonly schedule: PollSchedule;
  readonly backfill: number;
  readonly only: Filter;
  readonly skip: Filter;
  readonly maxAge: Millis;
  readonly source: string;
};

export type DailyWindow = { readonly startMinute: number; readonly endMinute: number };

export type DestinationConfig = {
  /** The key of HOUSE.md: `discord:CHANNEL`, `bluesky:ACCOUNT`, `preview:NAME`. */
  readonly id: string;
  readonly platform: Platform;
  readonly name: string;
  /** The channel id, the handle or DID, or the preview's look. */
  readonly target: string;
  /** The preview draws as this platform. */
  readonly look: "discord" | "bluesky";
  readonly timezone: string;
  readonly quiet: DailyWindow | null;
  readonly spacing: Millis;
  readonly wait: Millis;
  /** Cron expressions; empty: as soon as allowed. */
  readonly at: readonly string[];
  readonly expire: Millis;
  /** When more posts than this are overdue, all but the newest two go out as one; null: never. */
  readonly overflow: number | null;
  readonly botLabel: boolean;
  /** Every post waits for an admin's word first. */
  readonly review: boolean;
  /** Discord's API or the account's PDS; null: find the PDS from the handle. */
  readonly service: string | null;
  readonly source: string;
};

export type SubscriptionConfig = {
  readonly feedUrl: string;
  readonly destinationId: string;
  readonly only: Filter;
  readonly skip: Filter;
  readonly publish: boolean;
  readonly mentions: readonly string[];
  /** Names of a forum's tags. */
  readonly tags: readonly string[];
  readonly style: "card" | "plain";
  readonly template: Template | null;
  readonly hashtags: readonly string[];
  readonly source: string;
};

export type Config = {
  readonly timezone: string;
  readonly contact: string | null;
  /** Discord channel id. */
  readonly adminChannel: string | null;
  /** A `postgres://` address without a password; null: the SQLite file in the data folder. */
  readonly store: string | null;
  readonly feeds: readonly FeedConfig[];
  readonly destinations: readonly DestinationConfig[];
  readonly subscriptions: readonly SubscriptionConfig[];
  readonly discordApi: string;
  /** Where an account's PDS is looked up when no `service` is given. */
  readonly blueskyDirectories: { readonly plc: string; readonly appView: string };
  readonly network: { readonly allow: readonly string[]; readonly ports: readonly number[] };
  readonly web: { readonly enabled: boolean; readonly host: string; readonly port: number };
  /** Where hubs reach us: the public address, and what listens behind it; null: feeds are only polled. */
  readonly websub: { readonly address: string; readonly host: string; readonly port: number } | null;
  readonly limits: Limits;
  readonly timing: Timing;
  readonly checks: CheckSettings;
};

/** Kept apart from Config, so that printing a config can never print a secret. */
export type Secrets = {
  readonly discordToken: string | null;
  /** Of the PostgreSQL user that the config's `store` names. */
  readonly storePassword: string | null;
  /** The app password of one Bluesky account (its own variable, else the common one); null: none is set. */
  readonly blueskyPassword: (account: string) => string | null;
};

/** One thing wrong in a config file: where, what, and how to mend it. */
export type ConfigProblem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly mend: string | null;
};
