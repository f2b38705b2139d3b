import { isIP } from "node:net";
import { passwordVariable } from "../config/secrets.ts";
import { discoverFeed } from "../feeds/discover.ts";
import { sourceOf } from "../feeds/document.ts";
import type { CheckProblem, FeedConfig } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import { cronWarnings } from "../lib/cron.ts";
import { bare, isPublic } from "../lib/http/guard.ts";
import { discovererOf } from "../pipeline/context.ts";
import type { Operator } from "./operator.ts";

export type Checked = {
  readonly name: string;
  /** The file and line that name it, where there is one. */
  readonly place?: string;
  readonly problems: readonly CheckProblem[];
};

/** Tries each feed and each destination, one after another, and says what to do for each problem; sends nothing. */
export async function* check(operator: Operator, offline: boolean): AsyncGenerator<Checked> {
  const config = operator.context.config();
  yield { name: "schedules", problems: scheduleHints(operator) };
  if (config.contact === null)
    yield {
      name: "contact",
      problems: [
        {
          what: "no contact is set",
          mend: "write `contact: you@your.site` at the top of the config: publishers see it in the User-Agent",
          severity: "hint",
        },
      ],
    };
  if (config.websub !== null) yield { name: "websub", problems: publicHints(config.websub.address) };
  if (offline) return;
  for (const feed of config.feeds)
    yield { name: feed.name ?? feed.url, place: feed.source, problems: await checkFeed(operator, feed) };
  if (config.adminChannel !== null) {
    const problems = (await operator.adminChannel()?.check(operator.context.signal)) ?? [
      missingSecret("discord", ""),
    ];
    yield { name: "admin_channel", problems };
  }
  for (const destination of config.destinations) {
    const open = operator.destinations().get(destination.id);
    const problems = (await open?.check(operator.context.signal)) ?? [
      missingSecret(destination.platform, destination.target),
    ];
    yield { name: destination.name, place: destination.source, problems };
  }
}

/** What is missing when a destination could not be opened at all: its secret. */
export function missingSecret(platform: string, target: string): CheckProblem {
  if (platform === "discord")
    return {
      what: "DISCORD_TOKEN is not set",
      mend: "write DISCORD_TOKEN=... into .env: the bot's token from https://discord.com/developers/applications, Bot, Reset Token",
      severity: "error",
    };
  return {
    what: `no app password is set for ${target}`,
    mend: `make one at https://bsky.app/settings/app-passwords and write BLUESKY_APP_PASSWORD=... (or ${passwordVariable(target)}=...) into .env`,
    severity: "error",
  };
}

function scheduleHints(operator: Operator): readonly CheckProblem[] {
  const config = operator.context.config();
  const expressions = [
    ...config.destinations.flatMap((one) => one.at),
    ...config.feeds.flatMap((feed) => (feed.schedule.kind === "cron" ? [feed.schedule.expression] : [])),
  ];
  return expressions.flatMap((expression) =>
    cronWarnings(expression).map((what) => ({
      what: `${expression}: ${what}`,
      mend: "write two expressions when either is meant",
      severity: "hint" as const,
    })),
  );
}

/** What can be told of a public address without asking anybody. */
function publicHints(address: string): readonly CheckProblem[] {
  const { protocol, hostname } = new URL(address);
  const literal = bare(hostname);
  if (/(?:^|\.)localhost$/u.test(literal) || (isIP(literal) !== 0 && !isPublic(literal)))
    return [
      {
        what: `hubs cannot reach ${address}`,
        mend: "write the address under which the internet reaches this machine, or leave websub out",
        severity: "error",
      },
    ];
  return protocol === "https:"
    ? []
    : [
        {
          what: `hubs reach ${address} without encryption`,
          mend: "put a proxy with a certificate in front, and write https://",
          severity: "hint",
        },
      ];
}

async function checkFeed({ context }: Operator, feed: FeedConfig): Promise<readonly CheckProblem[]> {
  const { limits } = context.config();
  const problem = (what: string, mend: string): readonly CheckProblem[] => [
    { what, mend, severity: "error" },
  ];
  const response = await context.http.get({
    url: feed.url,
    maxBytes: limits.feedBytes,
    totalMs: limits.feedMs,
    priority: "feed",
    signal: context.signal,
  });
  if (response.kind === "failed")
    return problem(
      response.reason,
      /network\.(?:allow|ports)/u.test(response.reason)
        ? `if you mean it, write into the config: network: { allow: ["${new URL(feed.url).host}"] }`
        : `open ${feed.url} in a browser; is the address right, and the site up?`,
    );
  if (response.status >= 400)
    return problem(
      `the server answers ${response.status}`,
      `open ${feed.url} in a browser; the feed may have moved`,
    );
  const parsed = await context.reader.read(sourceOf(response), context.signal);
  if (parsed.kind === "feed")
    return parsed.feed.entries.length > 0
      ? []
      : [{ what: "the feed lists no entries", mend: "it is polled all the same", severity: "hint" }];
  const found = await discoverFeed(discovererOf(context), feed.url, context.signal);
  if (found.kind === "found") return [];
  const led = response.url === webUrl(feed.url)?.href ? "" : ` (it leads to ${response.url})`;
  return problem(
    `no feed was found there${led}: ${asksForPassword(response.body) ? "it asks for a password" : found.reason}`,
    "write the feed's own address, often https://SITE/feed/; it must be open to everybody",
  );
}

/** A login page in the feed's place. */
const asksForPassword = (body: Uint8Array): boolean =>
  /<input[^>]{0,300}type\s*=\s*["']?password/iu.test(new TextDecoder().decode(body));
