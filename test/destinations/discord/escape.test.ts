import * as fc from "fast-check";
import { expect, test } from "vitest";
import { escapeMarkdown } from "../../../src/destinations/discord/escape.ts";
import { showMarkdown } from "./markdown.ts";

const HOSTILE = [
  "@everyone @here <@1> <@!1> <@&1>",
  "[Click](https://evil.test)",
  "[https://bbc.com](https://evil.test)",
  "# Heading",
  "### Heading",
  "-# small",
  "> quote",
  ">>> quote",
  "- list",
  "* list",
  "+ list",
  "1. list",
  "2024) list",
  "```js\ncode```",
  "a `code` b ``x``",
  "||spoiler|| **bold** __under__ *it* _it_ ~~gone~~",
  "</ban:1> <t:0:R> <#1> <:party:12345> <a:party:12345> <id:customize>",
  "join discord.gg/abc or https://discord.com/invite/abc, discordapp.com/invite/abc",
  "<https://evil.test> steam://run discord://x",
  ":smile: 10:30 a:b:c",
  "snake_case_name and 2 * 3 * 4",
  String.raw`back\slash \* at the end \ `.trim(),
  String.raw`¯\_(ツ)_/¯`,
  "\\",
];

test.each(HOSTILE)("%j is shown as it is", (text) => {
  const shown = showMarkdown(escapeMarkdown(text));
  expect(shown).toEqual({ text, live: [] });
});

test("the model itself sees formatting where nothing is escaped", () => {
  const live = HOSTILE.flatMap((text) => showMarkdown(text).live);
  for (const name of ["heading", "quote", "list", "link", "masked link", "mention", "everyone", "command"])
    expect(live).toContain(name);
  for (const name of ["timestamp", "custom emoji", "emoji", "code block", "spoiler", "bold", "invite"])
    expect(live).toContain(name);
});

test("an ordinary sentence stays readable in its source", () => {
  const sentence = "Deployment of 12,000 troops to Russia: what we know (so far).";
  expect(escapeMarkdown(sentence)).toBe(sentence);
});

const pieces = fc.constantFrom(
  ...Array.from("\\*_~`|>#-+[]()<@:!&./ \n1at"),
  "https://",
  "discord.gg/",
  "everyone",
  "```",
  "||",
  "-# ",
  "1. ",
  "<t:0>",
  "é",
  "日本",
  "👨‍👩‍👧",
);

test("whatever the text, what Discord shows equals it and nothing in it is live", () => {
  const text = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (source) => {
      expect(showMarkdown(escapeMarkdown(source))).toEqual({ text: source, live: [] });
    }),
    { numRuns: 3000 },
  );
});

test("inside our own bullet, bold and lines it stays as inert", () => {
  const text = fc
    .array(pieces, { minLength: 1, maxLength: 16 })
    .map((parts) => parts.join("").replaceAll(/\s+/g, " ").trim())
    .filter((line) => line !== "");
  fc.assert(
    fc.property(text, (source) => {
      const bullet = /^- (.*)$/s.exec(`- ${escapeMarkdown(source)}`)?.[1] ?? "";
      expect(showMarkdown(bullet)).toEqual({ text: source, live: [] });
      const bold = showMarkdown(`**${escapeMarkdown(source)}**`);
      expect(bold.live).toEqual(["bold"]);
      expect(showMarkdown(bold.text)).toEqual({ text: source, live: [] });
    }),
    { numRuns: 2000 },
  );
});
