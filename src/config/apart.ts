import { systemClock } from "../lib/clock.ts";
import { openWall } from "../lib/thread.ts";
import type { ConfigText, Judged } from "./judge.ts";
import type { Job, Result } from "./judge-worker.ts";
import { keep, kept } from "./kept.ts";
import { unpackConfig } from "./packed.ts";
import { problemAt } from "./place.ts";

/** Enough for a hundred thousand feeds on a slow machine. */
const LONGEST = 120_000;
const MEMORY_MB = 4_000;

/**
 * Judges config files as `judgeFiles` does, in a thread of its own, so that nothing else waits meanwhile, whatever they
 * say. What was found right is kept in the file `keptIn` (none: nowhere), and read from there as long as the files stay the same.
 */
export async function judgeApart(texts: readonly ConfigText[], keptIn: string | undefined): Promise<Judged> {
  const known = keptIn === undefined ? null : await kept(keptIn, texts);
  if (known !== null) return { kind: "loaded", ...known };
  const module = new URL("./judge-worker.ts", import.meta.url);
  const limits = { parseMs: LONGEST, memoryMb: MEMORY_MB, clock: systemClock };
  await using wall = openWall<Job, Result>({ module, ...limits });
  const outcome = await wall.run({ texts });
  if (outcome.kind !== "done") return givenUp(texts, outcome.reason);
  const { result } = outcome;
  if (result.kind === "invalid") return result;
  if (keptIn !== undefined) await keep(keptIn, texts, result.packed);
  return { kind: "loaded", ...unpackConfig(result.packed) };
}

function givenUp(texts: readonly ConfigText[], reason: string): Judged {
  const place = { file: texts[0]?.path ?? "", line: 1, column: 1 };
  const mend = "Make the files simpler or fewer.";
  return { kind: "invalid", problems: [problemAt(place, `the config cannot be read: ${reason}`, mend)] };
}
