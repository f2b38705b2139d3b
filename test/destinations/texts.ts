import * as fc from "fast-check";

/** Pieces that composers got wrong somewhere once: clusters of many units, other scripts, markup, addresses. */
const PIECES = [
  "👩‍👩‍👧‍👦",
  "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
  "🇺🇦",
  "❤️‍🔥",
  "漢字",
  "ก็็็",
  "e\u0301",
  "क्षि",
  "한국",
  "مرحبا بالعالم",
  "שלום",
  "\u202e",
  "\u2067",
  "\u200f",
  "\u200d",
  "\u0000",
  "\uD83D",
  "\uDC69",
  "word",
  " ",
  "\n",
  "• ",
  "- ",
  "# ",
  "**",
  "\\",
  "||",
  "`",
  "@everyone",
  "<@&1>",
  "@a.test",
  "#x",
  "[x](https://evil.test)",
  "https://evil.test",
  "{{title}}",
  "${7*7}",
] as const;

/** Text of every script and every trick, from nothing to a few thousand characters. */
export const hostileTexts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 120 }),
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 150 }).map((parts) => parts.join("")),
  fc
    .tuple(fc.constantFrom(...PIECES), fc.integer({ min: 100, max: 800 }))
    .map(([piece, times]) => piece.repeat(times)),
);

/** Key points as publishers write them, in scripts of every kind: on one line, with nothing that is cleaned away. */
export const soundPoints: fc.Arbitrary<readonly string[]> = fc.uniqueArray(
  fc
    .array(
      fc.constantFrom(
        "tide",
        "漢字",
        "👩‍👩‍👧‍👦",
        "quay",
        "e\u0301t\u0301",
        "مرحبا",
        "שלום",
        "ก็",
        "क्षि",
        "3*4%",
        "[a](b)",
        "@a.test",
      ),
      { minLength: 1, maxLength: 60 },
    )
    .map((parts) => parts.join(" ")),
  { maxLength: 6 },
);
