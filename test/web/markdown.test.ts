import { expect, test } from "vitest";
import { markdown } from "../../src/web/pages/markdown.ts";

test("a list's headlines are links on the page, with their escapes undone and their markup harmless", () => {
  const drawn = markdown("- [1 \\< 2 & <b>](<https://a.example/1>)\n- plain [x](javascript:alert)");
  const text = drawn.map(String).join("").replaceAll(/\s+/gu, " ");
  expect(text).toContain('href="https://a.example/1" rel="noopener noreferrer">1 &lt; 2 &amp; &lt;b&gt;</a>');
  expect(text).toContain("plain [x](javascript:alert)");
  expect(text).not.toContain("<b>");
});
