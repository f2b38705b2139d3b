/**
 * The candidate that was probably meant, or null: at most two slips away (one in words of five letters or fewer),
 * capitals, `-` and `_` aside.
 */
export function closest(word: string, candidates: Iterable<string>): string | null {
  const wanted = folded(word);
  const allowed = wanted.length <= 5 ? 1 : 2;
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    const distance = slips(wanted, folded(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `Did you mean "quiet"?`, or null when nothing comes close. */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const found = closest(word, candidates);
  return found === null ? null : `Did you mean "${found}"?`;
}

const folded = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/gu, "");

/** Letters added, lost, changed or swapped with their neighbour (optimal string alignment); long words are cut. */
function slips(left: string, right: string): number {
  const a = left.slice(0, 64);
  const b = right.slice(0, 64);
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : changed;
      row.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
