import { expect, test } from "vitest";
import { detectLanguage, normaliseLanguage } from "../../src/articles/language.ts";

test.each([
  ["en_US", "en-US"],
  ["en-us", "en-US"],
  ["de_DE.UTF-8", "de-DE"],
  ["zh-hant-tw", "zh-Hant-TW"],
  ["en, fr", "en"],
  ["x-default", null],
  ["und", null],
  ["english", null],
  ["<script>", null],
  ["", null],
  [null, null],
])("the tag %s becomes %s", (tag, expected) => {
  expect(normaliseLanguage(tag)).toBe(expected);
});

test.each([
  ["en", "The council decided to rebuild the old bridge before the winter storms arrive at the coast."],
  ["de", "Der Stadtrat hat beschlossen, die alte Brücke noch vor den Winterstürmen neu zu bauen."],
  ["fr", "Le conseil municipal a décidé de reconstruire le vieux pont avant les tempêtes de l'hiver."],
  ["uk", "Міська рада вирішила відбудувати старий міст до початку зимових штормів на узбережжі."],
])("text in %s is known for what it is", async (language, text) => {
  expect(await detectLanguage(text)).toBe(language);
});

test("nothing is guessed from a few words or from numbers", async () => {
  expect(await detectLanguage("Bridge open")).toBeNull();
  expect(await detectLanguage("12 34 56 78 ".repeat(50))).toBeNull();
});
