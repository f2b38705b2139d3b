import type { CheckAction, CheckName, Limits, Timing } from "../domain/types.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What holds where the files say nothing. */
export const POLL_INTERVAL = 30 * MINUTE;
export const POLL_LEAST = 5 * MINUTE;
export const POLL_MOST = 6 * HOUR;
export const DISCORD_API = "https://discord.com/api";
/** Where the PDS of a handle or DID is found (https://atproto.com/specs/handle, https://web.plc.directory). */
export const BLUESKY_DIRECTORIES = {
  plc: "https://plc.directory",
  appView: "https://public.api.bsky.app",
} as const;
export const WEB = { enabled: true, host: "127.0.0.1", port: 8080 } as const;
export const WEBSUB = { host: "127.0.0.1", port: 8090 } as const;

/** How long a post waits for the article's first corrections, and the gap between two posts of one destination. */
export const PACE = {
  discord: { wait: 0, spacing: MINUTE },
  bluesky: { wait: 3 * MINUTE, spacing: 10 * MINUTE },
  preview: { wait: 0, spacing: 0 },
} as const;

/** With this many overdue posts after an outage each still goes out by itself. */
export const OVERFLOW = 3;

/** `grace` null: the request's deadline and `GRACE_AFTER_REQUEST` more. */
export const TIMING = {
  lease: 2 * MINUTE,
  request: 15 * SECOND,
  grace: null,
  nonceWindow: 60 * SECOND,
  hostGap: 2 * SECOND,
  firstRetry: 30 * SECOND,
  maxRetry: HOUR,
  expire: 72 * HOUR,
  catchUp: 6 * HOUR,
  maxAge: 24 * HOUR,
} as const satisfies Record<keyof Timing, number | null>;
export const GRACE_AFTER_REQUEST = 30 * SECOND;

/** What each check may be set to, the default first. */
export const CHECKS = {
  headline: ["hold", "skip", "note", "off"],
  mention: ["hold", "skip", "note", "off"],
  sponsored: ["note", "hold", "skip", "off"],
  paywall: ["note", "hold", "skip", "off"],
  foreign_domain: ["note", "hold", "skip", "off"],
  relative_time: ["note", "hold", "skip", "off"],
  age: ["skip", "hold", "note", "off"],
  future_date: ["wait", "hold", "note", "off"],
  missing_link: ["skip", "hold", "note"],
  image: ["omit", "hold", "off"],
  boilerplate: ["omit", "hold", "note", "off"],
} as const satisfies Readonly<Record<CheckName, readonly CheckAction[]>>;

export const LIMITS: Limits = {
  feedBytes: 5_000_000,
  pageBytes: 8_000_000,
  imageBytes: 8_000_000,
  imagePixels: 25_000_000,
  robotsBytes: 500 * 1024,
  headerBytes: 16 * 1024,
  redirects: 5,
  dnsMs: 3 * SECOND,
  connectMs: 5 * SECOND,
  headersMs: 10 * SECOND,
  feedMs: 20 * SECOND,
  pageMs: 30 * SECOND,
  parseMs: 2 * SECOND,
  entries: 1000,
  titleLength: 512,
  urlLength: 2048,
  encodings: 2,
};
