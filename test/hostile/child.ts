/**
 * The bot as hostile servers meet it, in a process of its own: tells for each case how long it held the event loop and
 * how far memory grew. `node --expose-gc test/hostile/child.ts GOOD HOSTILE COUNT`, run by measure.ts
 */
import { setTimeout as delay } from "node:timers/promises";
import { openFolder, openTestApp } from "../support/app.ts";
import { MINUTE, openTestClock } from "../support/clock.ts";
import { scripted } from "../support/scripted.ts";
import type { Cost } from "./measure.ts";

const MB = 2 ** 20;
const PASSES = 3;
/** What dripping and silence may cost here, instead of half a minute. */
const HASTY = "limits: { headers_time: 200 ms, feed_time: 400 ms, page_time: 400 ms, connect_time: 300 ms }";

const feed = (url: string): string =>
  `  - { url: "${url}/feed", backfill: 9, post_to: [{ discord: 1, spacing: 0 }] }`;
const config = (...urls: readonly string[]): string => `${HASTY}\nfeeds:\n${urls.map(feed).join("\n")}`;

/** CPU time of this thread: what the neighbours on a busy machine do is not in it. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Looks once a turn of the event loop: the CPU time since the look before is what that turn held it for. */
function watch() {
  const before = process.memoryUsage.rss();
  let last = threadMs();
  let heldMs = 0;
  let most = before;
  const look = (): void => {
    const now = threadMs();
    heldMs = Math.max(heldMs, now - last);
    last = now;
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 1);
  return {
    end: () => {
      clearInterval(timer);
      look();
      return { heldMs, before, most };
    },
  };
}

const [good = "", hostile = "", count = "0"] = process.argv.slice(2);
await using folder = await openFolder();
const clock = openTestClock();
await using app = await openTestApp({
  folder: folder.path,
  clock,
  destinations: [scripted("discord:1")],
  yaml: config(good),
});

async function passes(): Promise<void> {
  for (let pass = 0; pass < PASSES; pass++) {
    await app.pass();
    clock.advance(MINUTE);
  }
}

async function costOf(url: string): Promise<Cost> {
  await app.reload(config(good, url));
  globalThis.gc?.();
  await delay(20);
  const watching = watch();
  await passes();
  await delay(5);
  const { heldMs, before, most } = watching.end();
  return { heldMs, growthMb: (most - before) / MB, residentMb: most / MB };
}

// What every process needs once: the threads, the picture library, compiled code.
await passes();
for (let i = 0; i < Number(count); i++)
  process.stdout.write(`${JSON.stringify(await costOf(`${hostile}/${i}`))}\n`);
