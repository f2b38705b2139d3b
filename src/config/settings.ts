import type { CheckSettings, Config, ConfigProblem, Limits, Timing } from "../domain/types.ts";
import {
  BLUESKY_DIRECTORIES,
  CHECKS,
  DISCORD_API,
  GRACE_AFTER_REQUEST,
  LIMITS,
  TIMING,
  WEB,
  WEBSUB,
} from "./defaults.ts";
import { formatDuration } from "./durations.ts";
import type { Gathered } from "./gather.ts";
import { formatPlace, problemAt } from "./place.ts";
import type { WrittenSettings } from "./schema.ts";

const LISTS = new Set(["feeds", "destinations"]);

/** The settings of all files as one; each may be set in one file only. */
export function mergeSettings(files: readonly Gathered[]): {
  readonly settings: WrittenSettings;
  readonly problems: readonly ConfigProblem[];
} {
  const settings: Record<string, unknown> = {};
  const problems: ConfigProblem[] = [];
  const firsts = new Map<string, Gathered>();
  for (const gathered of files) {
    for (const [key, value] of Object.entries(gathered.settings.value)) {
      if (value === undefined || LISTS.has(key)) continue;
      const first = firsts.get(key);
      if (first === undefined) {
        firsts.set(key, gathered);
        settings[key] = value;
        continue;
      }
      const elsewhere = formatPlace(first.settings.placeOfKey(key));
      const what = `"${key}" is already set at ${elsewhere}`;
      problems.push(problemAt(gathered.settings.placeOfKey(key), what, "Keep one of the two."));
    }
  }
  return { settings, problems };
}

/** The parts of the config that belong to no feed and no destination. */
export function generalSettings(
  written: WrittenSettings,
): Omit<Config, "feeds" | "destinations" | "subscriptions"> {
  return {
    timezone: written.timezone ?? "UTC",
    contact: written.contact ?? null,
    adminChannel: written.admin_channel ?? null,
    store: written.store ?? null,
    blueskyDirectories: {
      plc: written.defaults?.bluesky?.plc ?? BLUESKY_DIRECTORIES.plc,
      appView: written.defaults?.bluesky?.app_view ?? BLUESKY_DIRECTORIES.appView,
    },
    discordApi: written.defaults?.discord?.api ?? DISCORD_API,
    network: { allow: written.network?.allow ?? [], ports: written.network?.ports ?? [] },
    web: {
      enabled: written.web?.enabled ?? WEB.enabled,
      host: written.web?.host ?? WEB.host,
      port: written.web?.port ?? WEB.port,
    },
    websub: written.websub
      ? {
          address: written.websub.address,
          host: written.websub.host ?? WEBSUB.host,
          port: written.websub.port ?? WEBSUB.port,
        }
      : null,
    limits: limitsOf(written.limits ?? {}),
    timing: timingOf(written),
    checks: checksOf(written.checks ?? {}),
  };
}

const checksOf = (written: NonNullable<WrittenSettings["checks"]>): CheckSettings => ({
  headline: written.headline ?? CHECKS.headline[0],
  mention: written.mention ?? CHECKS.mention[0],
  sponsored: written.sponsored ?? CHECKS.sponsored[0],
  paywall: written.paywall ?? CHECKS.paywall[0],
  foreign_domain: written.foreign_domain ?? CHECKS.foreign_domain[0],
  relative_time: written.relative_time ?? CHECKS.relative_time[0],
  age: written.age ?? CHECKS.age[0],
  future_date: written.future_date ?? CHECKS.future_date[0],
  missing_link: written.missing_link ?? CHECKS.missing_link[0],
  image: written.image ?? CHECKS.image[0],
  boilerplate: written.boilerplate ?? CHECKS.boilerplate[0],
});

function limitsOf(written: NonNullable<WrittenSettings["limits"]>): Limits {
  return {
    feedBytes: written.feed_size ?? LIMITS.feedBytes,
    pageBytes: written.page_size ?? LIMITS.pageBytes,
    imageBytes: written.image_size ?? LIMITS.imageBytes,
    imagePixels: written.image_pixels ?? LIMITS.imagePixels,
    robotsBytes: written.robots_size ?? LIMITS.robotsBytes,
    headerBytes: written.header_size ?? LIMITS.headerBytes,
    redirects: written.redirects ?? LIMITS.redirects,
    dnsMs: written.dns_time ?? LIMITS.dnsMs,
    connectMs: written.connect_time ?? LIMITS.connectMs,
    headersMs: written.headers_time ?? LIMITS.headersMs,
    feedMs: written.feed_time ?? LIMITS.feedMs,
    pageMs: written.page_time ?? LIMITS.pageMs,
    parseMs: written.parse_time ?? LIMITS.parseMs,
    entries: written.entries ?? LIMITS.entries,
    titleLength: written.title_length ?? LIMITS.titleLength,
    urlLength: written.url_length ?? LIMITS.urlLength,
    encodings: written.encodings ?? LIMITS.encodings,
  };
}

function timingOf({ timing = {}, defaults = {} }: WrittenSettings): Timing {
  const request = timing.request ?? TIMING.request;
  return {
    lease: timing.lease ?? TIMING.lease,
    request,
    grace: timing.grace ?? request + GRACE_AFTER_REQUEST,
    nonceWindow: timing.nonce_window ?? TIMING.nonceWindow,
    hostGap: timing.host_gap ?? TIMING.hostGap,
    firstRetry: timing.first_retry ?? TIMING.firstRetry,
    maxRetry: timing.max_retry ?? TIMING.maxRetry,
    expire: defaults.expire ?? TIMING.expire,
    catchUp: timing.catch_up ?? TIMING.catchUp,
    maxAge: defaults.max_age ?? TIMING.maxAge,
  };
}

/** A lease shorter than one request would never let anything be sent. */
export function timingProblems(files: readonly Gathered[], timing: Timing): readonly ConfigProblem[] {
  const owner = files.find(({ settings }) => settings.value.timing !== undefined);
  if (owner === undefined || timing.lease > timing.request) return [];
  const [lease, request] = [formatDuration(timing.lease), formatDuration(timing.request)];
  return [
    problemAt(
      owner.settings.placeOfKey("timing"),
      `lease (${lease}) is not longer than request (${request}): nothing could be sent`,
      "Make the lease longer.",
    ),
  ];
}
