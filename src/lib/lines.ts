/**
 * How many of so many lines fit, from the first, and how long each may be: as many as fit when all are cut to the least
 * length, and then as long as they may be. `measure` gives the size of the first `n` lines, cut to `most`.
 */
export function fitLines(
  count: number,
  room: number,
  lengths: readonly [longest: number, ...shorter: number[]],
  measure: (n: number, most: number) => number,
): { readonly n: number; readonly most: number } {
  const least = lengths.at(-1) ?? lengths[0];
  let n = 0;
  while (n < count && measure(n + 1, least) <= room) n += 1;
  return { n, most: lengths.find((most) => measure(n, most) <= room) ?? least };
}
