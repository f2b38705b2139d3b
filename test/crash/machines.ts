import { setTimeout as pause } from "node:timers/promises";
import type { Bot } from "../support/bot.ts";
import type { TestPds } from "../support/pds.ts";
import { databaseAt, query } from "../support/postgres.ts";
import { openPostgresProxy, type PostgresProxy } from "../support/postgres-proxy.ts";
import { type Figures, isBad } from "./figures.ts";
import { figuresOf } from "./oracle.ts";
import {
  drawRound,
  FROZEN,
  JOINED,
  KILLED,
  LEFT,
  MACHINE_POINTS,
  OUTAGE,
  restOf,
  type Round,
} from "./round.ts";
import {
  endOrRest,
  firstLife,
  FROZEN_FOR,
  openSession,
  peace,
  prepareRound,
  type Session,
} from "./session.ts";

/** A minute, on the scale of the runs. */
const AWAY_FOR = 600;
/** Long enough for two processes to be seen at one feed. */
const FEED_MS = 40;

type Machines = Session & {
  readonly proxy: PostgresProxy;
  readonly running: Bot[];
  readonly processes: number;
};

/**
 * Processes that share one database come, go, die, stand still and lose it, while articles appear; then one goes on in
 * peace, and what stands on both platforms is counted.
 */
export async function machinesSession(
  pds: TestPds,
  seed: number,
  rounds: number,
  { server, processes }: { readonly server: string; readonly processes: number },
): Promise<Figures> {
  const name = `crash_${seed}`;
  await query(server, `create database ${name}`);
  const ours = databaseAt(server, name);
  await using proxy = await openPostgresProxy(ours);
  await using session = await openSession(pds, seed, {
    database: { bots: proxy.url, ours },
    feedMs: FEED_MS,
  });
  const machines: Machines = { ...session, proxy, processes, running: [] };
  await firstLife(session);
  while (session.counts.rounds < rounds) await happen(machines, drawRound(session.roll));
  for (const bot of machines.running) await bot.kill();
  const log = await peace(session);
  const figures = { ...(await figuresOf(session.desk, session.expected, session.marks)), ...session.counts };
  if (isBad(figures))
    process.stdout.write(`seed ${seed}: ${JSON.stringify(figures)}\n${log.slice(-8_000)}\n`);
  return figures;
}

/** As many processes as wanted run; one of them has an end before it. */
async function happen(machines: Machines, round: Round): Promise<void> {
  const { begin, roll, running, processes, publish } = machines;
  await prepareRound(machines, round);
  const { ending } = round;
  const isPoint = ending.kind === "point" && MACHINE_POINTS.includes(ending.point);
  const plan = isPoint ? ending : {};
  const doomed = await begin(plan);
  running.push(doomed);
  // Whichever of the new ones comes to the point: also in a later round.
  while (running.length < processes) running.push(await begin(plan));
  for (let n = 0; n < round.during; n += 1) publish();
  if (isPoint) await endOrRest(machines, doomed, restOf(ending.point));
  else await trouble(machines, one(running, roll()));
  await trim(machines, doomed);
}

const one = (bots: readonly Bot[], chance: number): Bot => bots[Math.floor(chance * bots.length)] as Bot;

async function trouble({ begin, mark, proxy, roll, running }: Machines, bot: Bot): Promise<void> {
  await pause(roll() * 2_000);
  const what = roll();
  if (what < 0.25) {
    bot.freeze();
    await pause(FROZEN_FOR);
    bot.thaw();
    return mark(FROZEN);
  }
  if (what < 0.5) {
    await proxy.cut();
    await pause(AWAY_FOR);
    await proxy.mend();
    return mark(OUTAGE);
  }
  if (what < 0.65) {
    running.push(await begin({}));
    return mark(JOINED);
  }
  if (what < 0.8) {
    await bot.stop();
    return mark(LEFT);
  }
  await bot.kill();
  mark(KILLED);
}

/** Whoever ended is forgotten, whoever missed its point is killed, and there are at most so many less one. */
async function trim({ running, processes }: Machines, doomed: Bot): Promise<void> {
  await doomed.kill();
  const alive: Bot[] = [];
  for (const bot of running) if (bot !== doomed && !(await hasEnded(bot))) alive.push(bot);
  running.splice(0, running.length, ...alive);
  while (running.length >= processes) await running.shift()?.kill();
}

const hasEnded = (bot: Bot): Promise<boolean> => Promise.race([bot.ended.then(() => true), pause(0, false)]);
