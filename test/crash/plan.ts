import { appendFileSync } from "node:fs";
import { text } from "node:stream/consumers";

/** What shall befall one life of the program, as its preload (standby.ts) reads it. */
export type Plan = {
  readonly engine: "sqlite" | "postgres";
  /** The n-th time that this point is passed, the process ends as by a power cut; null: it is left alone. */
  readonly point: string | null;
  readonly nth: number;
  /** How far into a checkpoint it ends, in milliseconds. */
  readonly depth: number;
  /** The disk is full, or cannot be written, so many milliseconds after the start, for so long. */
  readonly disk: {
    readonly kind: "full" | "readonly";
    readonly after: number;
    readonly length: number;
  } | null;
  /** The wall clock jumps by so many milliseconds, so long after the start. */
  readonly clock: { readonly jump: number; readonly after: number } | null;
  /** After every commit the log is written back into the database. */
  readonly checkpoints: boolean;
  /** A file that hears, line by line, what really happened. */
  readonly marks: string;
};

/** The plan of this process: it comes when all is loaded, and the process waits for it here. */
export const readPlan = async (): Promise<Plan> => JSON.parse(await text(process.stdin)) as Plan;

export type Life = {
  readonly plan: Plan;
  /** Writes down that something happened. */
  readonly mark: (what: string) => void;
  /** Ends the process when this is the point, and the time. */
  readonly pass: (point: string) => void;
  /** Whether this pass is the last: for points that end in a way of their own. */
  readonly isLast: (point: string) => boolean;
};

export function openLife(plan: Plan): Life {
  let left = plan.nth;
  const mark = (what: string): void => appendFileSync(plan.marks, `${what}\n`);
  const isLast = (point: string): boolean => {
    if (point !== plan.point) return false;
    left -= 1;
    return left === 0;
  };
  return {
    plan,
    mark,
    isLast,
    pass: (point) => {
      if (!isLast(point)) return;
      mark(point);
      process.kill(process.pid, "SIGKILL");
      for (;;);
    },
  };
}
