import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { TemplateField } from "../../src/domain/types.ts";
import { layOut } from "../../src/lib/template.ts";
import { templateOf } from "../support/template.ts";

/** The template with these fields, each shown as its own name in brackets. */
const laid = (written: string, ...has: readonly TemplateField[]): string =>
  layOut(templateOf(written), (field) => has.includes(field))
    .map((line) => line.map((part) => ("text" in part ? part.text : `[${part.field}]`)).join(""))
    .join("\n");

test.each([
  ["a field that has something to say", "News: {title}", ["title"], "News: [title]"],
  [
    "a line whose placeholders have nothing goes with its own words",
    "{title}\nWhy: {lead}",
    ["title"],
    "[title]",
  ],
  ["words without a placeholder stay", "{title}\nRead on:\n{link}", ["title"], "[title]\nRead on:"],
  [
    "the first fall-back that has something to say",
    "{title}\n{lead|points|tags}",
    ["title", "tags"],
    "[title]\n[tags]",
  ],
  ["a text where none has", '{title}\n{lead|points|"No details."}', ["title"], "[title]\nNo details."],
  ["what was said above is not said again", '{title}\n{lead|title|"Untold."}', ["title"], "[title]\nUntold."],
  ["one placeholder of a line is enough to keep it", "{title} / {tags}", ["title"], "[title] / "],
  [
    "of the empty lines around what is left out, one stays",
    "{title}\n\n{lead}\n\n{link}",
    ["title", "link"],
    "[title]\n\n[link]",
  ],
  ["no empty line begins or ends the post", "{lead}\n\n{title}\n\n{link}", ["title"], "[title]"],
  ["doubled braces are braces", "{{{title}}} {{lead}}", ["title", "lead"], "{[title]} {lead}"],
] as const)("%s", (_, written, has, shown) => {
  expect(laid(written, ...has)).toBe(shown);
});

const FIELDS = ["title", "lead", "points", "link", "tags"] as const;
const PLACEHOLDERS = ["{title}", "{lead|title}", "{points|lead}", '{link|"-"}', "{tags}"];
const written = fc
  .tuple(
    fc.shuffledSubarray(PLACEHOLDERS, { minLength: 1 }),
    fc.array(fc.constantFrom("\n", "\n\n", "\n\n\n", "\nOwn words\n", "\nFrom "), {
      minLength: PLACEHOLDERS.length,
      maxLength: PLACEHOLDERS.length,
    }),
  )
  .map(([parts, between]) => parts.map((part, at) => `${between[at]}${part}`).join(""))
  .filter((text) => !text.includes("From {points"));

test("whatever is missing, no field is said twice and no gap is left", () => {
  fc.assert(
    fc.property(written, fc.subarray([...FIELDS]), (text, has) => {
      const drawn = laid(text, ...has);
      for (const field of FIELDS)
        expect(drawn.split(`[${field}]`).length - 1).toBeLessThanOrEqual(has.includes(field) ? 1 : 0);
      expect(drawn).not.toMatch(/^\n|\n\n\n|\n$/u);
    }),
  );
});
