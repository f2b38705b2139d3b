/** A text reduced to its letters and digits, case folded: what must be equal for two texts to say the same. */
export const folded = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

export const sameWords = (a: string, b: string): boolean => folded(a) === folded(b);
