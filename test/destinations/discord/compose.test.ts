import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PostOptions, Summary } from "../../../src/domain/types.ts";
import { composeDiscord } from "../../../src/destinations/discord/compose.ts";
import { escapeMarkdown } from "../../../src/destinations/discord/escape.ts";
import { cleanText } from "../../../src/destinations/discord/clean.ts";
import { checkCreate, checkPost } from "../../support/discord/form.ts";
import { hostileTexts, soundPoints } from "../texts.ts";
import type { MessageForm } from "../../support/discord/form.ts";
import { showMarkdown } from "./markdown.ts";
import { harbour, options } from "./stories.ts";

function composed(summary: Partial<Summary>, wanted: Partial<PostOptions> = {}) {
  const posts = composeDiscord({ ...harbour, ...summary }, { ...options, ...wanted });
  expect(posts).toHaveLength(1);
  const post = posts[0];
  const payload = post?.payload as MessageForm;
  expect(checkCreate(payload)).toEqual({ kind: "form", form: payload });
  return { payload, text: post?.text ?? "", embed: payload.embeds?.[0] };
}

const described = (summary: Partial<Summary>): string => composed(summary).embed?.description ?? "";

test("an article with two key points is one embed: dek, empty line, bullets", () => {
  expect(composed({}).payload).toEqual({
    embeds: [
      {
        author: {
          name: "Harbour Post",
          url: "https://harbour.example/",
          icon_url: "https://harbour.example/icon.png",
        },
        title: "Harbour closes for three days as storm nears the coast",
        url: "https://harbour.example/2026/11/harbour-closes/",
        description:
          "The port authority shuts all terminals until Monday and asks crews to stay ashore.\n\n" +
          "- Ferries stop at noon on Friday.\n- Two lighthouses were evacuated.",
        image: {
          url: "https://harbour.example/pictures/crane.jpg",
          description: "A harbour crane above grey water.",
        },
        footer: { text: "Weather" },
        timestamp: "2026-11-20T09:30:00.000Z",
      },
    ],
    allowed_mentions: { parse: [], roles: [] },
    nonce: "3m5abcdefgh2a",
    enforce_nonce: true,
  });
});

test("in a terminal it is headline, dek, bullets and link", () => {
  expect(composed({}).text).toBe(
    "Harbour closes for three days as storm nears the coast\n\n" +
      "The port authority shuts all terminals until Monday and asks crews to stay ashore.\n\n" +
      "• Ferries stop at noon on Friday.\n• Two lighthouses were evacuated.\n\n" +
      "https://harbour.example/2026/11/harbour-closes/",
  );
});

test("with three key points the bullets stand alone", () => {
  expect(described({ keyPoints: ["One.", "Two.", "Three."] })).toBe("- One.\n- Two.\n- Three.");
});

test("without key points the dek stands alone, and without a dek the first sentences", () => {
  expect(described({ keyPoints: [] })).toBe(harbour.description);
  expect(described({ keyPoints: [], description: null })).toBe("A siren sounded at nine.");
  expect(described({ description: null })).toBe(
    "- Ferries stop at noon on Friday.\n- Two lighthouses were evacuated.",
  );
});

test("the headline is never said twice", () => {
  const again = `${harbour.title.toUpperCase()}!`;
  expect(described({ description: again, keyPoints: [again, "Ferries stop."] })).toBe("- Ferries stop.");
  expect(described({ description: again, keyPoints: [] })).toBe("A siren sounded at nine.");
});

test("an article with nothing but a title and a link is still a post", () => {
  const bare = composed({
    keyPoints: [],
    description: null,
    firstSentences: null,
    image: null,
    categories: [],
    siteName: null,
    siteUrl: null,
    siteIconUrl: null,
    published: null,
  });
  expect(bare.embed).toEqual({
    author: { name: "harbour.example" },
    title: harbour.title,
    url: harbour.url,
  });
});

test("a role is mentioned only when the admin asked for it", () => {
  const role = "1190000000000000003";
  const { payload } = composed({ title: "<@&42> @everyone" }, { mentions: [role, role, "everyone"] });
  expect(payload.content).toBe(`<@&${role}>`);
  expect(payload.allowed_mentions).toEqual({ parse: [], roles: [role] });
});

test("plain style is bold headline, body and a link without preview", () => {
  const { payload } = composed({}, { style: "plain", mentions: ["7"] });
  expect(payload.embeds).toBeUndefined();
  expect(payload.content).toBe(
    "<@&7>\n**Harbour closes for three days as storm nears the coast**\n\n" +
      "The port authority shuts all terminals until Monday and asks crews to stay ashore.\n\n" +
      "- Ferries stop at noon on Friday.\n- Two lighthouses were evacuated.\n\n" +
      "<https://harbour.example/2026/11/harbour-closes/>",
  );
});

test("plain style becomes a card when the link would leave no room for words", () => {
  const url = `https://harbour.example/${"a".repeat(1500)}`;
  expect(composed({ url }, { style: "plain" }).embed?.url).toBe(url);
});

test("one character too many in a title ends it with an ellipsis", () => {
  const fits = "a".repeat(256);
  expect(composed({ title: fits }).embed?.title).toBe(fits);
  const cut = composed({ title: `${fits}a` }).embed?.title ?? "";
  expect(cut).toBe(`${"a".repeat(255)}…`);
});

test("the limit holds for the escaped title, and no backslash is left at the cut", () => {
  const title = composed({ title: "*".repeat(200) }).embed?.title ?? "";
  expect(title.length).toBeLessThanOrEqual(256);
  expect(showMarkdown(title)).toEqual({ text: `${"*".repeat(127)}…`, live: [] });
});

test("a key point that does not fit is left out whole, and the next one may still come", () => {
  // "- " and the text: 4,096 units exactly.
  const whole = "b".repeat(4094);
  expect(described({ keyPoints: [whole], description: null })).toBe(`- ${whole}`);
  const keyPoints = ["One.", `${whole}b`, "Two.", "Three."];
  expect(described({ keyPoints })).toBe("- One.\n- Two.\n- Three.");
});

test("site and category are cut at their own limits, and the sum stays under 6,000", () => {
  const { embed } = composed({
    siteName: "s".repeat(257),
    categories: ["c".repeat(2049)],
    title: "t".repeat(257),
    description: null,
    keyPoints: ["p".repeat(3400), "q".repeat(30), "r".repeat(40)],
  });
  expect(embed?.author?.name).toHaveLength(256);
  expect(embed?.footer?.text).toHaveLength(2048);
  // 6,000 less title, author and footer is 3,440: the first two take 3,435 of it.
  expect(embed?.description).toBe(`- ${"p".repeat(3400)}\n- ${"q".repeat(30)}`);
});

test("a dek as long as an article ends with a whole sentence where it has one", () => {
  const dek = described({ keyPoints: [], description: "The ferry sails at noon. ".repeat(200) });
  expect(dek).toMatch(/^(?:The ferry sails at noon\. ?){20,28}$/u);
});

test("a dek as long as an article is cut at a word", () => {
  const dek = described({ keyPoints: [], description: "word ".repeat(2000) });
  expect(dek.length).toBeLessThanOrEqual(700);
  expect(dek).toMatch(/ word…$/);
});

test.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "discord://-/x",
  "not a url",
  `https://a.example/${"a".repeat(2048)}`,
])("an address that Discord refuses (%.20s) is left out", (url) => {
  const { embed } = composed({
    url,
    siteUrl: url,
    siteIconUrl: url,
    image: harbour.image === null ? null : { ...harbour.image, sourceUrl: url },
  });
  expect(embed?.url).toBeUndefined();
  expect(embed?.image).toBeUndefined();
  expect(embed?.author).toEqual({ name: "Harbour Post" });
});

test("a user name in an address does not pretend to be its host", () => {
  expect(composed({ url: "https://bbc.com@evil.test/x" }).embed?.url).toBe("https://evil.test/x");
});

test("control characters, open text directions and towers of marks do not reach the post", () => {
  const title = `A\u0000B\nC\u202E D\uD800 e${"\u0301".repeat(10_000)}`;
  expect(composed({ title }).embed?.title).toBe(`A B C D\uFFFD e${"\u0301".repeat(6)}`);
});

test("a date of no era is left out", () => {
  for (const published of [Number.NaN, -1, 9e15, Number.POSITIVE_INFINITY])
    expect(composed({ published }).embed?.timestamp).toBeUndefined();
});

test("author and category are plain text in Discord, so they bear no backslashes", () => {
  const { embed } = composed({ siteName: "*Post* @everyone", categories: ["[a](b)"] });
  expect(embed?.author?.name).toBe("*Post* @everyone");
  expect(embed?.footer?.text).toBe("[a](b)");
});

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "@everyone",
        "<@&1>",
        "[x](https://evil.test)",
        "# ",
        "**",
        "\\",
        "||",
        "`",
        "\n",
        "\u0000",
        "\uD800",
      ),
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.string({ maxLength: 10 }).map((part) => part.repeat(200)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

/** All that is live in a message but our own bold headline, bullets and link. */
function foreignIn({ content, embeds }: MessageForm): readonly string[] {
  const texts = [content, ...(embeds ?? []).flatMap((embed) => [embed.title, embed.description])];
  const lines = texts.flatMap((text) => (text ?? "").split("\n")).map((line) => line.replace(/^- /, ""));
  const ours = new Set(["bold", "angle link"]);
  return lines.flatMap((line) => showMarkdown(line).live).filter((name) => !ours.has(name));
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

test("whatever the article, Discord would take the message and nothing in it pings or links but ours", () => {
  fc.assert(
    fc.property(
      fc.record({
        title: hostile,
        keyPoints: fc.array(hostile, { maxLength: 8 }),
        description: maybe(hostile),
        firstSentences: maybe(hostile),
        siteName: maybe(hostile),
        siteUrl: maybe(hostile),
        siteIconUrl: maybe(fc.webUrl()),
        url: fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), hostile),
        categories: fc.array(hostile, { maxLength: 3 }),
        published: maybe(fc.double()),
      }),
      fc.constantFrom("card" as const, "plain" as const),
      (summary, style) => {
        const { payload } = composed(summary, { style });
        const [post] = composeDiscord(
          { ...harbour, ...summary },
          { ...options, style, forum: { tags: ["1"] } },
        );
        expect(checkPost(post?.payload).kind).toBe("form");
        const { nonce: _, enforce_nonce: __, ...message } = payload;
        expect(post?.payload).toMatchObject({ message, applied_tags: ["1"] });
        expect(JSON.stringify(payload).isWellFormed()).toBe(true);
        expect(foreignIn(payload)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test("whatever an article says, a bullet is a whole key point, in its order", () => {
  fc.assert(
    fc.property(soundPoints, fc.constantFrom("card" as const, "plain" as const), (keyPoints, style) => {
      const { payload } = composed({ keyPoints, description: null, firstSentences: null }, { style });
      const words = payload.embeds?.[0]?.description ?? payload.content ?? "";
      const bullets = words.split("\n").filter((line) => line.startsWith("- "));
      const shown = bullets.map((line) => showMarkdown(line.slice(2)).text);
      expect(keyPoints.filter((point) => shown.includes(point))).toEqual(shown);
    }),
    { numRuns: 200 },
  );
});

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const graphemes = (text: string): readonly string[] =>
  [...segmenter.segment(text)].map(({ segment }) => segment);

test("whatever scripts meet in it, no character of a title or dek is torn", () => {
  fc.assert(
    fc.property(hostileTexts, hostileTexts, (title, description) => {
      const { embed } = composed({ title: `A ${title}`, description, keyPoints: [] });
      for (const [said, given] of [
        [embed?.title, `A ${title}`],
        [embed?.description, description],
      ] as const) {
        const shown = graphemes(showMarkdown(said ?? "").text.replace(/…$/u, ""));
        const whole = graphemes(cleanText(given)).slice(0, shown.length);
        expect([[], whole, graphemes(harbour.firstSentences ?? "")]).toContainEqual(shown);
      }
    }),
    { numRuns: 200 },
  );
});

test("a key point is verbatim once Discord has drawn it", () => {
  const point = "Prices rose 3*4% [see](note) — “really”: #1";
  expect(described({ keyPoints: [point], description: null })).toBe(`- ${escapeMarkdown(point)}`);
  expect(showMarkdown(escapeMarkdown(point)).text).toBe(point);
});
