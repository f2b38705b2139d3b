// npm run bench: what Bulletin costs, each figure beside that of the least program that does the same. Parts by name:
// npm run bench -- --only checks,reading,start,adaptive,scale,machines
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../../src/lib/clock.ts";
import { openFolder } from "../support/app.ts";
import { startDiscord } from "../support/discord/server.ts";
import { openPds } from "../support/pds.ts";
import { adaptiveTable, simulateAdaptive } from "./adaptive.ts";
import { benchMachines } from "./machines.ts";
import { median } from "./pairs.ts";
import {
  bareStart,
  checks,
  compileAll,
  FLAGS,
  MAIN,
  reading,
  residentOf,
  startIdleNode,
  startPublisher,
} from "./processes.ts";
import { benchScale } from "./scale.ts";

const ROUNDS = 3;
/** What a start allocates has settled after this. */
const CALM = 5_000;
const CHANNEL = "1190000000000000011";

type Setup = { readonly postTo: string; readonly settings: string; readonly env: Record<string, string> };
type Started = { readonly toFirstPoll: number; readonly idle: number };

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const times = (value: number, bare: number): string => `${(value / bare).toFixed(1)}x`;

function row(what: string, ...cells: readonly string[]): void {
  print(`${what.padEnd(44)}${cells.map((cell) => cell.padStart(14)).join("")}`);
}

/** Starts the program anew: until its first poll arrives, and what it holds when nothing is left to do. */
async function start(setup: Setup, cache: string): Promise<Started> {
  await using folder = await openFolder();
  using publisher = await startPublisher();
  await mkdir(join(folder.path, "config"));
  const feed = `feeds: [{ url: "${publisher.url}/feed", every: 1 hour, post_to: [${setup.postTo}] }]`;
  const base = 'network: { allow: ["127.0.0.1"] }\nweb: { port: 18080 }';
  await writeFile(join(folder.path, "config", "bulletin.yaml"), [base, setup.settings, feed].join("\n"));
  const env = { PATH: process.env["PATH"], LOG_LEVEL: "error", NODE_COMPILE_CACHE: cache, ...setup.env };
  const began = performance.now();
  const child = spawn(process.execPath, [...FLAGS, MAIN, "run"], {
    cwd: folder.path,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  await publisher.asked;
  const toFirstPoll = performance.now() - began;
  await systemClock.sleep(CALM);
  const idle = residentOf(child);
  child.kill("SIGTERM");
  await ended;
  return { toFirstPoll, idle };
}

const WHICH = ["first", "later", "uncompiled"] as const;

/** First starts after `npm ci`, later ones, and those of a program of which nothing is kept compiled. */
async function started(setup: Setup): Promise<Readonly<Record<(typeof WHICH)[number], Started>>> {
  const rounds: Record<(typeof WHICH)[number], Started[]> = { first: [], later: [], uncompiled: [] };
  for (let i = 0; i < ROUNDS; i += 1) {
    await using compiled = await openFolder();
    await using empty = await openFolder();
    compileAll(compiled.path);
    rounds.first.push(await start(setup, compiled.path));
    rounds.later.push(await start(setup, compiled.path));
    rounds.uncompiled.push(await start(setup, empty.path));
  }
  const of = (which: (typeof WHICH)[number]): Started => ({
    toFirstPoll: median(rounds[which].map((one) => one.toFirstPoll)),
    idle: median(rounds[which].map((one) => one.idle)),
  });
  return { first: of("first"), later: of("later"), uncompiled: of("uncompiled") };
}

async function idleNode(): Promise<number> {
  const child = startIdleNode();
  const ended = once(child, "exit");
  await systemClock.sleep(1_000);
  const idle = residentOf(child);
  child.stdin?.end();
  await ended;
  return idle;
}

const us = (value: number): string => `${value.toFixed(0)} us`;
const ratio = (value: number): string => `${value.toFixed(2)}x`;

async function benchChecks(): Promise<void> {
  using publisher = await startPublisher();
  const { cpu, wall, ratio: of } = checks(publisher.url);
  row("One check of an unchanged feed (304)", "bare undici", "Bulletin", "ratio");
  row("  CPU", us(cpu.bare), us(cpu.ours), ratio(of.ours));
  row("  elapsed, 256 at once", us(wall.bare), us(wall.ours), times(wall.ours, wall.bare));
}

async function benchReading(): Promise<void> {
  using publisher = await startPublisher();
  const { cpu, ratio: of } = reading(publisher.url);
  row("Fetch, parse, identify 50 KB", "undici+tokenizer", "Bulletin", "ratio", "rss-parser", "ratio");
  row("  CPU", us(cpu.bare), us(cpu.ours), ratio(of.ours), us(cpu.rssParser), ratio(of.rssParser));
}

async function benchStarts(): Promise<void> {
  const preview = await started({ postTo: "{ preview: discord }", settings: "", env: {} });
  const both = await withPlatforms(started);
  const node = median(Array.from({ length: 2 * ROUNDS }, bareStart));
  const idle = await idleNode();
  row("", "bare node", "preview only", "ratio", "both platforms", "ratio");
  for (const which of WHICH) {
    const [one, two] = [preview[which], both[which]];
    row(
      `Cold start to the first poll, ${which}`,
      `${node.toFixed(0)} ms`,
      `${one.toFirstPoll.toFixed(0)} ms`,
      times(one.toFirstPoll, node),
      `${two.toFirstPoll.toFixed(0)} ms`,
      times(two.toFirstPoll, node),
    );
    row(
      `Idle memory (RSS), ${which} start`,
      `${idle.toFixed(0)} MB`,
      `${one.idle.toFixed(0)} MB`,
      times(one.idle, idle),
      `${two.idle.toFixed(0)} MB`,
      times(two.idle, idle),
    );
  }
}

/** With the Discord stand-in and a real PDS on loopback, as the tests have them. */
async function withPlatforms<T>(work: (setup: Setup) => Promise<T>): Promise<T> {
  await using discord = await startDiscord({ channels: [{ id: CHANNEL }] });
  await using pds = await openPds();
  const account = await pds.createAccount("bench.test");
  return await work({
    postTo: `{ discord: "${CHANNEL}" }, { bluesky: "${account.did}" }`,
    settings: `defaults: { discord: { api: "${discord.api}" }, bluesky: { service: "${pds.url}" } }`,
    env: { DISCORD_TOKEN: discord.token, BLUESKY_APP_PASSWORD: account.password },
  });
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  checks: benchChecks,
  reading: benchReading,
  start: benchStarts,
  adaptive: () => Promise.resolve(print(adaptiveTable(simulateAdaptive()))),
  scale: () => benchScale(print),
  machines: () => benchMachines(print),
};

const { only } = parseArgs({ options: { only: { type: "string" } } }).values;
const wanted = only?.split(",") ?? Object.keys(PARTS);
const unknown = wanted.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(", ")}: --only ${Object.keys(PARTS).join(",")}`);
print(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "?"}; medians\n`);
for (const name of wanted) {
  await PARTS[name]?.();
  print("");
}
