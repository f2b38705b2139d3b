/** One kind of work of this process: what is under way, so that it is neither claimed again nor left behind. */
export type Work<T> = {
  /** How much more may be started. */
  readonly room: () => number;
  /** What is under way; claims leave it out, as its lease may have run out meanwhile. */
  readonly ids: () => readonly string[];
  readonly running: () => readonly Promise<void>[];
  /**
   * Starts `run` for each item, and says for how many. Items with the same `line` are worked one after another, in
   * the order in which they were given; without `line` each has its own.
   */
  readonly start: (
    items: readonly T[],
    run: (item: T) => Promise<void>,
    line?: (item: T) => string,
  ) => number;
};

/** Room for `most` items at once; those that wait in a line count. `run` must not reject. */
export function openWork<T extends { readonly id: string }>(most: number): Work<T> {
  const under = new Map<string, Promise<void>>();
  const lines = new Map<string, Promise<void>>();

  const begin = (item: T, run: (item: T) => Promise<void>, before?: Promise<void>): Promise<void> => {
    const running = before === undefined ? run(item) : before.then(() => run(item));
    const done = running.then(() => void under.delete(item.id));
    under.set(item.id, done);
    return done;
  };
  const join = (line: string, item: T, run: (item: T) => Promise<void>): void => {
    const done = begin(item, run, lines.get(line)).finally(() => {
      if (lines.get(line) === done) lines.delete(line);
    });
    lines.set(line, done);
  };
  return {
    room: () => most - under.size,
    ids: () => [...under.keys()],
    running: () => [...under.values()],
    start: (items, run, line) => {
      for (const item of items)
        if (line === undefined) void begin(item, run);
        else join(line(item), item, run);
      return items.length;
    },
  };
}
