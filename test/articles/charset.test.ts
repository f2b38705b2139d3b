import { expect, test } from "vitest";
import { decodePage, decodeSaved } from "../../src/articles/charset.ts";

const PAGE = '<meta charset="windows-1251"><p>Мост открыт</p>';
const asUtf8 = Buffer.from(PAGE);
/** The same in windows-1251, in which А is C0 and а is E0. */
const asDeclared = Uint8Array.from(PAGE, (sign) => {
  const code = sign.codePointAt(0) ?? 0;
  return code < 0x80 ? code : code - 0x410 + 0xc0;
});

test("a page from the web is read as it says", () => {
  expect(decodePage(asDeclared, null)).toBe(PAGE);
  expect(decodePage(asUtf8, "text/html; charset=utf-8")).toBe(PAGE);
});

test("a saved page that was rewritten as UTF-8 is read so, whatever it still says", () => {
  expect(decodeSaved(asUtf8)).toBe(PAGE);
  expect(decodeSaved(asDeclared)).toBe(PAGE);
});
