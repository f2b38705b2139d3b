import { openHubs } from "../../src/hubs.ts";
import { type Days, type DaysOptions, openDays } from "../manners/days.ts";
import type { Asked } from "../manners/site.ts";
import { openTestClock } from "./clock.ts";
import { type FrontDoor, openFrontDoor } from "./front-door.ts";
import { type Hub, openHub } from "./hub.ts";

/** The whole app behind a public address, a site, and a hub that its feed may name. */
export type Pushed = AsyncDisposable &
  Days & {
    readonly hub: Hub;
    readonly door: FrontDoor;
    /** The feed's address at the hub. */
    readonly topic: string;
    /** The requests for the feed so far. */
    readonly polls: () => readonly Asked[];
    /** What is due is done, and the hub has called back. */
    readonly pass: () => Promise<void>;
  };

export type PushedOptions = Omit<DaysOptions, "yaml"> & {
  /** The config's feeds, given the site's address. */
  readonly feeds: (siteUrl: string) => string;
};

export async function openPushed(options: PushedOptions): Promise<Pushed> {
  await using stack = new AsyncDisposableStack();
  const clock = options.clock ?? openTestClock();
  const hub = stack.use(await openHub(clock));
  const door = stack.use(await openFrontDoor());
  // Where it listens is not where the world reaches it: a proxy stands between.
  const yaml = (site: string): string =>
    `websub: { address: "${door.url}/hooks", port: 0 }\n${options.feeds(site)}`;
  const days = stack.use(await openDays({ ...options, clock, yaml }));
  const listening = { now: new AsyncDisposableStack() };
  stack.defer(() => listening.now.disposeAsync());
  const listen = async (): Promise<void> => {
    const hubs = listening.now.use(await openHubs(days.app().operator));
    door.leadTo(...(hubs === null ? [] : [hubs.url]));
  };
  await listen();
  const owned = stack.move();
  return {
    ...days,
    hub,
    door,
    topic: `${days.site.url}/feed`,
    polls: () => days.site.to("/feed"),
    pass: async () => {
      await days.app().pass();
      await hub.settled();
    },
    restart: async (down) => {
      await listening.now.disposeAsync();
      listening.now = new AsyncDisposableStack();
      await days.restart(down);
      await listen();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
