import { expect, test } from "vitest";
import { checkArticle } from "../../src/articles/checks.ts";
import { checkHeadline } from "../../src/articles/headline.ts";
import type { Article } from "../../src/domain/types.ts";

const FILLER = "The council talked about roads and schools for a long while before the evening came. ".repeat(
  6,
);

const article = (title: string, text: string, language: string | null = "en"): Article => ({
  url: "https://harbour.example/a",
  pageUrl: null,
  canonicalUrl: null,
  title,
  description: null,
  firstSentences: null,
  text,
  keyPoints: { points: [], origin: null, label: null },
  language,
  image: null,
  author: null,
  categories: [],
  siteName: null,
  siteUrl: null,
  siteIconUrl: null,
  published: null,
  source: "page",
});

test("a headline that names a country the article never mentions is held, with the reason", () => {
  const text = `North Korea sends troops and drones to Moscow. ${FILLER}`;
  expect(checkArticle(article("Japan sends troops and drones to Russia", text))).toEqual({
    kind: "checked",
    held: [
      { check: "country", reason: "the headline names Japan, the article does not mention it anywhere" },
    ],
  });
});

test.each([
  ["Japan sends ships", "Tokyo sends ships to the strait."],
  ["US votes on ships", "Americans vote on ships today."],
  ["UK to build ships", "The British yard builds ships."],
  ["Storm over the Indian Ocean", "A storm rises over the ocean."],
  ["Tell us about your ships", "Readers tell about ships."],
  ["Turkey sales rise before the feast", "Farmers sell more birds before the feast."],
])("%s is fine above: %s", (headline, body) => {
  expect(checkHeadline(headline, body)).toBeNull();
});

test("South Korea is not North Korea, and Nigeria is not Niger", () => {
  expect(checkHeadline("South Korea builds ships", "North Korea builds ships.")?.check).toBe("country");
  expect(checkHeadline("Nigeria builds ships", "Niger builds ships.")?.check).toBe("country");
});

test("a text that has nothing to do with its headline is held", () => {
  expect(checkArticle(article("Volcano erupts near fishing village overnight", FILLER))).toMatchObject({
    held: [{ check: "other text" }],
  });
});

test("word forms count as the same word", () => {
  expect(
    checkHeadline("Volcano erupts, villages evacuated overnight", "A volcanic eruption near a village."),
  ).toBeNull();
});

test("short texts and other languages are not checked, and it says so", () => {
  expect(checkArticle(article("Japan sends ships", "Ships were sent."))).toEqual({
    kind: "not checked",
    reason: "the text has only 3 words",
  });
  expect(checkArticle(article("Japan schickt Schiffe", FILLER, "de-DE"))).toMatchObject({
    kind: "not checked",
    reason: "no data for the language de",
  });
});
