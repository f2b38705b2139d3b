import type { CheckResult } from "../domain/types.ts";
import { ellipsize, takeGraphemes } from "../lib/text.ts";
import { commandFor, timeText } from "../operator/operator.ts";
import type { Held } from "../operator/holds.ts";
import type { FoundKeyPoints, Preview } from "../operator/preview.ts";
import type { Push } from "../operator/pushes.ts";
import type { Status } from "../operator/status.ts";
import { outageText } from "../operator/troubles.ts";
import type { Why } from "../operator/why.ts";
import { type Paint, safe, safeLines } from "./terminal.ts";

/** The texts that commands print; every function gives lines and prints nothing itself. */

export function showStatus(status: Status, timezone: string, paint: Paint): string {
  const feeds = status.feeds.flatMap((feed) => [
    `  ${mark(feed.state, paint)} ${named(feed.name, feed.url, paint)}`,
    `      last poll ${timeText(feed.lastPoll, timezone)} (${feed.lastOutcome ?? "never"}), next ${timeText(feed.nextPoll, timezone)}`,
    ...(feed.reason === null ? [] : [`      ${safe(feed.reason)}`]),
    ...(feed.push === null ? [] : [`      ${showPush(feed.push, timezone)}`]),
    ...(feed.state === "active" ? [] : [`      go on: ${safe(commandFor("resume", feed.name))}`]),
  ]);
  const destinations = status.destinations.flatMap((row) => [
    `  ${mark(row.state, paint)} ${named(row.name, row.id, paint)}`,
    `      ${counts(row.counts)}${row.inDoubt > 0 ? `, ${row.inDoubt} in doubt` : ""}`,
    ...[row.closed, row.reason, outageText(row.outage, timezone)]
      .filter((text) => text !== null)
      .map((text) => `      ${safe(text)}`),
    ...(row.waitsFor === null || row.outage !== null
      ? []
      : [`      the first that waits: ${safe(row.waitsFor)}`]),
    ...(row.state === "active" ? [] : [`      go on: ${safe(commandFor("resume", row.name))}`]),
  ]);
  const notices = status.notices.map(
    (notice) => `  ${timeText(notice.at, timezone)}  ${safe(notice.message)}`,
  );
  return [
    status.running ? "Bulletin is running." : "Bulletin is not running: start it with  npm start",
    "",
    paint("bold", "Feeds"),
    ...feeds,
    "",
    paint("bold", "Destinations"),
    ...destinations,
    "",
    paint("bold", "Entries"),
    `  ${counts(status.entries)}`,
    ...showTroubles(status, timezone, paint),
    ...(notices.length === 0 ? [] : ["", paint("bold", "Lately"), ...notices]),
  ].join("\n");
}

/** What needs a look, each with its reason, and how much more of it there is. */
function showTroubles({ troubles, destinations }: Status, timezone: string, paint: Paint): readonly string[] {
  const { listed, held, inDoubt, failed } = troubles;
  if (listed.length === 0) return [];
  const nameOf = new Map(destinations.map((row) => [row.id, row.name]));
  const lines = listed.flatMap(({ what, title, name, destinationId, reason, at }) => {
    const to = destinationId === null ? "" : ` → ${safe(nameOf.get(destinationId) ?? destinationId)}`;
    return [
      `  ${paint("yellow", what)}  ${safe(title)}${to}  ${paint("dim", timeText(at, timezone))}`,
      `      ${safe(reason) || "no reason is known"}`,
      `      ${safe(commandFor("why", name))}`,
    ];
  });
  const shown = (...kinds: readonly string[]) => listed.filter(({ what }) => kinds.includes(what)).length;
  const more = [
    [held - shown("held"), "held: bulletin held"],
    [inDoubt - shown("in doubt"), "in doubt"],
    [failed - shown("failed", "expired"), "failed or expired"],
  ] as const;
  return [
    "",
    paint("bold", "These need a look"),
    ...lines,
    ...more.filter(([n]) => n > 0).map(([n, what]) => `  and ${n} more ${what}`),
  ];
}

/** How it stands with the hub that pushes a feed. */
function showPush({ hub, until, last, reason }: Push, timezone: string): string {
  const lease = until === null ? "not pushed" : `pushed until ${timeText(until, timezone)}`;
  const facts = [`${lease} by ${safe(hub)}`, last === null ? "" : `last ${timeText(last, timezone)}`];
  return [...facts, safe(reason)].filter((fact) => fact !== "").join(", ");
}

/** A name with what it stands for, once when they are the same. */
const named = (name: string, id: string, paint: Paint): string =>
  name === id ? safe(name) : `${safe(name)}  ${paint("dim", safe(id))}`;

const mark = (state: string, paint: Paint): string =>
  state === "active" ? paint("green", "●") : `${paint("yellow", "○")} ${state}`;

const counts = (byState: Readonly<Record<string, number>>): string =>
  Object.entries(byState)
    .map(([state, n]) => `${n} ${state}`)
    .join(", ") || "nothing yet";

export function showHeld(held: readonly Held[], timezone: string, paint: Paint): string {
  if (held.length === 0) return "Nothing is held.";
  return held
    .flatMap((one) => [
      paint("bold", safe(one.title)),
      `  since ${timeText(one.since, timezone)}: ${safe(one.reason)}`,
      ...one.commands.map((command) => `  ${safe(command)}`),
      "",
    ])
    .join("\n")
    .trimEnd();
}

export function showWhy(why: Why, address: string, timezone: string, paint: Paint): string {
  return why.kind === "known" ? showKnown(why, timezone, paint) : showUnknown(why, address, timezone, paint);
}

function showKnown(why: Extract<Why, { kind: "known" }>, timezone: string, paint: Paint): string {
  const points = why.origin === null ? "no key points" : `${why.keyPoints.length} key points (${why.origin})`;
  const deliveries = why.deliveries.flatMap((row) => {
    const facts = [
      row.state + (row.inDoubt ? ", in doubt" : ""),
      row.sentAt === null ? "" : timeText(row.sentAt, timezone),
      row.url ?? "",
      row.state === "pending" ? `next look ${timeText(row.dueAt, timezone)}` : "",
      row.attempt > 1 ? `${row.attempt} attempts` : "",
      row.publish === null ? "" : `publish: ${row.publish}`,
      safe(row.reason),
    ];
    return [
      `  ${named(row.name, row.destination, paint)}: ${facts.filter((fact) => fact !== "").join(" · ")}`,
      ...(row.closed === null ? [] : [`    ${row.closed}`]),
      ...(row.post === null ? [] : ["    this was sent:", safeLines(shortened(row.post.text), "    │ ")]),
      ...row.checks.map((one) => `    ${showCheck(one)}`),
    ];
  });
  return [
    paint("bold", safe(why.title)),
    `  ${safe(why.link)}`,
    `  ${safe(why.feed)}: first seen ${timeText(why.firstSeenAt, timezone)}, dated ${timeText(why.published, timezone)}`,
    `  ${paint("bold", why.state)}${why.reason === null ? "" : `: ${safe(why.reason)}`}`,
    ...(why.source === null ? [] : [`  from the ${why.source === "page" ? "page" : "feed"}, ${points}`]),
    ...why.checks.map((one) => `  ${showCheck(one)}`),
    ...why.holds.map(
      (hold) =>
        `  was held ${timeText(hold.at, timezone)}${hold.destination === null ? "" : ` for ${hold.destination}`}: ${[
          hold.reason,
          hold.note,
          hold.outcome,
        ]
          .filter((fact) => fact !== null)
          .map(safe)
          .join("; ")}`,
    ),
    ...deliveries,
    ...(why.state === "ready" && why.deliveries.length === 0
      ? [
          why.subscribed === 0
            ? "  no destination is subscribed to its feed"
            : "  every subscription is younger than the article: bulletin post sends it all the same",
        ]
      : []),
    ...(why.mend === null ? [] : [`  next: ${safe(why.mend)}`]),
  ].join("\n");
}

/** So much of a post shows what is wrong with it; --json has all of it. */
const POST_SHOWN = 1_500;
const shortened = (text: string): string => ellipsize(takeGraphemes(text, POST_SHOWN + 1), POST_SHOWN);

const showCheck = ({ check, outcome, reason }: CheckResult): string =>
  `check ${check}: ${outcome}: ${safe(reason)}`;

function showUnknown(
  why: Extract<Why, { kind: "unknown" }>,
  address: string,
  timezone: string,
  paint: Paint,
): string {
  if (why.feeds.length === 0)
    return `${safe(address)} is unknown, and no configured feed is of its domain. Add the feed to config/bulletin.yaml.`;
  const feeds = why.feeds.flatMap((feed) => [
    `${named(feed.name, feed.url, paint)}: ${feed.state}${feed.reason === null ? "" : ` (${safe(feed.reason)})`}, next poll ${timeText(feed.nextPoll, timezone)}`,
    ...(feed.push === null ? [] : [`  ${showPush(feed.push, timezone)}`]),
    ...feed.polls.map(
      (poll) =>
        `  ${timeText(poll.at, timezone)}  ${poll.outcome}${poll.reason === null ? "" : `: ${safe(poll.reason)}`}, ${poll.fresh} new`,
    ),
    ...(feed.polls.length === 0 ? ["  not polled yet: npm start, or bulletin poll"] : []),
  ]);
  return [`${safe(address)} was never listed. What the feeds of its domain last did:`, ...feeds].join("\n");
}

export function showPreview(preview: Preview, paint: Paint): string {
  const posts = preview.posts.flatMap((post) => [
    paint("bold", `${post.platform === "bluesky" ? "Bluesky" : "Discord"}:`),
    safeLines(post.text, "  │ "),
    "",
  ]);
  const found =
    preview.origin === null
      ? "no key points: the description or the first sentences are used"
      : `${preview.keyPoints.length} key points (${preview.origin})`;
  return [
    paint("bold", safe(preview.title)),
    safe(preview.url),
    found,
    "",
    ...posts,
    ...(preview.checks.length === 0 ? [] : ["Checks, if a feed listed it now:"]),
    ...preview.checks.map((one) => `  ${showCheck(one)}`),
  ]
    .join("\n")
    .trimEnd();
}

export function showKeyPoints(found: FoundKeyPoints): string {
  const label = found.label === null ? "" : `, under “${safe(found.label)}”`;
  return [
    `${safe(found.target)}: ${found.origin ?? "none"}${label}`,
    ...found.keyPoints.map((point) => `  • ${safe(point)}`),
    ...(found.candidates === undefined ? [] : [JSON.stringify(found.candidates, null, 2)]),
  ].join("\n");
}
