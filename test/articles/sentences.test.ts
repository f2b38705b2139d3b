import { expect, test } from "vitest";
import { graphemeLength } from "../../src/lib/text.ts";
import { firstSentences, isCut, withoutByline, withoutDateline } from "../../src/articles/sentences.ts";
import { sentencesWithin, splitSentences } from "../../src/lib/sentences.ts";

const nothing = () => false;

test.each([
  ["en", "Dr. Ames met Mr. Bell at 5 p.m. on Monday. They talked.", 2],
  ["en", "The U.S. Senate voted. Nobody objected.", 2],
  ["en", "He lives in the U.S. By his own account he likes it.", 2],
  ["en", "J. K. Miller wrote it. It sold well.", 2],
  ["en", "Prices rose 3.5 percent. Wages did not.", 2],
  ["de", "Viele Orte, z. B. Ulm, feiern am 3. Mai ein Fest. Es regnet.", 2],
  ["de", "Das kostet ca. 3 Mio. Euro, d. h. mehr als im Jahr 2020. Schade.", 2],
  ["fr", "M. Durand a parlé à Mme. Petit. Elle a ri.", 2],
  ["ja", "雨が降った。橋は閉鎖された。", 2],
  ["es", "La Sra. López habló con el Dr. Ruiz en EE. UU. el lunes. Nadie respondió.", 2],
  ["it", "Il dott. Rossi ha parlato con l'ing. Bianchi. «È finita», ha detto.", 2],
  ["nl", "Dhr. Jansen kwam m.b.t. de brug om ca. 9 uur. Niemand sprak.", 2],
  ["pl", "Most kosztował ok. 3 mln zł, tzn. mniej niż w 2020 r. i nikt nie protestował. Dobrze.", 2],
  ["ru", "Мост стоит 3 млн руб. и открыт в г. Ростове. Никто не спорит.", 2],
  ["da", "Broen koster ca. 3 mio. kr., f.eks. mere end i fjor. Ingen klager.", 2],
  ["en", "The vote is on Jan. 5 at St. Mary's. All may come.", 2],
  ["en", "“We are done. We leave,” said Dr. Ames. Nobody stayed.", 2],
  ["en", '"Is it open?" she asked. It is.', 2],
  ["de", "„Das war’s. Wir gehen“, sagte Dr. Weiß am 3. Mai. Alle gingen.", 2],
  ["de", "Er fragte: „Warum?“ Niemand antwortete.", 2],
  ["fr", "« C’est fini. Rentrons », dit M. Petit. Personne n’est resté.", 2],
  ["en", `“We are done. ${"It was a long day for all of us. ".repeat(9)}” He left.`, 11],
  ["hi", "पुल खुल गया। किसी ने कुछ नहीं कहा।", 2],
])("sentences in %s end where a reader says so: %s", (language, text, count) => {
  expect(splitSentences(text, language)).toHaveLength(count);
});

test("splitting loses nothing", () => {
  const text = "One is here. Two, e.g. this one, is there! Is three?";
  expect(splitSentences(text, "en").join(" ")).toBe(text);
});

test.each([
  ["BERLIN (Reuters) - The river rose.", "The river rose."],
  ["Berlin (dpa) – Der Fluss steigt.", "Der Fluss steigt."],
  ["KYIV, Ukraine (AP) — Trains run again.", "Trains run again."],
  ["WASHINGTON, Dec 26 (Reuters) - The vote failed.", "The vote failed."],
  ["PARIS — Le fleuve monte.", "Le fleuve monte."],
  ["(ANSA) - ROMA, 28 LUG - Il fiume sale.", "Il fiume sale."],
  ["Ulm, 27.6.2026 – Der Fluss steigt.", "Der Fluss steigt."],
  ["24/09/2026 – Il fiume sale.", "Il fiume sale."],
  ["NAIROBI: The river rose.", "The river rose."],
  ["KUALA LUMPUR: “The river rose,” she said.", "“The river rose,” she said."],
  ["COVID: The numbers fall.", "COVID: The numbers fall."],
  ["NATO: The alliance meets.", "NATO: The alliance meets."],
  ["Bridge: The story of a repair.", "Bridge: The story of a repair."],
  ["The mayor - a former teacher - resigned.", "The mayor - a former teacher - resigned."],
  ["The plan (see below) - it failed - is old.", "The plan (see below) - it failed - is old."],
])("the dateline goes, the sentence stays: %s", (paragraph, rest) => {
  expect(withoutDateline(paragraph)).toBe(rest);
});

test.each([
  ["Was bleibt nach der Flut? Von Nora Weiß.", "Was bleibt nach der Flut?"],
  ["Le fleuve monte. Par Anne Petit et Jean Roux", "Le fleuve monte."],
  ["KYIV (AP) - Trains run again. By Ada Quay.", "Trains run again."],
  ["The town is run by Mayor Ada Quay.", "The town is run by Mayor Ada Quay."],
  ["Es geht voran. Von hier sind es zehn Tage.", "Es geht voran. Von hier sind es zehn Tage."],
])("a dek comes without dateline and byline: %s", (dek, rest) => {
  expect(withoutByline(dek)).toBe(rest);
});

test("when a text was written, and the notes below it, are no sentences of it", () => {
  expect(
    firstSentences(
      [
        "02/12/2026 Actualizado a las 20:56h. El puente abre el lunes.",
        "Ⓘ Calculado para cuatro personas.",
        "* Todos los datos son del ayuntamiento.",
        "Nadie protesta.",
      ],
      "es",
      nothing,
    ),
  ).toBe("El puente abre el lunes. Nadie protesta.");
});

test("as many whole sentences as fit, and none torn", () => {
  const text = "Dr. Ames came. She saw the U.S. Senate. He left.";
  const within = (max: number) => sentencesWithin(text, "en", (part) => part.length <= max);
  expect([10, 14, 40, 47, 48].map(within)).toEqual([
    "",
    "Dr. Ames came.",
    "Dr. Ames came. She saw the U.S. Senate.",
    "Dr. Ames came. She saw the U.S. Senate.",
    text,
  ]);
  expect(sentencesWithin("One. Two.", "not a language", () => true)).toBe("One. Two.");
});

test("the first sentences are whole, and about 200 to 280 graphemes long", () => {
  const sentence = "The council of the harbour town decided on Tuesday to rebuild its old bridge. ";
  const first = firstSentences([sentence.repeat(3).trim(), sentence.repeat(3).trim()], "en", nothing);
  expect(first).toBe(sentence.repeat(3).trim());
  expect(graphemeLength(first ?? "")).toBeGreaterThanOrEqual(200);
  expect(graphemeLength(first ?? "")).toBeLessThanOrEqual(280);
});

test("bylines, bullets, crossheads and what is left out are passed over", () => {
  const paragraphs = [
    "By Jane Doe, Harbour Correspondent",
    "• A bullet that stands on its own.",
    "Updated: 3 May",
    "The key point.",
    "A crosshead without a stop",
    "The bridge is open.",
  ];
  expect(firstSentences(paragraphs, "en", (text) => text === "The key point.")).toBe("The bridge is open.");
});

test("sentences of a script without spaces stand without them", () => {
  expect(firstSentences(["雨が降った。橋は閉鎖された。"], "ja", nothing)).toBe(
    "雨が降った。橋は閉鎖された。",
  );
});

test("a sentence that was cut is not used", () => {
  expect(firstSentences(["The bridge is open. The ferry will […]"], "en", nothing)).toBe(
    "The bridge is open.",
  );
  expect(firstSentences(["The ferry will …"], "en", nothing)).toBeNull();
});

test("only a first sentence that is too long is cut, with an ellipsis", () => {
  const first = firstSentences([`${"very ".repeat(100)}long.`], "en", nothing);
  expect(first?.endsWith("very…")).toBe(true);
  expect(graphemeLength(first ?? "")).toBeLessThanOrEqual(280);
});

test.each(["Rain is […]", "Rain is [...]", "Rain is …", "Rain is...", "Rain is … "])("%s is cut", (text) => {
  expect(isCut(text)).toBe(true);
});

test("a sentence that ends is not cut", () => {
  expect(isCut("Rain fell.")).toBe(false);
});
