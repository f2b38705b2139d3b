import { expect, test } from "vitest";
import { relativeTime } from "../../../src/articles/checks/relative-time.ts";

const EVENING = Date.UTC(2026, 10, 5, 22);
const MORNING = Date.UTC(2026, 10, 6, 7);
const sent = (text: string, language: string | null = "en", timezone = "UTC") =>
  relativeTime({ text: () => text, language, writtenAt: EVENING, now: MORNING, timezone });

test("a relative word is found once midnight has passed, with both days", () => {
  expect(sent("The bridge reopens tomorrow.")).toEqual({
    kind: "hit",
    reason: "it says “tomorrow”, written on 2026-11-05, and goes out on 2026-11-06",
  });
});

test("midnight is the audience's", () => {
  expect(sent("Ferries run today.", "en", "Europe/London")).toMatchObject({ kind: "hit" });
  expect(sent("Ferries run today.", "en", "Asia/Tokyo")).toBeNull();
});

test("a post that never waited over midnight is not even composed for it", () => {
  const text = () => {
    throw new Error("composed");
  };
  expect(
    relativeTime({ text, language: "en", writtenAt: EVENING, now: EVENING + 1000, timezone: "UTC" }),
  ).toBeNull();
});

test.each([
  ["de-DE", "Die Brücke öffnet morgen."],
  ["fr", "Le pont rouvre aujourd’hui."],
  ["es", "El puente abre mañana."],
  ["it", "Il ponte riapre stasera."],
  ["pt-BR", "A ponte abre amanhã."],
  ["nl", "De brug gaat vanavond open."],
  ["sv", "Bron öppnar i morgon."],
  ["pl", "Most otwarto dziś."],
  ["ru", "Мост откроют завтра."],
  ["tr", "Köprü bugün açılıyor."],
  ["ja", "橋は明日開通する。"],
  ["zh-CN", "大桥今天通车。"],
  ["ko", "다리가 내일 열린다."],
])("in %s it finds the word in: %s", (language, text) => {
  expect(sent(text, language)).toMatchObject({ kind: "hit" });
});

test.each([
  ["en", "USA Today reports a todayish mood."],
  ["de", "Am Morgen war die Brücke zu."],
  ["es", "Por la mañana hubo niebla."],
  ["fr", "Le fichier est prêt."],
])("in %s it finds none in: %s", (language, text) => expect(sent(text, language)).toBeNull());

test("a language without data is not checked, and it says so", () => {
  expect(sent("Ponte", "eo")).toEqual({
    kind: "not checked",
    reason: "no relative words are known in the language eo",
  });
  expect(sent("Ponte", null)).toMatchObject({ kind: "not checked" });
});
