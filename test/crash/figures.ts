import { boundOf } from "../support/tried.ts";
import { FAULTS, MACHINE_FAULTS, MACHINE_POINTS, POINTS } from "./round.ts";

type Counts = Readonly<Record<string, number>>;

/** What a run of rounds came to. */
export type Figures = {
  readonly rounds: number;
  readonly articles: number;
  readonly posts: number;
  /** Deliveries that were in doubt at a start. */
  readonly doubts: number;
  /** For a human to decide. */
  readonly held: number;
  /** Each of these must be 0. */
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly resurrected: number;
  /** A feed that was asked by two processes at once. */
  readonly polledTwice: number;
  /** How often the process ended at each point, and how often each fault was met. */
  readonly points: Counts;
  readonly faults: Counts;
};

export const NO_FIGURES: Figures = {
  rounds: 0,
  articles: 0,
  posts: 0,
  doubts: 0,
  held: 0,
  lost: 0,
  doubled: 0,
  outOfOrder: 0,
  resurrected: 0,
  polledTwice: 0,
  points: {},
  faults: {},
};

export const isBad = (one: Figures): boolean =>
  one.lost + one.doubled + one.outOfOrder + one.resurrected + one.polledTwice > 0;

export const sumOf = (one: Figures, other: Figures): Figures =>
  Object.fromEntries(
    Object.entries(one).map(([name, value]) => {
      const more = other[name as keyof Figures];
      return [name, typeof value === "number" ? value + Number(more) : both(value, more as Counts)];
    }),
  ) as Figures;

const both = (one: Counts, other: Counts): Counts =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => [
      key,
      (one[key] ?? 0) + (other[key] ?? 0),
    ]),
  );

export const tallied = (what: readonly string[]): Counts =>
  what.reduce<Record<string, number>>((all, one) => ({ ...all, [one]: (all[one] ?? 0) + 1 }), {});

export const hitsOf = ({ points }: Figures): number =>
  Object.values(points).reduce((sum, count) => sum + count, 0);

/** The figures in words; a point or fault that never came says 0. */
export function told(all: Figures, store: "sqlite" | "postgres"): string {
  const [points, faults] = store === "sqlite" ? [POINTS, FAULTS] : [MACHINE_POINTS, MACHINE_FAULTS];
  const line = (names: readonly string[], counts: Counts): string =>
    names.map((name) => `${name} ${counts[name] ?? 0}`).join(", ");
  return `${all.rounds} rounds, ${hitsOf(all)} of them ended at their named point
${all.articles} articles, ${all.posts} posts, ${all.doubts} times a delivery was in doubt at a start
ended: ${line(points, all.points)}
met: ${line(faults, all.faults)}
lost ${all.lost}, doubled ${all.doubled}, out of order ${all.outOfOrder}, resurrected ${all.resurrected}, polled by two at once ${all.polledTwice}, held ${all.held}
with 95 % certainty fewer than ${(100 * boundOf(all.rounds)).toFixed(2)} % of such rounds lose or double a post`;
}
