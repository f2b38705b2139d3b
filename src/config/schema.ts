import { z } from "zod";
import type { Filter } from "../domain/types.ts";
import {
  BLUESKY_DIRECTORIES,
  CHECKS,
  DISCORD_API,
  LIMITS,
  OVERFLOW,
  PACE,
  POLL_LEAST,
  POLL_MOST,
  TIMING,
} from "./defaults.ts";
import { formatDuration } from "./durations.ts";
import * as is from "./fields.ts";
import { key, neededKey } from "./fields.ts";
import { webSchema, websubSchema } from "./listeners.ts";
import { formatBytes } from "./sizes.ts";

const byPlatform = (name: "wait" | "spacing"): string =>
  (["discord", "bluesky", "preview"] as const)
    .map((platform) => `${platform}: ${formatDuration(PACE[platform][name])}`)
    .join(", ");

const filter = z.strictObject({
  category: key(is.texts, "texts", "any", "Any of these categories; capitals don't matter."),
  title: key(is.texts, "texts", "any", "Any of these words in the title."),
  author: key(is.texts, "texts", "any", "Any of these authors."),
});

const filters = {
  only: key(filter, "filter", "everything", "Take only articles that match one of these."),
  skip: key(filter, "filter", "nothing", "Leave out articles that match one of these."),
};

/** When a destination posts, and who looks first: these belong to it, however many feeds post to it. */
const pace = {
  quiet: key(is.window, "hours", "none", 'Nothing is posted in these hours, such as "23:00-07:00".'),
  wait: key(is.duration, "duration", byPlatform("wait"), "How long an article rests before it is posted."),
  spacing: key(is.duration, "duration", byPlatform("spacing"), "The least time between two posts."),
  at: key(
    is.crons,
    "schedules",
    "as soon as allowed",
    "Cron expressions: what waits is posted when one fires.",
  ),
  expire: key(
    is.duration,
    "duration",
    formatDuration(TIMING.expire),
    "A post that waited longer is given up, and says so.",
  ),
  overflow: key(is.overflow, "number or off", `${OVERFLOW}`, "With more overdue, all but two go out as one."),
  timezone: key(is.timezone, "time zone", "the file's timezone", "The zone of quiet and at."),
  review: key(is.flag, "true or false", "false", "Every post waits until an admin releases it."),
};

const api = key(is.service, "address", DISCORD_API, "Discord's API.");
const plc = key(is.service, "address", BLUESKY_DIRECTORIES.plc, "The directory that knows the PDS of a DID.");
const appView = key(
  is.service,
  "address",
  BLUESKY_DIRECTORIES.appView,
  "The service that knows the DID of a handle, and a page's standard.site records.",
);
const service = key(is.service, "address", "found from the handle", "The account's PDS.");
const botLabel = key(is.flag, "true or false", "false", "Label the Bluesky profile as a bot's.");
const shape = {
  style: key(is.style, "card or plain", "card", "A card or embed with the image, or text and link only."),
  template: key(
    is.template,
    "template",
    "the platform's own shape",
    "Your own shape of the words, with {title}, {lead}, {points}, {link} and {tags}.",
  ),
};
const publish = key(is.flag, "true or false", "false", "Publish (crosspost) in an announcement channel.");
const mention = key(is.roles, "role ids", "nobody", "Discord roles to mention with each post.");
const hashtags = key(is.texts, "texts", "none", "Categories that become visible hashtags on Bluesky.");

const destinationOptions = {
  ...pace,
  api,
  service,
  bot_label: botLabel,
};

const tags = key(
  is.tags,
  "texts",
  "none",
  "Tags of each post in a Discord forum, by name, at most 5; categories of that name are added.",
);

const subscriptionOptions = { ...filters, ...shape, publish, mention, tags, hashtags };

const targets = {
  discord: key(is.channel, "channel", "", 'A Discord channel: the link that "Copy Link" gives, or its id.'),
  bluesky: key(is.account, "account", "", "A Bluesky account: its handle or DID."),
  preview: key(
    is.look,
    "discord or bluesky",
    "",
    "Drawn on the page and in the terminal only, with this look.",
  ),
  name: key(is.text, "text", "discord:ID, bluesky:HANDLE", "What commands and pages call this destination."),
};

/** One item of `destinations`. */
export const destinationSchema = z.strictObject({ ...targets, ...destinationOptions, ...shape });

/** One item of a feed's `post_to`, when it is not just a destination's name. */
export const postToSchema = z.strictObject({
  destination: key(is.text, "text", "", "The name of a destination that is defined elsewhere."),
  ...targets,
  ...destinationOptions,
  ...subscriptionOptions,
});

const feedShape = {
  url: neededKey(is.webAddress, "address", "The site or its feed."),
  name: key(is.text, "text", "the feed's title", "What commands and pages call this feed."),
  every: key(is.interval, "duration", "defaults.every", "How often to ask the feed; beats its own hints."),
  cron: key(is.cron, "schedule", "", "When to ask the feed, instead of every."),
  backfill: key(is.count(0, 1000), "number", "0", "How many articles of the first poll to post."),
  max_age: key(is.duration, "duration", "defaults.max_age", "Articles older than this are not posted."),
  ...filters,
};

/** One item of `feeds`; its `post_to` is judged item by item. */
export const feedSchema = z.strictObject({
  ...feedShape,
  post_to: neededKey(z.array(z.unknown()).min(1), "list", "Where its articles go."),
});

const defaultsSchema = z.strictObject({
  every: key(is.interval, "duration", "the feed's own rhythm", "How often feeds are asked."),
  max_age: key(
    is.duration,
    "duration",
    formatDuration(TIMING.maxAge),
    "Articles older than this are not posted.",
  ),
  ...shape,
  ...pace,
  discord: key(
    z.strictObject({ api, ...pace, ...shape, publish, mention }),
    "block",
    "",
    "For every Discord channel; beats the defaults above.",
  ),
  bluesky: key(
    z.strictObject({ service, plc, app_view: appView, bot_label: botLabel, ...pace, ...shape, hashtags }),
    "block",
    "",
    "For every Bluesky account; beats the defaults above.",
  ),
});

const networkSchema = z.strictObject({
  allow: key(is.allowed, "hosts", "none", "Private hosts and ranges that may be asked all the same."),
  ports: key(is.ports, "numbers", "none", "Ports that may be asked besides 80 and 443."),
});

const size = (bytes: number, what: string) => key(is.bytes, "size", formatBytes(bytes), what);
const time = (duration: number, what: string) => key(is.duration, "duration", formatDuration(duration), what);
const most = (number: number, ceiling: number, what: string) =>
  key(is.count(0, ceiling), "number", String(number), what);

const limitsSchema = z.strictObject({
  feed_size: size(LIMITS.feedBytes, "The largest feed, unpacked."),
  page_size: size(LIMITS.pageBytes, "The largest article page, unpacked."),
  image_size: size(LIMITS.imageBytes, "The largest image file."),
  image_pixels: key(
    is.pixels,
    "megapixels",
    `${LIMITS.imagePixels / 1e6} MP`,
    "The largest image, in pixels.",
  ),
  robots_size: size(LIMITS.robotsBytes, "How much of a robots.txt is read."),
  header_size: size(LIMITS.headerBytes, "The largest answer's headers."),
  redirects: most(LIMITS.redirects, 20, "Redirects followed."),
  dns_time: time(LIMITS.dnsMs, "To look up a name."),
  connect_time: time(LIMITS.connectMs, "To connect."),
  headers_time: time(LIMITS.headersMs, "Until the headers are there."),
  feed_time: time(LIMITS.feedMs, "For a whole feed."),
  page_time: time(LIMITS.pageMs, "For a whole page."),
  parse_time: time(LIMITS.parseMs, "To read a page."),
  entries: most(LIMITS.entries, 100_000, "Entries read of one feed."),
  title_length: most(LIMITS.titleLength, 10_000, "Characters of a title."),
  url_length: most(LIMITS.urlLength, 100_000, "Characters of an address."),
  encodings: most(LIMITS.encodings, 10, "Content encodings, one upon the other."),
});

const timingSchema = z.strictObject({
  lease: time(TIMING.lease, "How long a process keeps what it works on; more than request."),
  request: time(TIMING.request, "The deadline of one request to a platform."),
  grace: key(
    is.duration,
    "duration",
    "request and 30 seconds",
    "How long to wait before looking for a post in doubt.",
  ),
  nonce_window: time(TIMING.nonceWindow, "How long Discord is trusted to know a repeated post."),
  host_gap: time(TIMING.hostGap, "Between two requests to one site."),
  first_retry: time(TIMING.firstRetry, "Before the first new attempt; it doubles from there."),
  max_retry: time(TIMING.maxRetry, "The longest wait between two attempts."),
  catch_up: time(TIMING.catchUp, "A slot missed while down still fires if it is younger."),
  poll_least: key(
    is.interval,
    "duration",
    formatDuration(POLL_LEAST),
    "The shortest wait of a feed that is asked in its own rhythm.",
  ),
  poll_most: key(
    is.interval,
    "duration",
    formatDuration(POLL_MOST),
    "The longest wait of a feed that is asked in its own rhythm.",
  ),
});

const check = <N extends keyof typeof CHECKS>(name: N, what: string) => {
  const actions: (typeof CHECKS)[N] = CHECKS[name];
  const type = `${actions.slice(0, -1).join(", ")} or ${actions.at(-1)}`;
  return key(z.enum<(typeof CHECKS)[N]>(actions), type, actions[0], what);
};

const checksSchema = z.strictObject({
  headline: check("headline", "The headline does not fit the text."),
  mention: check("mention", "The post would mention somebody by accident."),
  sponsored: check("sponsored", "Somebody paid for the article."),
  paywall: check("paywall", "Readers must pay for the article."),
  foreign_domain: check("foreign_domain", "The link leads to another domain than the site's."),
  relative_time: check("relative_time", "The post says today, and waited over midnight."),
  age: check("age", "The article is older than max_age."),
  future_date: check("future_date", "The article's date has not come yet."),
  missing_link: check("missing_link", "The feed gives no link."),
  image: check("image", "The picture is a logo or an emoji, too small, or cannot be read."),
  boilerplate: check("boilerplate", "A key point is a line of the site's theme."),
});

const settingsShape = {
  timezone: key(is.timezone, "time zone", "UTC", "For schedules and quiet hours."),
  contact: key(is.contact, "e-mail or address", "none", "Sent to sites in the User-Agent."),
  admin_channel: key(is.channel, "channel", "none", "The Discord channel that hears of holds and failures."),
  store: key(
    is.store,
    "address",
    "SQLite, in --data",
    'PostgreSQL for many machines: "postgres://USER@HOST/DATABASE"; password: STORE_PASSWORD.',
  ),
  defaults: key(defaultsSchema, "block", "", "What repeats."),
  checks: key(checksSchema, "block", "", "What becomes of an article that a check stops at."),
  network: key(networkSchema, "block", "", "What the address guard lets through."),
  limits: key(limitsSchema, "block", "", "What is read of foreign data at most."),
  timing: key(timingSchema, "block", "", "Waits and deadlines; the defaults are right for a newsroom."),
  web: key(webSchema, "block", "", "The page with status and previews."),
  websub: key(websubSchema, "block", "", "Lets hubs push: news is read at once, not at the next poll."),
};

/** A whole file but for its lists, whose items are judged one by one, so that one mistake hides no other. */
export const settingsSchema = z.strictObject({
  ...settingsShape,
  feeds: z.array(z.unknown()).optional(),
  destinations: z.array(z.unknown()).optional(),
});

const wholeFeed = feedSchema.extend({
  post_to: neededKey(z.array(z.union([is.text, postToSchema])).min(1), "list", "Where its articles go."),
});

/** A whole file, for editors and for the reference. */
export const fileSchema = z.strictObject({
  ...settingsShape,
  feeds: key(z.array(wholeFeed), "list", "", "What to read, and where it goes."),
  destinations: key(
    z.array(destinationSchema),
    "list",
    "",
    "Destinations that several feeds share, by name.",
  ),
});

export type WrittenSettings = z.output<typeof settingsSchema>;
/** What could be read of a feed: with a problem in the file, anything may be missing. */
export type WrittenFeed = Partial<z.output<typeof feedSchema>>;
export type WrittenDestination = z.output<typeof destinationSchema>;
export type WrittenPostTo = z.output<typeof postToSchema>;
export type WrittenFilter = z.output<typeof filter>;

/** The domain's filter from the written one. */
export const toFilter = (written: WrittenFilter | undefined): Filter => ({
  category: written?.category ?? [],
  title: written?.title ?? [],
  author: written?.author ?? [],
});
