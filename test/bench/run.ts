// npm run bench: what Bulletin costs, each figure beside that of the least program that does the same.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import { openFolder } from "../support/app.ts";
import { startDiscord } from "../support/discord/server.ts";
import { openPds } from "../support/pds.ts";
import { adaptiveTable, simulateAdaptive } from "./adaptive.ts";
import { bareStart, checks, MAIN, residentOf, startIdleNode, startPublisher } from "./processes.ts";

const ROUNDS = 3;
/** What a start allocates has settled after this. */
const CALM = 5_000;
const CHANNEL = "1190000000000000011";

type Setup = { readonly postTo: string; readonly settings: string; readonly env: Record<string, string> };
type Started = { readonly toFirstPoll: number; readonly idle: number };

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const times = (value: number, bare: number): string => `${(value / bare).toFixed(1)}x`;

function row(what: string, ...cells: readonly string[]): void {
  print(`${what.padEnd(44)}${cells.map((cell) => cell.padStart(14)).join("")}`);
}

/** Starts the program anew: until its first poll arrives, and what it holds when nothing is left to do. */
async function start(setup: Setup, calm: number): Promise<Started> {
  await using folder = await openFolder();
  using publisher = await startPublisher();
  await mkdir(join(folder.path, "config"));
  const feed = `feeds: [{ url: "${publisher.url}/feed", every: 1 hour, post_to: [${setup.postTo}] }]`;
  const base = 'network: { allow: ["127.0.0.1"] }\nweb: { port: 18080 }';
  await writeFile(join(folder.path, "config", "bulletin.yaml"), [base, setup.settings, feed].join("\n"));
  const env = { PATH: process.env["PATH"], LOG_LEVEL: "error", ...setup.env };
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, "run"], {
    cwd: folder.path,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  await publisher.asked;
  const toFirstPoll = performance.now() - began;
  if (calm > 0) await systemClock.sleep(calm);
  const idle = calm > 0 ? residentOf(child) : 0;
  child.kill("SIGTERM");
  await ended;
  return { toFirstPoll, idle };
}

async function started(setup: Setup): Promise<Started> {
  const rounds: Started[] = [];
  for (let i = 0; i < ROUNDS; i += 1) rounds.push(await start(setup, i === 0 ? CALM : 0));
  return { toFirstPoll: median(rounds.map((one) => one.toFirstPoll)), idle: rounds[0]?.idle ?? 0 };
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

async function benchChecks(): Promise<void> {
  using publisher = await startPublisher();
  const rounds = Array.from({ length: ROUNDS }, () => ({
    bare: checks("bare", publisher.url),
    ours: checks("ours", publisher.url),
  }));
  const of = (kind: "bare" | "ours", what: "cpu" | "wall") => median(rounds.map((one) => one[kind][what]));
  const line = (what: string, kind: "cpu" | "wall") =>
    row(
      what,
      `${of("bare", kind).toFixed(0)} us`,
      `${of("ours", kind).toFixed(0)} us`,
      times(of("ours", kind), of("bare", kind)),
    );
  row("One check of an unchanged feed (304)", "bare undici", "Bulletin", "ratio");
  line("  CPU", "cpu");
  line("  elapsed, 64 at once", "wall");
  print("");
}

async function benchStarts(): Promise<void> {
  const preview = await started({ postTo: "{ preview: discord }", settings: "", env: {} });
  const both = await withPlatforms(started);
  const node = median(Array.from({ length: 2 * ROUNDS }, bareStart));
  const idle = await idleNode();
  row("", "bare node", "preview only", "ratio", "both platforms", "ratio");
  row(
    "Cold start to the first poll",
    `${node.toFixed(0)} ms`,
    `${preview.toFirstPoll.toFixed(0)} ms`,
    times(preview.toFirstPoll, node),
    `${both.toFirstPoll.toFixed(0)} ms`,
    times(both.toFirstPoll, node),
  );
  row(
    "Idle memory (RSS)",
    `${idle.toFixed(0)} MB`,
    `${preview.idle.toFixed(0)} MB`,
    times(preview.idle, idle),
    `${both.idle.toFixed(0)} MB`,
    times(both.idle, idle),
  );
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

print(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "?"}; medians of ${ROUNDS} runs\n`);
await benchChecks();
await benchStarts();
print(`\n${adaptiveTable(simulateAdaptive())}`);
