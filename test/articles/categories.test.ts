import { expect, test } from "vitest";
import { tidyCategories } from "../../src/articles/categories.ts";

const HEADLINE = "Ferry bridge opens after the winter storm";

test.each([
  [
    "what nobody filed is filed nowhere",
    ["Uncategorized", "Non classé", "Allgemein", "Other", "Local"],
    ["Local"],
  ],
  ["a list in one field is several names", ["Spain,Europe,World news"], ["Spain", "Europe", "World news"]],
  [
    "a comma in a name or a number stays",
    ["Business, Finance & Law", "1,000 bridges"],
    ["Business, Finance & Law", "1,000 bridges"],
  ],
  ["what a machine reads is no name", ["rank:2", "post-type:video", "Local"], ["Local"]],
  ["the headline again is none", ["ferry bridge opens after storm", "Bridge"], ["Bridge"]],
  ["a sentence is none", ["All that we know about the bridge so far", "Bridge"], ["Bridge"]],
  ["the same with and without accents is one", ["politica", "Política", "#politica"], ["politica"]],
  ["empty names and signs alone are none", ["", " # ", "—", "Meer"], ["Meer"]],
])("%s", (_, categories, names) => {
  expect(tidyCategories(categories, HEADLINE)).toEqual(names);
});
