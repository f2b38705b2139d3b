import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { placesOf, readInstallation } from "../src/installation.ts";
import { backup } from "../src/operator/backup.ts";
import { held } from "../src/operator/holds.ts";
import { pause, resume, undo } from "../src/operator/posting.ts";
import { status } from "../src/operator/status.ts";
import { why } from "../src/operator/why.ts";
import { restoreCopy } from "../src/restored.ts";
import { HOUR, MINUTE } from "./support/clock.ts";
import { startDiscord, type DiscordStandIn } from "./support/discord/server.ts";
import { CROSSPOSTED, PERMISSION } from "./support/discord/world.ts";
import { type Line, openLine } from "./support/line.ts";
import { openPds, type TestAccount, type TestPds } from "./support/pds.ts";
import { publish } from "./support/publish.ts";

/** `backup` and `restore` between a site, a real PDS and Discord's stand-in. */

let pds: TestPds;
beforeAll(async () => {
  pds = await openPds();
});
afterAll(() => pds[Symbol.asyncDispose]());

const NEWS = "1190000000000000101";
const WIRE = "1190000000000000102";
let accounts = 0;

type Desk = AsyncDisposable & {
  readonly line: Line;
  readonly discord: DiscordStandIn;
  readonly account: TestAccount;
  /** Puts this copy in the place of the store while no app has it open, and starts one over it. */
  readonly restore: (file: string) => Promise<readonly string[]>;
  /** How many posts show a story in the channels and in the account. */
  readonly tally: (story: string) => Promise<readonly [news: number, wire: number, bluesky: number]>;
};

async function openDesk(): Promise<Desk> {
  await using stack = new AsyncDisposableStack();
  const clock = { now: (): number => Date.UTC(2026, 5, 1, 10) };
  const channels = [{ id: NEWS }, { id: WIRE, type: 5 }];
  const discord = stack.use(
    await startDiscord({ clock: { now: () => clock.now() }, channels, limits: null }),
  );
  const account = await pds.createAccount(`restored${++accounts}.test`);
  const env = { DISCORD_TOKEN: discord.token, BLUESKY_APP_PASSWORD: account.password };
  const line = stack.use(
    await openLine({
      env,
      destinations: [],
      yaml: (feedUrl) => `
timing: { host_gap: 0, grace: 1 minute }
defaults: { wait: 0, spacing: 0, discord: { api: "${discord.api}" }, bluesky: { service: "${pds.url}" } }
feeds:
  - url: ${feedUrl}
    every: 10 minutes
    post_to:
      - discord: "${NEWS}"
      - { discord: "${WIRE}", publish: true }
      - bluesky: ${account.handle}
`,
    }),
  );
  clock.now = line.clock.now;
  const store = join(line.folder, "bulletin.db");
  const restore = async (file: string): Promise<readonly string[]> => {
    const config = join(line.folder, "bulletin.yaml");
    const installation = await readInstallation(placesOf({}, line.folder, config, line.folder), env);
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    let lines: readonly string[] = [];
    await line.restart(undefined, async () => {
      const { signal } = new AbortController();
      ({ lines } = await restoreCopy({ ...installation, store, clock: line.clock, log, signal }, file));
    });
    return lines;
  };
  const tally: Desk["tally"] = async (story) => {
    const url = `${line.site.url}/${story}`;
    const count = (channel: string) =>
      discord.messages(channel).filter(({ embeds }) => embeds[0]?.url === url).length;
    const records = (await pds.posts(account.did)).filter(({ value }) => JSON.stringify(value).includes(url));
    return [count(NEWS), count(WIRE), records.length];
  };
  const owned = stack.move();
  return { line, discord, account, restore, tally, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const quiet = (): void => {};

/** "one" is posted before a copy is made, "two" and "three" after it, and the copy is put back nearly a day later. */
async function restored(desk: Desk): Promise<readonly string[]> {
  const { line } = desk;
  await publish(line, "one");
  const file = join(line.folder, "copy.db");
  await backup(line.app().operator, file);
  await publish(line, "one", "two", "three");
  for (const story of ["one", "two", "three"]) expect(await desk.tally(story)).toEqual([1, 1, 1]);
  line.clock.advance(20 * HOUR);
  const lines = await desk.restore(file);
  line.clock.advance(MINUTE);
  return lines;
}

const closedOf = async (line: Line): Promise<readonly boolean[]> =>
  (await status(line.app().operator)).destinations.map(({ closed }) => closed !== null);

test("what was posted after the copy is not posted again, on Discord and on the real PDS, and news goes on", async () => {
  await using desk = await openDesk();
  const { line, discord } = desk;
  const lines = await restored(desk);
  expect(lines[0]).toMatch(/^restored .*copy\.db: \d+ rows in \d+ tables, checked$/u);
  expect(lines[2]).toMatch(/^The store is as it was at 2026-06-01 .* Every destination is closed until/u);
  const names = (await readdir(line.folder)).filter((name) => !/-(?:wal|shm)$/u.test(name));
  expect(names.toSorted()).toEqual([
    "bulletin.db",
    expect.stringMatching(/^bulletin\.db\.before-restore-2026-06-02T\d{6}Z$/u),
    "bulletin.yaml",
    "copy.db",
  ]);
  expect(await closedOf(line)).toEqual([true, true, true]);

  await line.pass();
  await publish(line, "one", "two", "three", "four");
  expect(await closedOf(line)).toEqual([false, false, false]);
  for (const story of ["one", "two", "three", "four"]) expect(await desk.tally(story)).toEqual([1, 1, 1]);
  const known = await why(line.app().operator, `${line.site.url}/three`);
  const deliveries = known.kind === "known" ? known.deliveries : [];
  expect(deliveries.map(({ state, attempt }) => [state, attempt])).toEqual([
    ["sent", 0],
    ["sent", 0],
    ["sent", 0],
  ]);
  expect(discord.messages(WIRE).every(({ flags }) => (flags & CROSSPOSTED) !== 0)).toBe(true);
  await undo(line.app().operator, deliveries[0]?.url ?? "");
  expect(await desk.tally("three")).toEqual([0, 0, 0]);
});

test("a channel that cannot be read back gives held, the others go on; once it can be read, all is settled", async () => {
  await using desk = await openDesk();
  const { line, discord } = desk;
  await restored(desk);
  discord.deny(NEWS, PERMISSION.history);
  await line.pass();
  await publish(line, "one", "two", "three", "four");
  expect(await desk.tally("four")).toEqual([0, 1, 1]);
  expect(await desk.tally("two")).toEqual([1, 1, 1]);
  const { operator } = line.app();
  const waiting = await held(operator);
  expect(waiting.map(({ title, reason }) => [title, reason.includes("lacks Read Message History")])).toEqual(
    expect.arrayContaining(["two", "three", "four"].map((story) => [story, true])),
  );
  discord.deny(NEWS, 0n);
  await resume(operator, `discord:${NEWS}`);
  await line.pass();
  for (const story of ["one", "two", "three", "four"]) expect(await desk.tally(story)).toEqual([1, 1, 1]);
  expect(await held(operator)).toEqual([]);
});

test("what waited in the copy and was posted since is known by its link, also under the account's own key", async () => {
  await using desk = await openDesk();
  const { line, discord } = desk;
  const all = [`discord:${NEWS}`, `discord:${WIRE}`, `bluesky:${desk.account.handle}`];
  for (const id of all) await pause(line.app().operator, id);
  await publish(line, "one", "two");
  const file = join(line.folder, "copy.db");
  await backup(line.app().operator, file);
  for (const id of all) await resume(line.app().operator, id);
  await line.pass();
  const [first] = discord.messages(NEWS);
  if (first !== undefined) discord.remove(first.id);
  await desk.restore(file);
  for (const id of all) await resume(line.app().operator, id);
  // Discord has forgotten the nonce of what was deleted.
  line.clock.advance(HOUR);
  await line.pass();
  expect(await desk.tally("two")).toEqual([1, 1, 1]);
  // What a moderator deleted meanwhile cannot be known: only a copy forgets it.
  expect(await desk.tally("one")).toEqual([1, 1, 1]);
});

test("a file that is no copy changes nothing", async () => {
  await using desk = await openDesk();
  const { line } = desk;
  const before = await readdir(line.folder);
  await expect(desk.restore(join(line.folder, "bulletin.yaml"))).rejects.toThrow("not a store of Bulletin");
  expect(await readdir(line.folder)).toEqual(before);
});
