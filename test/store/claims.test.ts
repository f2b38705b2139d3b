import { join } from "node:path";
import { expect, test } from "vitest";
import { claimFeeds, type FeedPlan, listFeeds, syncFeeds } from "../../src/store/feeds.ts";
import { claimNotices, listNotices } from "../../src/store/notices.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { addNotice, settlePoll } from "../../src/store/polls.ts";
import { settleSlot } from "../../src/store/slots.ts";
import { transact } from "../../src/store/transaction.ts";
import { openFolder } from "../support/app.ts";
import { storeAt } from "../support/stores.ts";

const NOW = 1_780_000_000_000;
const LEASE = 60_000;
const FEEDS = 40;

const plans = Array.from({ length: FEEDS }, (_, n): FeedPlan => {
  const none = { category: [], title: [], author: [] };
  const schedule = { kind: "every", interval: 600_000 } as const;
  const feed = {
    source: "config/bulletin.yaml:1",
    url: `https://quay.example/${n}`,
    name: null,
    schedule,
    backfill: 0,
    maxAge: 0,
    only: none,
    skip: none,
  };
  return { feed, firstDue: NOW, nextDue: NOW };
});

/** Several processes' stores over one database; on SQLite one store, asked for many things at once. */
async function openStores(): Promise<AsyncDisposable & { readonly stores: readonly Store[] }> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await openFolder());
  const location = await storeAt(folder.path, join(folder.path, "store.db"));
  const first = stack.use(await openStore(location));
  const others =
    first.engine === "sqlite" ? [first, first] : [await openStore(location), await openStore(location)];
  if (first.engine === "postgres") others.forEach((store) => stack.use(store));
  const owned = stack.move();
  return { stores: [first, ...others], [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What all of them give when they do the same at once. */
const allAtOnce = async <T>(
  stores: readonly Store[],
  work: (store: Store) => Promise<T>,
): Promise<readonly T[]> => await Promise.all(stores.map(work));

test("processes that start at once add each feed once, and claim each once", async () => {
  await using opened = await openStores();
  const { stores } = opened;
  await allAtOnce(stores, (store) => syncFeeds(store, plans, NOW));
  const [rows = []] = await allAtOnce(stores, listFeeds);
  expect(new Set(rows.map(({ urlKey }) => urlKey)).size).toBe(FEEDS);
  expect(rows).toHaveLength(FEEDS);
  const claimed: string[] = [];
  for (let more = true; more;) {
    const got = await allAtOnce(stores, (store) => claimFeeds(store, NOW, LEASE, 7));
    claimed.push(...got.flat().map(({ id }) => id));
    more = got.some((some) => some.length > 0);
  }
  expect(claimed.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
});

test("who lost his lease writes nothing", async () => {
  await using opened = await openStores();
  const [one, other] = opened.stores as readonly [Store, Store];
  await syncFeeds(one, plans.slice(0, 1), NOW);
  const [slow] = await claimFeeds(one, NOW, LEASE, 1);
  const [quick] = await claimFeeds(other, NOW + LEASE, LEASE, 1);
  if (slow === undefined || quick === undefined) throw new Error("nothing was claimed");
  const poll = { outcome: "fetched", reason: null, fresh: [], listed: [], notice: null };
  expect(await settlePoll(one, slow, NOW, { ...poll, feed: { dueAt: 1, title: "slow" } })).toBe(false);
  expect(await settlePoll(other, quick, NOW, { ...poll, feed: { dueAt: 2, title: "quick" } })).toBe(true);
  expect(await listFeeds(one)).toMatchObject([{ dueAt: 2, title: "quick" }]);
});

test("a slot fires once, whoever asks first", async () => {
  await using opened = await openStores();
  const fired = await allAtOnce(opened.stores, (store) => settleSlot(store, "discord:1", NOW, "fired"));
  expect(fired.filter(Boolean)).toHaveLength(1);
});

test("notices that are written at once all stand, and each is told by one process", async () => {
  await using opened = await openStores();
  const { stores } = opened;
  const write = (store: Store, n: number) =>
    transact(store.db, (tx) => addNotice(tx, NOW, "quay", `notice ${n}`));
  await Promise.all(Array.from({ length: 60 }, (_, n) => write(stores[n % stores.length] as Store, n)));
  expect(await listNotices(stores[0] as Store, 100)).toHaveLength(60);
  const told = (await allAtOnce(stores, (store) => claimNotices(store, NOW, LEASE, 20))).flat();
  expect(new Set(told.map(({ key }) => key)).size).toBe(told.length);
});
