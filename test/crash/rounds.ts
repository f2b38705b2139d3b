import { type Figures, NO_FIGURES, sumOf } from "./figures.ts";

export type Rounds = {
  readonly session: (seed: number, rounds: number) => Promise<Figures>;
  readonly rounds: number;
  /** The first session's; each has the next one. */
  readonly seed: number;
  readonly perSession: number;
  /** Sessions side by side. */
  readonly atOnce: number;
  readonly onSession: (figures: Figures, seed: number) => void;
  /** Hears of a session that could not be carried out: its rounds do not count. Not said: it throws. */
  readonly onBroken?: (error: unknown, seed: number) => void;
};

/** So many rounds, in sessions of this size; `onSession` hears of each. */
export async function crashRounds({
  session,
  rounds,
  seed,
  perSession,
  atOnce,
  onSession,
  onBroken,
}: Rounds): Promise<Figures> {
  let begun = 0;
  let all = NO_FIGURES;
  let next = seed;
  const line = async (): Promise<void> => {
    while (begun < rounds) {
      const own = next++;
      const count = Math.min(perSession, rounds - begun);
      begun += count;
      try {
        const figures = await session(own, count);
        all = sumOf(all, figures);
        onSession(figures, own);
      } catch (error) {
        if (onBroken === undefined) throw error;
        onBroken(error, own);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, line));
  return all;
}
