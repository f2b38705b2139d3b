import { expect, test } from "vitest";
import { boundedHtml, MOST_ATTRIBUTES, MOST_PIECES } from "../../src/articles/bounded.ts";

const tagWith = (attributes: number): string =>
  `<p ${Array.from({ length: attributes }, (_, i) => `a${i}`).join(" ")}>after`;

test.each([
  ["elements", "<b>", MOST_PIECES / 8],
  ["references", "&amp;-", MOST_PIECES],
  ["attributes", '<b a="1" b="2" c="3" d="4">', MOST_PIECES / 16],
  ["references in attributes", '<b a="&lt;&lt;&lt;&lt;&lt;&lt;">', MOST_PIECES / 16],
])("a document is read up to so many %s, and no further", (_, piece, most) => {
  expect(boundedHtml(piece.repeat(most))).toBe(piece.repeat(most));
  expect(boundedHtml(piece.repeat(most + 2)).length).toBeLessThanOrEqual(piece.length * (most + 1));
  expect(boundedHtml(piece.repeat(most + 2))).toContain(piece.repeat(most - 1));
});

test("an element with too many attributes, and a name that never ends, are where the reading ends", () => {
  expect(boundedHtml(tagWith(MOST_ATTRIBUTES))).toBe(tagWith(MOST_ATTRIBUTES));
  expect(boundedHtml(tagWith(MOST_ATTRIBUTES + 1))).not.toContain("after");
  expect(boundedHtml(`before<a${"x".repeat(5_000_000)}>after`)).toBe("before");
});

test("text, comments, scripts and styles of any length are no pieces", () => {
  const long = "x".repeat(1_000_000);
  const html = `<p>${long}</p><!--${"<b>".repeat(200_000)}--><script>${"<b>&amp;".repeat(200_000)}</script>`;
  expect(boundedHtml(html)).toBe(html);
});
