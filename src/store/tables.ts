/** The tables as Kysely sees them; columns are camelCase here and snake_case in SQL (names.ts). */
type Flag = 0 | 1;

export type EntryState = "new" | "ready" | "held" | "skipped" | "failed";
export type DeliveryState = "pending" | "sent" | "failed" | "skipped" | "expired" | "held" | "undone";
export type RunState = "active" | "paused" | "stopped";

export type FeedRow = {
  id: string;
  urlKey: string;
  url: string;
  feedUrl: string | null;
  name: string | null;
  title: string | null;
  siteUrl: string | null;
  iconUrl: string | null;
  language: string | null;
  /** The schedule that the due time was made under, as JSON. */
  schedule: string;
  wanted: Flag;
  state: RunState;
  reason: string | null;
  etag: string | null;
  lastModified: string | null;
  dueAt: number;
  attempt: number;
  failures: number;
  updateInterval: number | null;
  skipHours: string;
  skipDays: string;
  guidReused: Flag;
  linkShared: Flag;
  movedTo: string | null;
  movedSince: number | null;
  movedPolls: number;
  firstPolledAt: number | null;
  lastGoodAt: number | null;
  freshCounts: string;
  /** How often it brings something: so many entries since then; null: it does not show. */
  rhythmSince: number | null;
  rhythmCount: number | null;
  createdAt: number;
  /** When it was last claimed; 0: never. */
  askedAt: number;
  /** When its hub last pushed it (0: never); later than `askedAt`: it has not been asked since. */
  pushedAt: number;
};

/** What a poll needs to know of its feed, unless the feed changed: most polls find that it did not. */
export type ClaimedFeed = Pick<
  FeedRow,
  | ("id" | "urlKey" | "url" | "feedUrl" | "name" | "title" | "attempt" | "failures" | "reason")
  | ("etag" | "lastModified" | "movedTo" | "movedSince" | "movedPolls")
  | ("skipHours" | "skipDays" | "updateInterval" | "rhythmSince" | "rhythmCount")
>;

/** What is subscribed to at a hub. */
export type WebsubRow = {
  /** The end of the address at which the hub reaches us. */
  token: string;
  feedId: string;
  hub: string;
  topic: string;
  secret: string;
  /** 0: it is to be ended. */
  wanted: Flag;
  /** The public address under which the hub was last asked. */
  address: string | null;
  verifiedAt: number | null;
  /** Null: the hub has not confirmed it, or has denied it. */
  leaseUntil: number | null;
  reason: string | null;
  /** How many requests in a row came to nothing. */
  failures: number;
  dueAt: number;
  attempt: number;
  createdAt: number;
};

export type PollRow = {
  feedId: string;
  at: number;
  outcome: string;
  reason: string | null;
  listed: number;
  fresh: number;
};

export type EntryRow = {
  id: string;
  feedId: string;
  title: string;
  link: string | null;
  source: string;
  publishedAt: number | null;
  firstSeenAt: number;
  listedAt: number;
  backfill: Flag;
  state: EntryState;
  reason: string | null;
  heldBy: string | null;
  released: string;
  /** What the checks came to (`CheckResult[]`), as JSON; null: none was asked yet. */
  checks: string | null;
  /** An admin posts it by hand to this one destination; null: to all that are subscribed. */
  onlyTo: string | null;
  editedTitle: string | null;
  dueAt: number;
  attempt: number;
  article: string | null;
};

export type SightingRow = {
  feedId: string;
  entryId: string;
  guid: string;
  link: string;
  textKey: string;
  title: string;
};

export type DestinationRow = {
  id: string;
  platform: string;
  name: string;
  account: string;
  wanted: Flag;
  state: RunState;
  reason: string | null;
  pausedAt: number | null;
  /** When there is next something to do; null: nothing waits. */
  dueAt: number | null;
  leaseUntil: number;
  attempt: number;
  lastKey: string | null;
  lastSentAt: number | null;
  lastCreatedAt: number;
  slotAt: number;
  createdAt: number;
  /** When a copy of the store was last restored; null: never. */
  restoredAt: number | null;
  /** Closed: what it was sent since then is still to be read back; null: open. */
  rereadFrom: number | null;
  /** Requests in a row that got no answer. */
  outages: number;
  /** When the first of them was made; null: the last one was answered. */
  outageSince: number | null;
  /** Nothing is asked before then. */
  outageUntil: number | null;
  outageReason: string | null;
  /** When its last post would have gone, had it taken every post in time; null: none was sent. */
  pacedAt: number | null;
};

export type DeliveryRow = {
  destinationId: string;
  key: string;
  entryId: string;
  state: DeliveryState;
  reason: string | null;
  createdAt: number;
  dueAt: number;
  expiresAt: number;
  /** What the checks right before its first attempt came to (`CheckResult[]`), as JSON; null: none was asked. */
  checks: string | null;
  attempt: number;
  settled: number;
  firstAttemptAt: number | null;
  lastAttemptAt: number | null;
  platform: string | null;
  payload: string | null;
  preview: string | null;
  imageMime: string | null;
  imageBytes: string | null;
  withoutImage: Flag;
  refId: string | null;
  refUrl: string | null;
  refCid: string | null;
  sentAt: number | null;
  publish: "pending" | "done" | "failed" | null;
  undo: Flag;
  /** After a restore: held as its destination could not be read back, or sent all the same as an admin said. */
  looked: "unreadable" | "by hand" | null;
  /** The key of the delivery whose post lists this one too (its own: it is that one); null: a post of its own. */
  overflow: string | null;
  /** It keeps a post of its own. */
  alone: Flag;
  /** Its post, which lists others too, is taken back: whether it stood there before; null: not looked at. */
  stood: "yes" | "no" | "unknown" | null;
};

/** One of our posts as it was read back after a restore, under one of the links that it shows. */
export type StandingRow = {
  destinationId: string;
  address: string;
  refId: string;
  refUrl: string | null;
  refCid: string | null;
  at: number;
};

export type ImageRow = {
  entryId: string;
  mime: string;
  width: number;
  height: number;
  alt: string | null;
  sourceUrl: string;
  bytes: string;
};

export type NoticeRow = {
  key: string;
  at: number;
  subject: string;
  message: string;
  dueAt: number;
  attempt: number;
  toldAt: number | null;
  /** The entry whose hold this tells of; null: it tells of something else. */
  entryId: string | null;
  /** The destination whose delivery of the entry is held; null: the entry itself is. */
  destinationId: string | null;
  /** Why it is held. */
  reason: string | null;
  /** Who settled the hold, and how; null: it waits. */
  outcome: string | null;
  /** What was done to it while it waited. */
  note: string | null;
  /** Its card was sent off, and what became of that is not known. */
  tried: Flag | null;
  /** Where its card stands; null: nowhere yet. */
  channelId: string | null;
  messageId: string | null;
};

/** Who may keep the one connection to a platform's events, and where it broke off. */
export type GatewayRow = { account: string; holder: string; leaseUntil: number; session: string | null };

export type Tables = {
  feeds: FeedRow;
  polls: PollRow;
  hosts: { host: string; pausedUntil: number; reason: string };
  entries: EntryRow;
  sightings: SightingRow;
  addresses: { address: string; entryId: string };
  images: ImageRow;
  destinations: DestinationRow;
  subscriptions: { feedId: string; destinationId: string; wanted: Flag; createdAt: number };
  deliveries: DeliveryRow;
  slots: { owner: string; slotAt: number; state: "fired" | "missed" };
  notices: NoticeRow;
  sessions: { account: string; data: string; updatedAt: number };
  logins: { account: string; at: number };
  processes: { id: string; seenAt: number };
  locks: { name: string; digest: string | null };
  gateways: GatewayRow;
  websub: WebsubRow;
  standing: StandingRow;
};
