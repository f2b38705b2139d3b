import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PostOptions, Summary } from "../../../src/domain/types.ts";
import { composeDiscord } from "../../../src/destinations/discord/compose.ts";
import { checkCreate, type MessageForm } from "../../support/discord/form.ts";
import { templateOf } from "../../support/template.ts";
import { hostileTexts } from "../texts.ts";
import { showMarkdown } from "./markdown.ts";
import { harbour, options } from "./stories.ts";

function composed(written: string, summary: Partial<Summary> = {}, wanted: Partial<PostOptions> = {}) {
  const [post] = composeDiscord(
    { ...harbour, ...summary },
    { ...options, template: templateOf(written), ...wanted },
  );
  const payload = post?.payload as MessageForm;
  expect(checkCreate(payload)).toEqual({ kind: "form", form: payload });
  return { words: payload.embeds?.[0]?.description ?? payload.content, payload, text: post?.text };
}

const plain = { style: "plain" } as const;

test("a plain post says what its template says, in the admin's own markdown", () => {
  const written = "## {title}\n{points}\n\n*{lead}*\n-# {tags} · [read]({link})";
  expect(composed(written, {}, { ...plain, mentions: ["7"] })).toMatchObject({
    words: [
      "<@&7>",
      "## Harbour closes for three days as storm nears the coast",
      "- Ferries stop at noon on Friday.",
      "- Two lighthouses were evacuated.",
      "",
      "*The port authority shuts all terminals until Monday and asks crews to stay ashore.*",
      "-# Weather, Coast · [read](<https://harbour.example/2026/11/harbour-closes/>)",
    ].join("\n"),
    text: expect.stringContaining("• Ferries stop at noon on Friday.\n• Two lighthouses") as string,
  });
});

test("on a card the template makes the description; headline, picture and site stay the card's", () => {
  const { words, payload } = composed("{points}\n{tags}");
  expect(words).toBe("- Ferries stop at noon on Friday.\n- Two lighthouses were evacuated.\nWeather, Coast");
  expect(payload.embeds?.[0]).toMatchObject({ title: harbour.title, url: harbour.url });
});

test("a key point that finds no room is left out whole, the lead is shortened", () => {
  const points = ["a", "b", "c"].map((letter) => `${letter.repeat(900)}.`);
  const { words } = composed("{title}\n{points}\n{lead}\n{link}", { keyPoints: points }, plain);
  expect(words).toContain(`- ${points[0]}`);
  expect(words).not.toContain("bbb".repeat(100).concat("…"));
  expect(words?.endsWith(`<${harbour.url}>`)).toBe(true);
  const long = composed("{lead}", { description: "A word of many ".repeat(100), keyPoints: [] }, plain);
  expect(long.words).toMatch(/^A word of many [\w ]+…$/u);
});

test("a post whose template has nothing to say takes its own shape", () => {
  expect(composed("{points}", { keyPoints: [] }).words).toBe(harbour.description);
});

const template = fc.constantFrom(
  "{title}\n{lead}\n{points}\n{link}\n{tags}",
  '**{title}** ({tags})\n\n{points|lead|"No details."}\n\n[read]({link})',
  "News · {title} · {lead} · {link}",
  "{points}",
);

test("whatever the article, a template keeps Discord's limits, its bullets whole, and foreign text dead", () => {
  fc.assert(
    fc.property(
      fc.record({
        title: hostileTexts,
        keyPoints: fc.array(hostileTexts, { maxLength: 8 }),
        description: fc.option(hostileTexts),
        categories: fc.array(hostileTexts, { maxLength: 4 }),
      }),
      template,
      fc.constantFrom("card" as const, "plain" as const),
      (summary, written, style) => {
        const shape = templateOf(written);
        const [post] = composeDiscord({ ...harbour, ...summary }, { ...options, style, template: shape });
        const payload = post?.payload as MessageForm;
        expect(checkCreate(payload).kind).toBe("form");
        expect(JSON.stringify(payload).isWellFormed()).toBe(true);
        const words = `${payload.content ?? ""}\n${payload.embeds?.[0]?.description ?? ""}`;
        const live = words.split("\n").flatMap((line) => showMarkdown(line.replace(/^- /u, "")).live);
        const ours = new Set(["bold", "angle link", "masked link"]);
        expect(live.filter((name) => !ours.has(name))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
