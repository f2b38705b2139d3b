import type { Millis } from "../../src/domain/types.ts";
import type { Store } from "../../src/store/open.ts";
import { openFolder, openTestApp, type TestApp } from "../support/app.ts";
import { openTestClock, type TestClock } from "../support/clock.ts";
import { type Scripted, scripted } from "../support/scripted.ts";
import { openSite, type Site } from "./site.ts";

/** Virtual days: a site, and the whole app over a real store file, with a clock that jumps to what is due next. */
export type Days = AsyncDisposable & {
  readonly site: Site;
  readonly clock: TestClock;
  readonly channel: Scripted;
  readonly app: () => TestApp;
  /** Lets the app live for so long. */
  readonly run: (duration: Millis) => Promise<void>;
  /** Ends the app and starts it again, after `down`. */
  readonly restart: (down?: Millis) => Promise<void>;
  /** A second process over the same store. */
  readonly beside: () => Promise<TestApp>;
};

export type DaysOptions = {
  /** The config without `network`, given the site's address. */
  readonly yaml: (siteUrl: string) => string;
  readonly clock?: TestClock;
  /** What `network.allow` names; the site itself unless said. */
  readonly allow?: string;
  /** More destinations than the one channel. */
  readonly others?: readonly Scripted[];
};

/** Opens the site without naming it: it is treated like any publisher's, with turns and the least gap. */
export const RANGE = "127.0.0.0/8";

/** The config of one feed with the default schedule, or with another. */
export const oneFeed =
  (path = "/feed", more = "") =>
  (site: string): string =>
    feeds([path], more)(site);

/** The config of several feeds on one site, all to one channel. */
export const feeds =
  (paths: readonly string[], more = "") =>
  (site: string): string =>
    `feeds:\n${paths.map((path) => `  - { url: "${site}${path}", ${more === "" ? "" : `${more}, `}post_to: [{ discord: 1, spacing: 0 }] }\n`).join("")}`;

export async function openDays(options: DaysOptions): Promise<Days> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await openFolder()).path;
  const clock = options.clock ?? openTestClock();
  const site = stack.use(await openSite(clock));
  const channel = scripted("discord:1");
  const yaml = options.yaml(site.url);
  const allow = options.allow === undefined ? {} : { allow: options.allow };
  const open = () =>
    openTestApp({ folder, clock, yaml, destinations: [channel, ...(options.others ?? [])], ...allow });
  let app = await open();
  stack.defer(() => app[Symbol.asyncDispose]());
  const owned = stack.move();
  return {
    site,
    clock,
    channel,
    app: () => app,
    run: (duration) => live(app, clock, clock.now() + duration),
    restart: async (down = 0) => {
      await app[Symbol.asyncDispose]();
      clock.advance(down);
      app = await open();
    },
    beside: open,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** From one due time to the next, with a look in the middle of each gap: nothing must happen there. */
async function live(app: TestApp, clock: TestClock, end: Millis): Promise<void> {
  for (;;) {
    await app.pass();
    const now = clock.now();
    const next = Math.min(end, Math.max(now + 1, await nextDue(app.store)));
    if (now >= end) return;
    clock.advance((next - now) / 2);
    await app.pass();
    clock.advance(Math.max(0, next - clock.now()));
  }
}

async function nextDue({ db }: Store): Promise<Millis> {
  const feed = await db
    .selectFrom("feeds")
    .select("dueAt")
    .where("state", "=", "active")
    .where("wanted", "=", 1)
    .orderBy("dueAt")
    .limit(1)
    .executeTakeFirst();
  const entry = await db
    .selectFrom("entries")
    .select("dueAt")
    .where("state", "=", "new")
    .orderBy("dueAt")
    .limit(1)
    .executeTakeFirst();
  const topic = await db.selectFrom("websub").select("dueAt").orderBy("dueAt").limit(1).executeTakeFirst();
  return Math.min(feed?.dueAt ?? Infinity, entry?.dueAt ?? Infinity, topic?.dueAt ?? Infinity);
}
