/** Rounds of several programs that do the same work, in turn, so that a busy machine slows all of them alike. */

export type Contest<Name extends string> = {
  /** Microseconds of CPU for one piece of work. */
  readonly cpu: Readonly<Record<Name, number>>;
  /** Microseconds on the clock for one piece of work. */
  readonly wall: Readonly<Record<Name, number>>;
  /** CPU as a multiple of the first program's, of each round by itself. */
  readonly ratio: Readonly<Record<Name, number>>;
};

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Runs every program once in each round; `pieces` of work each time. Gives medians over the rounds after `warmUp`. */
export async function contest<Name extends string>(
  programs: Readonly<Record<Name, () => Promise<void>>>,
  { rounds, warmUp, pieces }: { readonly rounds: number; readonly warmUp: number; readonly pieces: number },
): Promise<Contest<Name>> {
  const names = Object.keys(programs) as Name[];
  const told: Record<Name, { readonly cpu: number; readonly wall: number }>[] = [];
  for (let round = -warmUp; round < rounds; round += 1) {
    const row = {} as Record<Name, { readonly cpu: number; readonly wall: number }>;
    for (const name of names) row[name] = await costOf(programs[name], pieces);
    if (round >= 0) told.push(row);
  }
  const [first = names[0]] = names;
  const each = (of: (row: (typeof told)[number], name: Name) => number) =>
    Object.fromEntries(names.map((name) => [name, median(told.map((row) => of(row, name)))])) as Record<
      Name,
      number
    >;
  return {
    cpu: each((row, name) => row[name].cpu),
    wall: each((row, name) => row[name].wall),
    ratio: each((row, name) => row[name].cpu / row[first as Name].cpu),
  };
}

async function costOf(work: () => Promise<void>, pieces: number): Promise<{ cpu: number; wall: number }> {
  const began = { cpu: process.cpuUsage(), wall: performance.now() };
  await work();
  const { user, system } = process.cpuUsage(began.cpu);
  return { cpu: (user + system) / pieces, wall: ((performance.now() - began.wall) * 1000) / pieces };
}
