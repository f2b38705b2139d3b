import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PostOptions, Summary } from "../../../src/domain/types.ts";
import { composeBluesky } from "../../../src/destinations/bluesky/compose.ts";
import { graphemeLength, utf8Length } from "../../../src/lib/text.ts";
import { templateOf } from "../../support/template.ts";
import { hostileTexts } from "../texts.ts";
import { harbour } from "../discord/stories.ts";

type Record = {
  readonly text: string;
  readonly facets?: readonly {
    readonly index: { readonly byteStart: number; readonly byteEnd: number };
    readonly features: readonly [{ readonly uri?: string; readonly tag?: string }];
  }[];
  readonly embed?: { readonly external: { readonly title: string; readonly description: string } };
};

function composed(
  written: string,
  summary: Partial<Summary> = {},
  wanted: Partial<PostOptions> = {},
): Record {
  const options: PostOptions = {
    key: "3m4xk2abcde2a",
    createdAt: Date.UTC(2026, 10, 5),
    style: "card",
    mentions: [],
    hashtags: ["weather"],
    template: templateOf(written),
    ...wanted,
  };
  const [post] = composeBluesky({ ...harbour, image: null, ...summary }, options);
  return post?.payload as unknown as Record;
}

const shown = ({ text, facets = [] }: Record): readonly string[] =>
  facets.map(({ index }) => Buffer.from(text).subarray(index.byteStart, index.byteEnd).toString());

test("the text is what the template says, its link and hashtags are live, the card stays", () => {
  const record = composed("{title}\n\n{points}\nMore: {link} {tags}");
  expect(record.text).toBe(
    [
      "Harbour closes for three days as storm nears the coast",
      "",
      "• Ferries stop at noon on Friday.",
      "• Two lighthouses were evacuated.",
      "More: harbour.example/2026/11/harb… #Weather",
    ].join("\n"),
  );
  expect(shown(record)).toEqual(["harbour.example/2026/11/harb…", "#Weather"]);
  expect(record.embed?.external).toMatchObject({ title: harbour.title, description: harbour.description });
});

test("plain, there is no card; what the template does not show is not said", () => {
  const record = composed("{lead} {link}", {}, { style: "plain" });
  expect(record.embed).toBeUndefined();
  expect(record.text).toBe(`${harbour.description} harbour.example/2026/11/harb…`);
});

test("the link keeps its room, the headline and the lead are shortened, a bullet is whole or not there", () => {
  const title = "A headline of many words ".repeat(20).trim();
  const points = [`${"p".repeat(150)}.`, "Short."];
  const record = composed("Breaking: {title}\n{points}\n{lead}\n{link}", { title, keyPoints: points });
  expect(record.text).toMatch(/^Breaking: A headline of many words [\w ]+…\n/u);
  expect(record.text).toContain("\n• Short.\n");
  expect(shown(record)[0]).toBe("harbour.example/2026/11/harb…");
});

test("what an admin writes is text, also where it looks like a link or a name", () => {
  expect(composed("https://evil.test @a.test #b {title}").facets).toBeUndefined();
});

test("a post whose template has nothing to say takes its own shape", () => {
  expect(composed("{points}", { keyPoints: [] }).text).toBe(`${harbour.description}\n\n#Weather`);
});

const template = fc.constantFrom(
  "{title}\n{lead}\n{points}\n{link}\n{tags}",
  '🚢 {title}\n\n{points|lead|"No details."}\n\nread: {link}',
  "{tags} خبر {title} · {lead} · {link}",
  `${"漢".repeat(100)}{title}\n{lead}\n{link}`,
);

test("whatever the article, a template keeps every limit, its bullets whole and its facets on the byte", () => {
  fc.assert(
    fc.property(
      fc.record({
        title: hostileTexts,
        keyPoints: fc.array(hostileTexts, { maxLength: 6 }),
        description: fc.option(hostileTexts),
        categories: fc.array(fc.oneof(hostileTexts, fc.constant("Weather")), { maxLength: 4 }),
        url: fc.constantFrom(harbour.url, "https://新聞.example/港", `https://${"a.".repeat(110)}example/x`),
      }),
      template,
      fc.constantFrom("card" as const, "plain" as const),
      (summary, written, style) => {
        const record = composed(written, summary, { style });
        expect(graphemeLength(record.text)).toBeLessThanOrEqual(300);
        expect(utf8Length(record.text)).toBeLessThanOrEqual(3000);
        expect(record.text.isWellFormed()).toBe(true);
        const links = (record.facets ?? []).filter(({ features }) => features[0].uri !== undefined);
        expect(links.length).toBeGreaterThanOrEqual(style === "plain" ? 1 : 0);
        for (const [at, facet] of (record.facets ?? []).entries()) {
          const { tag } = facet.features[0];
          const text = shown(record)[at] ?? "";
          expect(tag === undefined ? /^…?[a-z0-9.-]+(?:\/\S*)?$/u.test(text) : text === `#${tag}`).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});
