import { openRobots } from "./articles/robots.ts";
import { openExtractor } from "./articles/extract.ts";
import { accountOf, type Accounts, composers, openAccounts } from "./accounts.ts";
import { type ClicksOptions, openClicks } from "./clicks.ts";
import { escapeMarkdown } from "./destinations/discord/escape.ts";
import { openInvalidRequests } from "./destinations/discord/invalid.ts";
import type { Clock, Config, FeedConfig, Log, Secrets } from "./domain/types.ts";
import { openFeedReader } from "./feeds/reader.ts";
import { nextSlot } from "./lib/cron.ts";
import { openHubs } from "./hubs.ts";
import { openHttp } from "./lib/http.ts";
import { cardActions } from "./operator/cards.ts";
import { missingSecret } from "./operator/check.ts";
import type { Operator } from "./operator/operator.ts";
import { pageData, pageImage } from "./operator/page.ts";
import { openAttempts } from "./pipeline/attempts.ts";
import type { Context } from "./pipeline/context.ts";
import { openSchedule, type Schedule } from "./pipeline/schedule.ts";
import { withKnownRows } from "./renames.ts";
import {
  listDestinations,
  resumeDestination,
  stopDestinations,
  wakeDestinations,
} from "./store/destinations.ts";
import type { FeedPlan } from "./store/feeds.ts";
import { openHostPauses } from "./store/hosts.ts";
import { compareClocks } from "./store/clock.ts";
import { openStore, type Store } from "./store/open.ts";
import { addNotice } from "./store/polls.ts";
import { leave } from "./store/processes.ts";
import { syncConfig } from "./store/sync.ts";

export const VERSION = "0.1.0";

/** So many feeds are first polled at once; the first polls of more are spread over their interval. */
const POLLED_AT_ONCE = 5;
const SPREAD = 3_600_000;
/** Requests to platforms may end on their own for this long after the program was told to stop. */
const LAST_WORDS = 7_000;

export type AppOptions = {
  readonly config: Config;
  readonly secrets: Secrets;
  /** The SQLite file, ":memory:", or the address of a PostgreSQL database. */
  readonly store: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts what is under way; the app is then disposed of. */
  readonly signal: AbortSignal;
  /** Refuses to start beside a database whose clock differs: leases and slots are times that processes share. */
  readonly clocksMustAgree?: boolean;
  /** Replaces how the accounts of a config are opened. */
  readonly openAccounts?: typeof openAccounts;
};

export type App = AsyncDisposable & {
  readonly operator: Operator;
  /** Starts the schedule and, where the config says so, the page; resolves when both are up. */
  readonly start: (title: string) => Promise<AsyncDisposable & { readonly pageUrl: string | null }>;
  /** Swaps in a config that was read and found right. */
  readonly reload: (config: Config, secrets: Secrets) => Promise<void>;
};

/** The composition root: makes every long-lived thing once, wires them, and takes them down in reverse. */
export async function openApp(options: AppOptions): Promise<App> {
  const { clock, log, signal } = options;
  const { limits, network, timing, contact } = options.config;
  await using stack = new AsyncDisposableStack();
  const sendSignal = delayedAbort(signal, clock, stack);
  const store = stack.use(await openStore(options.store, options.secrets.storePassword));
  if (options.clocksMustAgree === true) await compareClocks(store, clock);
  const userAgent = `Bulletin/${VERSION} (+${contact ?? "no contact is configured"})`;
  const http = stack.use(
    openHttp({
      userAgent,
      limits,
      network,
      hostGap: timing.hostGap,
      clock,
      pauses: openHostPauses(store, clock),
    }),
  );
  const robots = openRobots({ http, userAgent, limits, clock });
  const extractor = stack.use(openExtractor({ limits, clock, log }));
  const reader = stack.use(openFeedReader({ limits, clock, log }));

  const invalid = openInvalidRequests(clock, (reason, rest) => {
    const minutes = Math.ceil(rest / 60_000);
    const notice = `Nothing is asked of Discord for ${minutes} minutes: ${reason}. What waits is kept. What was refused, and why: bulletin status`;
    void addNotice(store.db, clock.now(), "discord", notice).catch((error: unknown) =>
      log.error(notice, { error }),
    );
  });

  let isRunning = false;
  let current = { config: options.config, secrets: options.secrets };
  let accounts: Accounts = {
    destinations: new Map(),
    discord: null,
    load: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  // A stack of its own: accounts are still opened when the stack around it was handed on.
  const everyAccount = stack.use(new AsyncDisposableStack());
  const open = options.openAccounts ?? openAccounts;
  const reload = async (read: Config, secrets: Secrets): Promise<void> => {
    const config = await withKnownRows(read, { store, http, clock, signal });
    const opened = everyAccount.use(await open({ config, secrets, http, store, clock, invalid }));
    await syncRows(store, config, clock);
    current = { config, secrets };
    accounts = opened;
    if (isRunning) await stopWithoutSecret(store, config, opened, clock.now());
    await wakeDestinations(store, clock.now());
  };
  await reload(options.config, options.secrets);

  const tell: Context["tell"] = async (text, nonce, signal) => {
    const channel = current.config.adminChannel;
    if (channel === null || accounts.discord === null)
      return { kind: "rejected", reason: "no admin channel" };
    return await accounts.discord.tell(channel, escapeMarkdown(text), nonce, signal);
  };
  const cards: Context["cards"] = () => {
    const channel = current.config.adminChannel;
    return channel === null ? null : (accounts.discord?.board(channel) ?? null);
  };
  const destinations = () => accounts.destinations;
  const context: Context = {
    store,
    http,
    robots,
    extractor,
    reader,
    clock,
    log,
    signal,
    sendSignal,
    tell,
    cards,
    destinations,
    config: () => current.config,
    attempts: openAttempts(clock),
  };
  // Only what sends has to have the secrets: a command that looks may lack those of the program that runs.
  const ready = () => stopWithoutSecret(store, current.config, accounts, clock.now());
  const { pass, ...others } = openSchedule(context);
  const schedule: Schedule = { ...others, pass: () => ready().then(pass) };
  const adminChannel = () => {
    const channelId = current.config.adminChannel;
    return channelId === null
      ? null
      : (accounts.discord?.destination({
          id: "admin_channel",
          channelId,
          name: "admin_channel",
          messagesOnly: true,
        }) ?? null);
  };
  const wanted = () => {
    const { adminChannel: channelId, timing } = current.config;
    return channelId === null || accounts.discord === null
      ? null
      : { account: accounts.discord, channelId, firstRetry: timing.firstRetry };
  };
  const openOther: Operator["openStore"] = (location) => openStore(location, options.secrets.storePassword);
  const operator: Operator = {
    openStore: openOther,
    context,
    schedule,
    composers,
    destinations,
    adminChannel,
  };
  const owned = stack.move();
  return {
    operator,
    reload,
    start: async (title) => {
      isRunning = true;
      await ready();
      return await start(operator, title, wanted, accounts.load);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Aborts some seconds after `signal` does, unless everything was taken down before. */
function delayedAbort(signal: AbortSignal, clock: Clock, stack: AsyncDisposableStack): AbortSignal {
  const late = new AbortController();
  const over = new AbortController();
  stack.defer(() => over.abort());
  const wait = (): void => void clock.sleep(LAST_WORDS, over.signal).then(() => late.abort());
  signal.addEventListener("abort", wait, { once: true });
  return late.signal;
}

async function syncRows(
  store: Store,
  { feeds, destinations, subscriptions, timezone }: Config,
  clock: Clock,
): Promise<void> {
  const plans = feeds.map((feed, index) => planOf(feed, index, timezone, clock));
  await syncConfig(store, { plans, destinations, subscriptions }, accountOf, clock.now());
}

/** The first feeds of a config are polled at once, the first polls of many are spread over their interval. */
function planOf(feed: FeedConfig, index: number, timezone: string, clock: Clock): FeedPlan {
  const now = clock.now();
  const { schedule } = feed;
  const nextDue =
    schedule.kind === "cron" ? nextSlot(schedule.expression, timezone, now) : now + schedule.interval;
  const spread = clock.random() * Math.min(nextDue - now, SPREAD);
  return { feed, nextDue, firstDue: index < POLLED_AT_ONCE ? now : now + Math.round(spread) };
}

/** A destination that lacks its secret stands still and says so; it goes on by itself once the secret is there. */
async function stopWithoutSecret(
  store: Store,
  config: Config,
  accounts: Accounts,
  now: number,
): Promise<void> {
  for (const row of await listDestinations(store)) {
    const destination = config.destinations.find((one) => one.id === row.id);
    if (destination === undefined || destination.platform === "preview") continue;
    const { what, mend } = missingSecret(destination.platform, destination.target);
    const reason = `${what}: ${mend}`;
    if (!accounts.destinations.has(row.id) && row.state === "active")
      await stopDestinations(
        store,
        { id: row.id },
        "stopped",
        reason,
        now,
        `${row.name} stands still: ${reason}`,
      );
    if (accounts.destinations.has(row.id) && row.state === "stopped" && row.reason === reason)
      await resumeDestination(store, row.id, now);
  }
}

async function start(
  operator: Operator,
  title: string,
  wanted: ClicksOptions["wanted"],
  load: Accounts["load"],
): Promise<AsyncDisposable & { readonly pageUrl: string | null }> {
  const { config, clock, log, store } = operator.context;
  const { web } = config();
  await using stack = new AsyncDisposableStack();
  const id = `${clock.now()}-${Math.round(clock.random() * 1e9)}`;
  stack.defer(() => leave(store, id));
  stack.use(await openHubs(operator));
  // First of all it polls; what the page and the senders take to load need not be waited for.
  stack.use(operator.schedule.start(id));
  stack.use(openClicks({ store, clock, log, holder: id, actions: cardActions(operator), wanted }));
  const page = web.enabled ? stack.use(await openPage(operator, title)) : null;
  await load();
  const owned = stack.move();
  return { pageUrl: page?.url ?? null, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function openPage(
  operator: Operator,
  title: string,
): Promise<AsyncDisposable & { readonly url: string }> {
  const { config, log } = operator.context;
  const { host, port } = config().web;
  const { openWeb } = await import("./web/server.ts");
  return await openWeb({
    host,
    port,
    log,
    data: () => pageData(operator, title),
    image: (key) => pageImage(operator, key),
  });
}
