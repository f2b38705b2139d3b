import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Image, PostOptions, Summary } from "../../../src/domain/types.ts";
import { composeBluesky } from "../../../src/destinations/bluesky/compose.ts";
import { graphemeLength, utf8Length } from "../../../src/lib/text.ts";
import { hostileTexts, soundPoints } from "../texts.ts";

const CREATED = Date.UTC(2026, 10, 5, 9, 30, 0, 7);

const options = (changes: Partial<PostOptions> = {}): PostOptions => ({
  key: "3m4xk2abcde2a",
  createdAt: CREATED,
  style: "card",
  mentions: [],
  hashtags: [],
  ...changes,
});

const summary = (changes: Partial<Summary> = {}): Summary => ({
  title: "Harbour ferry returns to service",
  url: "https://www.harbour-post.example/ferry-returns-to-service",
  keyPoints: ["The ferry sails again from Monday.", "Repairs took eleven weeks."],
  description: "The town's only ferry is back, and so are the queues at the quay.",
  firstSentences: "The ferry came back on Friday. Nobody waved.",
  language: "en",
  image: null,
  author: null,
  categories: ["Local"],
  siteName: "Harbour Post",
  siteUrl: null,
  siteIconUrl: null,
  published: null,
  ...changes,
});

type Facet = {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly [{ readonly $type: string; readonly uri?: string; readonly tag?: string }];
};
type Card = {
  readonly uri: string;
  readonly title: string;
  readonly description: string;
  readonly thumb?: unknown;
};
type Record = {
  readonly text: string;
  readonly createdAt: string;
  readonly langs?: readonly string[];
  readonly tags?: readonly string[];
  readonly facets?: readonly Facet[];
  readonly embed?: { readonly external: Card };
};

function compose(from: Summary, asked: PostOptions = options()) {
  const [post, ...more] = composeBluesky(from, asked);
  if (post === undefined || more.length > 0) throw new Error("not exactly one post");
  return { post, record: post.payload as unknown as Record };
}

const bytesOf = (text: string, { index }: Facet): string =>
  Buffer.from(text).subarray(index.byteStart, index.byteEnd).toString();

test("with two key points the dek leads and the card's description stays empty", () => {
  const { post } = compose(summary());
  expect(post).toEqual({
    platform: "bluesky",
    payload: {
      $type: "app.bsky.feed.post",
      text: [
        "The town's only ferry is back, and so are the queues at the quay.",
        "",
        "• The ferry sails again from Monday.",
        "• Repairs took eleven weeks.",
      ].join("\n"),
      createdAt: "2026-11-05T09:30:00.007Z",
      langs: ["en"],
      tags: ["Local"],
      embed: {
        $type: "app.bsky.embed.external",
        external: {
          uri: "https://www.harbour-post.example/ferry-returns-to-service",
          title: "Harbour ferry returns to service",
          description: "",
        },
      },
    },
    image: null,
    text: [
      "The town's only ferry is back, and so are the queues at the quay.",
      "",
      "• The ferry sails again from Monday.",
      "• Repairs took eleven weeks.",
      "",
      "│ Harbour ferry returns to service",
      "│ www.harbour-post.example",
    ].join("\n"),
  });
});

test("with three or more key points the bullets stand alone, three at most, and the card holds the dek", () => {
  const { record } = compose(
    summary({ keyPoints: ["One pier.", "Two boats.", "Three crews.", "Four tides."] }),
  );
  expect(record.text).toBe("• One pier.\n• Two boats.\n• Three crews.");
  expect(record.embed?.external.description).toBe(
    "The town's only ferry is back, and so are the queues at the quay.",
  );
});

test("without key points the dek is the text, else the first sentences, else nothing beside the card", () => {
  const none = { keyPoints: [] };
  expect(compose(summary(none)).record.text).toBe(summary().description);
  expect(compose(summary({ ...none, description: null })).record.text).toBe(summary().firstSentences);
  const empty = compose(summary({ ...none, description: null, firstSentences: null })).record;
  expect(empty.text).toBe("");
  expect(empty.embed?.external.title).toBe("Harbour ferry returns to service");
});

test("a key point that does not fit is left out whole, and the next one takes its place", () => {
  const long = `${"A very long point about tides and timetables ".repeat(7)}ends.`;
  const { record } = compose(summary({ keyPoints: ["One pier.", long, "Two boats.", "Three crews."] }));
  expect(record.text).toBe("• One pier.\n• Two boats.\n• Three crews.");
});

test("of a long dek whole sentences are taken, and a word is torn off only when nothing else is said", () => {
  const first = "The ferry, which the town had missed for eleven weeks, is back at its quay.";
  const second = `Nobody knows for how long, ${"for the old engine must be watched, ".repeat(8)}he said.`;
  const dek = `${first} ${second}`;
  expect(compose(summary({ keyPoints: [], description: dek })).record.text).toBe(first);
  const beside = compose(summary({ description: second })).record;
  expect(beside.text).toBe("• The ferry sails again from Monday.\n• Repairs took eleven weeks.");
  expect(beside.embed?.external.description).toMatch(/^Nobody knows .+…$/u);
  expect(compose(summary({ keyPoints: [], description: second })).record.text).toMatch(/^Nobody knows .+…$/u);
});

test("when the bullets leave no room for the dek, the card keeps it", () => {
  const points = ["a", "b"].map((letter) => `${letter.repeat(135)}.`);
  const { record } = compose(summary({ keyPoints: points }));
  expect(record.text).toBe(`• ${points[0]}\n• ${points[1]}`);
  expect(record.embed?.external.description).toBe(summary().description);
});

test("the headline is not said twice, whatever repeats it", () => {
  const title = "Ferry is back!";
  const { record } = compose(
    summary({ title, description: "ferry is back", keyPoints: ["Ferry is back", "One pier."] }),
  );
  expect(record.text).toBe("• One pier.");
  expect(record.embed?.external.description).toBe("");
  const sentences = compose(summary({ title, description: title, keyPoints: [] })).record;
  expect(sentences.text).toBe(summary().firstSentences);
});

test("style plain leads with the headline and links the site under a short text", () => {
  const { post, record } = compose(summary(), options({ style: "plain", hashtags: ["local"] }));
  expect(record.text).toBe(
    [
      "Harbour ferry returns to service",
      "",
      "The town's only ferry is back, and so are the queues at the quay.",
      "",
      "• The ferry sails again from Monday.",
      "• Repairs took eleven weeks.",
      "",
      "harbour-post.example/ferry-return…",
      "",
      "#Local",
    ].join("\n"),
  );
  expect(record.embed).toBeUndefined();
  expect(post.text).toBe(record.text);
  expect(record.facets?.map((facet) => [bytesOf(record.text, facet), facet.features[0]])).toEqual([
    [
      "harbour-post.example/ferry-return…",
      {
        $type: "app.bsky.richtext.facet#link",
        uri: "https://www.harbour-post.example/ferry-returns-to-service",
      },
    ],
    ["#Local", { $type: "app.bsky.richtext.facet#tag", tag: "Local" }],
  ]);
});

test("allowed categories become at most two CamelCase hashtags, the others hidden tags", () => {
  const { record } = compose(
    summary({
      keyPoints: [],
      description: "Short.",
      categories: ["climate change", "#EU", "Sea", "World", "world"],
    }),
    options({ hashtags: ["Climate Change", "EU", "Sea", "Football"] }),
  );
  expect(record.text).toBe("Short.\n\n#ClimateChange #EU");
  expect(record.tags).toEqual(["Sea", "World"]);
});

test("hidden tags keep the lexicon's limits", () => {
  const categories = ["x".repeat(65), "2026", "…", ...Array.from({ length: 12 }, (_, at) => `Topic ${at}`)];
  const { record } = compose(summary({ categories }));
  expect(record.tags).toEqual(["2026", ...Array.from({ length: 7 }, (_, at) => `Topic ${at}`)]);
});

test.for([
  ["en_US", ["en-US"]],
  ["EN-gb", ["en-GB"]],
  ["zh-Hant-TW", ["zh-Hant-TW"]],
  ["und", undefined],
  ["not a language", undefined],
  [null, undefined],
] as const)("the language %s becomes %s", ([language, langs]) => {
  expect(compose(summary({ language })).record.langs).toEqual(langs);
});

const image = (bytes: Uint8Array): Image => ({
  bytes,
  mime: "image/jpeg",
  width: 1200,
  height: 630,
  alt: null,
  sourceUrl: "https://harbour-post.example/ferry.jpg",
});

test("the picture's address is the one that every server computes", () => {
  const bytes = Buffer.from("hello world");
  const { post, record } = compose(summary({ image: image(bytes) }));
  expect(record.embed?.external.thumb).toEqual({
    $type: "blob",
    // That a real server agrees is shown in send.test.ts.
    ref: { $link: "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e" },
    mimeType: "image/jpeg",
    size: 11,
  });
  expect(post.image).toEqual({ bytes, mime: "image/jpeg" });
});

test("a picture of 1,000,000 bytes is sent, one byte more is not", () => {
  expect(compose(summary({ image: image(new Uint8Array(1_000_000)) })).post.image).not.toBeNull();
  const larger = compose(summary({ image: image(new Uint8Array(1_000_001)) }));
  expect(larger.post.image).toBeNull();
  expect(larger.record.embed?.external.thumb).toBeUndefined();
  expect(
    compose(summary({ image: image(new Uint8Array(9)) }), options({ style: "plain" })).post.image,
  ).toBeNull();
});

test("handles, hashtags, addresses and markup in an article's text are never links", () => {
  const { record } = compose(
    summary({
      title: "@mayor.example.com says #Hello https://evil.example",
      keyPoints: ["Ask @alice.test now.", "See https://evil.example or #scam."],
      description: "[bank](https://evil.example) <a href='https://evil.example'>x</a>",
    }),
  );
  expect(record.facets).toBeUndefined();
});

test("a card's address is http(s), shows a look-alike host as it is, and carries no user name", () => {
  const uriFor = (url: string): string | undefined => compose(summary({ url })).record.embed?.external.uri;
  expect(uriFor("https://bbc.com@evil.test/a")).toBe("https://evil.test/a");
  expect(uriFor("https://аррӏе.test/")).toBe("https://xn--80ak6aa92e.test/");
  for (const url of ["javascript:alert(1)", "data:text/html,x", "at://did:plc:x/y", "nonsense"]) {
    const { record } = compose(summary({ url }));
    expect(record.embed).toBeUndefined();
    expect(record.facets).toBeUndefined();
    expect(record.text).toContain(summary().title);
  }
});

test("line breaks, control characters and overrides of direction cannot disturb the post", () => {
  const { record } = compose(
    summary({
      title: "Ferry\n\u001b[31mred",
      description: null,
      keyPoints: ["\u202eesrever\u2028end\u0000", "Two."],
    }),
  );
  expect(record.text).toBe("• esrever end\n• Two.");
  expect(record.embed?.external.title).toBe("Ferry [31mred");
});

test("one character buried under ten thousand marks does not get into the text", () => {
  const buried = `Z${"\u0301".repeat(10_000)}`;
  const { record } = compose(
    summary({ title: buried, keyPoints: [buried, "Two."], description: `${buried} dek` }),
  );
  expect(record.text).toBe("• Two.");
  expect(utf8Length(record.embed?.external.title ?? "")).toBeLessThanOrEqual(3000);
});

const words = hostileTexts;
const anySummary: fc.Arbitrary<Summary> = fc
  .record({
    title: words,
    keyPoints: fc.array(words, { maxLength: 6 }),
    description: fc.option(words),
    firstSentences: fc.option(words),
    categories: fc.array(fc.oneof(words, fc.constantFrom("Climate Change", "世界", "EU")), { maxLength: 12 }),
    language: fc.option(fc.constantFrom("en", "de-AT", "xx-invalid-", "th")),
    url: fc.constantFrom("https://harbour-post.example/a", "https://新聞.example/港", "mailto:a@b.test"),
  })
  .map((changes) => summary(changes));
const anyOptions = fc
  .record({
    style: fc.constantFrom("card" as const, "plain" as const),
    hashtags: fc.subarray(["climate change", "世界", "EU"]),
  })
  .map((changes) => options(changes));

test("whatever an article says, a post keeps every limit", () => {
  fc.assert(
    fc.property(anySummary, anyOptions, (from, asked) => {
      const { record } = compose(from, asked);
      expect(graphemeLength(record.text)).toBeLessThanOrEqual(300);
      expect(utf8Length(record.text)).toBeLessThanOrEqual(3000);
      expect(record.text.isWellFormed()).toBe(true);
      expect((record.tags ?? []).length).toBeLessThanOrEqual(8);
      for (const tag of record.tags ?? []) {
        expect(graphemeLength(tag)).toBeLessThanOrEqual(64);
        expect(utf8Length(tag)).toBeLessThanOrEqual(640);
      }
      expect(graphemeLength(record.embed?.external.title ?? "")).toBeLessThanOrEqual(300);
    }),
    { numRuns: 300 },
  );
});

test("whatever an article says, a bullet is a whole key point", () => {
  fc.assert(
    fc.property(soundPoints, anyOptions, (keyPoints, asked) => {
      const { record } = compose(summary({ keyPoints }), asked);
      const bullets = record.text.split("\n").filter((line) => line.startsWith("• "));
      expect(bullets.length).toBeLessThanOrEqual(3);
      for (const bullet of bullets) expect(keyPoints).toContain(bullet.slice(2));
    }),
    { numRuns: 300 },
  );
});

test("whatever stands before them, facets cover exactly our own links and hashtags", () => {
  fc.assert(
    fc.property(anySummary, anyOptions, (from, asked) => {
      const { record } = compose(from, asked);
      for (const facet of record.facets ?? []) {
        const { uri, tag } = facet.features[0];
        const shown = bytesOf(record.text, facet);
        expect(uri === undefined ? shown === `#${tag}` : shown.startsWith(new URL(uri).host)).toBe(true);
      }
      const links = (record.facets ?? []).filter(({ features }) => features[0].uri !== undefined);
      expect(links).toHaveLength(asked.style === "plain" && from.url.startsWith("http") ? 1 : 0);
    }),
    { numRuns: 300 },
  );
});
