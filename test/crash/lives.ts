import { setTimeout as pause } from "node:timers/promises";
import type { Bot } from "../support/bot.ts";
import type { TestPds } from "../support/pds.ts";
import { until } from "../support/until.ts";
import { type Figures, isBad } from "./figures.ts";
import { figuresOf } from "./oracle.ts";
import { AWAY, drawRound, FROZEN, MIGRATION, RELOAD, restOf, type Round } from "./round.ts";
import {
  endOrRest,
  firstLife,
  FROZEN_FOR,
  NONCE_KNOWN,
  openSession,
  peace,
  prepareRound,
  type Session,
} from "./session.ts";

/**
 * So many lives of one process over one store, each with its faults and its end; then one in peace, and what stands on
 * both platforms is counted.
 */
export async function crashSession(pds: TestPds, seed: number, rounds: number): Promise<Figures> {
  await using session = await openSession(pds, seed);
  await dieInMigration(session);
  await firstLife(session);
  while (session.counts.rounds < rounds) await live(session, drawRound(session.roll));
  const log = await peace(session);
  const figures = { ...(await figuresOf(session.desk, session.expected, session.marks)), ...session.counts };
  if (isBad(figures))
    process.stdout.write(
      `seed ${seed}: ${JSON.stringify(figures)}\n${session.lives.join("\n")}\n${log.slice(-8_000)}\n`,
    );
  return figures;
}

/** The store is being made when the process dies. */
async function dieInMigration(session: Session): Promise<void> {
  const { begin, roll, counts } = session;
  counts.rounds += 1;
  const made = await begin({ point: MIGRATION, nth: 1 + Math.floor(roll() * 20) });
  await endOrRest(session, made, restOf(MIGRATION));
  await made.kill();
}

/** One life: it starts, articles appear, and it ends as the round says. */
async function live(session: Session, round: Round): Promise<void> {
  await prepareRound(session, round);
  const { ending, disk, clock, checkpoints } = round;
  const point = ending.kind === "point" ? ending : {};
  await using bot = await session.begin({ disk, clock, checkpoints, ...point });
  for (let n = 0; n < round.during; n += 1) session.publish();
  await endOf(session, bot, ending);
}

/** By then a process has worked. */
const WORKED = 12_000;

async function endOf(session: Session, bot: Bot, ending: Round["ending"]): Promise<void> {
  const { desk, mark } = session;
  switch (ending.kind) {
    case "point":
      if (ending.point === RELOAD) await changeConfig(session, bot);
      await endOrRest(session, bot, restOf(ending.point));
      break;
    case "random":
      await Promise.race([bot.ended, pause(ending.delay)]);
      break;
    case "freeze":
      await freeze(session, bot, ending.delay);
      break;
    case "away": {
      const before = desk.discord.played.length;
      desk.discord.fault("create", { kind: "created-then-cut" });
      const isLost = () => desk.discord.played.slice(before).includes("create: created-then-cut");
      await until("an answer is lost", isLost, { deadline: WORKED }).catch(() => null);
      await bot.kill();
      await pause(NONCE_KNOWN + 200);
      if (isLost()) mark(AWAY);
    }
  }
  await bot.kill();
}

/** The admin saves the config while the bot works. */
async function changeConfig({ desk }: Session, bot: Bot): Promise<void> {
  const asked = (): number => desk.site.visits("feed") + desk.site.visits("unchanged");
  const before = asked();
  const isUp = until("it works", () => asked() > before, { deadline: WORKED }).catch(() => null);
  await Promise.race([isUp, bot.ended]);
  await desk.installation.writeConfig(desk.config(`# changed at ${Date.now()}`));
}

async function freeze({ begin, mark }: Session, bot: Bot, delay: number): Promise<void> {
  await pause(500 + delay);
  bot.freeze();
  await using second = await begin({});
  await pause(FROZEN_FOR);
  bot.thaw();
  mark(FROZEN);
  await pause(500);
  await second.kill();
}
