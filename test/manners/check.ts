import { isDeepStrictEqual } from "node:util";

/** Takes down what is not as it should be; a check says each thing that it looks at. */
export type Judge = {
  readonly equal: (what: string, found: unknown, wanted: unknown) => void;
  readonly atLeast: (what: string, found: number, least: number) => void;
  readonly atMost: (what: string, found: number, most: number) => void;
};

/** One of the checks of manners: what a publisher's log must show. */
export type Check = {
  /** M01 to M30. */
  readonly id: string;
  readonly points: number;
  readonly name: string;
  readonly run: (judge: Judge) => Promise<void>;
};

export const check = (id: string, points: number, name: string, run: Check["run"]): Check => ({
  id,
  points,
  name,
  run,
});

/** Runs a check; what it found wrong, nothing when all is well. A check that looked at nothing is wrong itself. */
export async function findingsOf({ run }: Check): Promise<readonly string[]> {
  const findings: string[] = [];
  let looks = 0;
  const look = (holds: boolean, finding: () => string): void => {
    looks++;
    if (!holds) findings.push(finding());
  };
  const show = (value: unknown): string => JSON.stringify(value) ?? "nothing";
  await run({
    equal: (what, found, wanted) =>
      look(isDeepStrictEqual(found, wanted), () => `${what}: ${show(found)}, not ${show(wanted)}`),
    atLeast: (what, found, least) => look(found >= least, () => `${what}: ${found}, not at least ${least}`),
    atMost: (what, found, most) => look(found <= most, () => `${what}: ${found}, not at most ${most}`),
  });
  return looks === 0 ? ["it looked at nothing"] : findings;
}
