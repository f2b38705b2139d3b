import type { Config, Destination } from "../../src/domain/types.ts";
import type { Store } from "../../src/store/open.ts";
import type { Dice } from "../crash/round.ts";
import type { TestClock } from "../support/clock.ts";
import type { Platforms } from "./platforms.ts";

/** All that one history takes place in. */
export type World = {
  readonly roll: Dice;
  readonly clock: TestClock;
  readonly store: Store;
  readonly config: Config;
  readonly platforms: Platforms;
  /** The links of the feed; the first was there before the first poll and is never posted. */
  readonly stories: string[];
  /** What an admin took back. */
  readonly undone: Set<string>;
  /** What was held at any time: destination and entry. */
  readonly held: Set<string>;
  readonly note: (text: string) => void;
  /** A fault planted in a destination, to see that it is caught; by itself: none. */
  readonly plant: Plant;
  /**
   * Counts what happens, so that one can tell when nothing does any more; once it is over, no process touches the store
   * again, which is the next history's then.
   */
  readonly counts: { activity: number; started: number; deaths: number; fails: boolean; isOver: boolean };
};

/** Makes a destination a faulty one. */
export type Plant = (destination: Destination) => Destination;
