import { expect, test } from "vitest";
import { headline } from "../../../src/articles/checks/headline.ts";
import { COUNTRIES } from "../../../src/articles/countries.ts";
import { checkHeadline } from "../../../src/articles/headline.ts";
import { cleanArticle } from "../../support/checks.ts";

const FILLER = cleanArticle().text;

test("a headline that names a country the article never mentions is found, with the reason", () => {
  const text = `North Korea sends troops and drones to Moscow. ${FILLER}`;
  expect(headline(cleanArticle({ title: "Japan sends troops and drones to Russia", text }))).toEqual({
    kind: "hit",
    reason: "the headline names Japan, the article does not mention it anywhere",
  });
});

test.each([
  ["Japan sends ships", "Tokyo sends ships to the strait."],
  ["US votes on ships", "Americans vote on ships today."],
  ["UK to build ships", "The British yard builds ships."],
  ["Storm over the Indian Ocean", "A storm rises over the ocean."],
  ["Tell us about your ships", "Readers tell about ships."],
  ["Turkey sales rise before the feast", "Farmers sell more turkeys before the feast."],
  ["Jordan scores twice in the final", "Ada Jordan scored twice."],
  ["Polish your boots before winter", "How to polish leather."],
  ["Guinea pigs need company", "The animals live in groups."],
  ["Storm reaches New England", "Boston saw a foot of snow."],
  ["Papua New Guinea votes", "PNG goes to the polls."],
  ["Northern Ireland votes", "Belfast goes to the polls."],
  ["Belgium and the Union", "Brussels says no to the plan."],
  ["JOIN US FOR THE FAIR", "Everyone may come to the fair."],
  ["UKRAINE BUILDS SHIPS", "Kyiv builds ships."],
  ["Côte d’Ivoire votes", "Abidjan, in Côte d'Ivoire, goes to the polls."],
])("%s is fine above: %s", (title, body) => {
  expect(checkHeadline(title, body)).toBeNull();
});

test("South Korea is not North Korea, and Nigeria is not Niger", () => {
  expect(checkHeadline("South Korea builds ships", "North Korea builds ships.")?.check).toBe("country");
  expect(checkHeadline("Nigeria builds ships", "Niger builds ships.")?.check).toBe("country");
});

test.each([
  ["Turkey builds ships", "Greece builds ships.", "Turkey"],
  ["Georgian minister resigns", "The minister resigned in Vilnius.", "Georgia"],
  ["CHAD BUILDS SHIPS", "Niger builds ships.", "Chad"],
  ["Guinea votes", "Ghana goes to the polls.", "Guinea"],
  ["American builds ships", "Canada builds ships for us.", "United States"],
])("%s is found above: %s", (title, body, country) => {
  expect(checkHeadline(title, body)?.reason).toBe(
    `the headline names ${country}, the article does not mention it anywhere`,
  );
});

test("rows of a table are no text to judge a headline by", () => {
  const text = "Aberdale\n\nAda Quay\n\nada.quay@parliament.example\n\n".repeat(60);
  expect(headline(cleanArticle({ title: "Minister talks about Japan", text }))).toMatchObject({
    kind: "not checked",
  });
});

test("a text that has nothing to do with its headline is found", () => {
  expect(headline(cleanArticle({ title: "Volcano erupts near fishing village overnight" }))).toEqual({
    kind: "hit",
    reason: "hardly a word of the headline occurs in the article's text",
  });
});

test("word forms count as the same word", () => {
  expect(
    checkHeadline("Volcano erupts, villages evacuated overnight", "A volcanic eruption near a village."),
  ).toBeNull();
});

/** What CLDR names besides states: territories, which news names with or like their state, and what is no place. */
const NO_STATES = new Set(
  (
    "AC AI AN AQ AS AW AX BL BM BQ BU BV CC CK CP CQ CW CX DG EA EH EU EZ FK FO GF GG GI GP GS GU HK HM IC IM IO JE KY " +
    "MF MO MP MQ MS NC NF NU PF PM PN PR PS QO RE SH SJ SX TA TC TF TK UM UN VG VI WF XA XB YT ZR ZZ"
  ).split(" "),
);
/** States that CLDR writes as no headline would. */
const IN_NEWS: Readonly<Record<string, string>> = {
  CD: "DR Congo",
  CG: "Congo",
  MM: "Myanmar",
  VC: "Saint Vincent and the Grenadines",
};

test("every state that CLDR knows by name is known", () => {
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
  const known = new Set(COUNTRIES.flatMap((country) => country.names));
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCodePoint(65 + at));
  const codes = letters.flatMap((one) => letters.map((other) => `${one}${other}`));
  const states = codes.filter((code) => names.of(code) !== undefined && !NO_STATES.has(code));
  const nameOf = (code: string): string =>
    IN_NEWS[code] ?? (names.of(code) ?? "").replaceAll("’", "'").replaceAll("&", "and");
  expect(states.length).toBeGreaterThan(190);
  expect(states.map(nameOf).filter((name) => !known.has(name))).toEqual([]);
});

test.each([
  ["St. Lucia opens its port", "Saint Lucia’s port is open."],
  ["Dominican players win", "Dominican players won again."],
  ["Vatican opens its archive", "The Holy See opens what the Pope kept."],
  ["Kiribati votes", "Tarawa goes to the polls."],
])("%s is fine above: %s, too", (title, body) => {
  expect(checkHeadline(title, body)).toBeNull();
});
