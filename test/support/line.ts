import { join } from "node:path";
import { openFolder, openTestApp, type TestApp, type TestAppOptions } from "./app.ts";
import { MINUTE, openTestClock, type TestClock } from "./clock.ts";
import { type Newsroom, openNewsroom } from "./newsroom.ts";
import type { Scripted } from "./scripted.ts";
import { copyOf } from "./stores.ts";

/** The whole line: a site, a store file, a clock that can be moved, and one or more apps over them. */
export type Line = AsyncDisposable & {
  readonly site: Newsroom;
  readonly clock: TestClock;
  readonly folder: string;
  /** The app that runs now. */
  readonly app: () => TestApp;
  readonly pass: () => Promise<void>;
  /** Moves on until the feeds are due again (`every: 10 minutes`), and works. */
  readonly later: () => Promise<void>;
  /** Ends the app, lets something be done while none runs, and starts one over the same store. */
  readonly restart: (yaml?: string, meanwhile?: () => Promise<void>) => Promise<void>;
  /** Copies the store; what it gives puts the copy back, and starts an app over it. */
  readonly copy: () => Promise<() => Promise<void>>;
  /** A second process over the same store. */
  readonly second: (destinations: readonly Scripted[]) => Promise<TestApp>;
};

export type LineOptions = {
  /** The config, given the address of the site's feed. */
  readonly yaml: (feedUrl: string, siteUrl: string) => string;
  readonly destinations: readonly Scripted[];
  readonly start?: string;
  /** Lists an old story and makes the first poll, which posts nothing; true unless said. */
  readonly begun?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly tell?: TestAppOptions["tell"];
};

export async function openLine(options: LineOptions): Promise<Line> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await openFolder()).path;
  const site = stack.use(await openNewsroom());
  const clock = openTestClock(options.start);
  const { destinations, env = {}, tell } = options;
  const yaml = options.yaml(site.feedUrl, site.url);
  const open = (text: string, own = destinations) =>
    openTestApp({ folder, clock, yaml: text, destinations: own, env, ...(tell ? { tell } : {}) });
  let app = await open(yaml);
  stack.defer(() => app[Symbol.asyncDispose]());
  site.list([{ slug: "old", title: "An old story", published: clock.now() }]);
  if (options.begun !== false) await app.pass();
  const restart: Line["restart"] = async (text = yaml, meanwhile = async () => {}) => {
    await app[Symbol.asyncDispose]();
    try {
      await meanwhile();
    } finally {
      app = await open(text);
    }
  };
  const owned = stack.move();
  return {
    site,
    clock,
    folder,
    app: () => app,
    pass: () => app.pass(),
    later: async () => {
      clock.advance(11 * MINUTE);
      await app.pass();
    },
    restart,
    copy: async () => {
      let putBack = async () => {};
      await restart(yaml, async () => {
        putBack = await copyOf(folder, join(folder, "bulletin.db"));
      });
      return () => restart(yaml, putBack);
    },
    second: (own) => open(yaml, own),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
