import { expect, test } from "vitest";
import { isBoilerplate, withoutBoilerplateTail } from "../../src/articles/boilerplate.ts";

test.each([
  "Published by",
  "Leave a Reply",
  "Leave a ReplyCancel reply",
  "Exit mobile version",
  "The post Pier rebuilt appeared first on The Quay.",
  "[…]",
  "[...]",
  "Continue reading",
  "Share this article",
  "Sign up for our newsletter",
  "Subscribe to the weekly letter",
  "Read more: The mayor resigns",
  "Lesen Sie auch: Der Steg ist alt",
  "Lire aussi : la jetée",
])("%j is boilerplate", (line) => expect(isBoilerplate(line)).toBe(true));

test.each([
  "The council shares the costs with the region.",
  "Readers printed more than a thousand letters.",
  "The post office on the quay closes in May.",
  "Follow-up work on the pier starts in June.",
  "Related costs were not counted.",
  "Shares of the ferry company rose by a tenth.",
])("%j is a sentence of an article", (line) => expect(isBoilerplate(line)).toBe(false));

test("what feeds add at the end of a text is cut off, the text stays", () => {
  expect(withoutBoilerplateTail("The pier is old. […]")).toBe("The pier is old.");
  expect(withoutBoilerplateTail("The pier is old. Continue reading →")).toBe("The pier is old.");
  expect(withoutBoilerplateTail("The pier is old. The post Pier appeared first on The Quay.")).toBe(
    "The pier is old.",
  );
  expect(withoutBoilerplateTail("The pier is old.")).toBe("The pier is old.");
});
