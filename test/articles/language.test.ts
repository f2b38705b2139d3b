import { expect, test } from "vitest";
import { detectLanguage, mayBeIn, normaliseLanguage } from "../../src/articles/language.ts";

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

const ENGLISH =
  "The bridge over the harbour opened again on Tuesday, nine weeks after the storm had torn two of its spans away. " +
  "The mayor said that the repair was cheaper than feared, and thanked the crews who had worked through the nights. " +
  "Ferries will run until the end of the month, so that lorries need not take the long way round the bay.";
const GUJARATI = "પુલ મંગળવારે ફરીથી ખુલ્યો અને ફેરી મહિનાના અંત સુધી ચાલશે એમ મેયરે કહ્યું";
const SERBIAN =
  "Most preko luke ponovo je otvoren u utorak, devet nedelja posle oluje, rekao je gradonačelnik.";

test.each([
  ["en-GB", ENGLISH, true],
  ["de", ENGLISH, false],
  ["nb-NO", ENGLISH, false],
  ["ru", ENGLISH, false],
  ["ja", ENGLISH, false],
  ["en-IN", GUJARATI.repeat(2), false],
  ["gu", GUJARATI.repeat(2), true],
  ["ja", "橋は火曜日に再び開通し、フェリーは月末まで運航されると市長は述べ、作業員に感謝した。", true],
  ["zh-TW", "大橋於星期二重新開放，渡輪將營運至月底，市長感謝徹夜工作的工人，並表示維修費用低於預期。", true],
  ["sr", SERBIAN, true],
  ["eo", ENGLISH, true],
  ["de", "The bridge is open.", true],
])("a page in %s may say: %s (%s)", (language, text, may) => {
  expect(mayBeIn(language, text)).toBe(may);
});
