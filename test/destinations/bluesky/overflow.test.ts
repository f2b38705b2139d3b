import { AppBskyFeedPost } from "@atproto/api";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Summary } from "../../../src/domain/types.ts";
import { composeBlueskyOverflow } from "../../../src/destinations/bluesky/overflow.ts";
import { graphemeLength, utf8Length } from "../../../src/lib/text.ts";
import { pause, resume, undo } from "../../../src/operator/posting.ts";
import { HOUR, MINUTE, SECOND } from "../../support/clock.ts";
import { type Line, openLine } from "../../support/line.ts";
import { openFaultProxy, openPds, type Fault } from "../../support/pds.ts";
import { hostileTexts } from "../texts.ts";

const NOW = Date.UTC(2026, 10, 5, 9, 30, 0, 7);
const story = (title: string, n: number): Summary => ({
  title,
  url: `https://harbour-post.example/${n}`,
  keyPoints: [],
  description: null,
  firstSentences: null,
  language: "en",
  image: null,
  author: null,
  categories: ["Local"],
  siteName: "Harbour Post",
  siteUrl: null,
  siteIconUrl: null,
  published: null,
});

type Facet = {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly [{ readonly uri: string }];
};
type Record = {
  readonly text: string;
  readonly facets: readonly Facet[];
  readonly langs?: readonly string[];
};

function composed(titles: readonly string[]) {
  const { post, listed } = composeBlueskyOverflow(titles.map(story), {
    key: "3m4xk2abcde2a",
    createdAt: NOW,
  });
  const record = post.payload as unknown as Record;
  expect(AppBskyFeedPost.validateRecord(record).success).toBe(true);
  const linked = record.facets.map(({ index, features: [{ uri }] }) => [
    Buffer.from(record.text).subarray(index.byteStart, index.byteEnd).toString(),
    uri,
  ]);
  return { listed, record, linked };
}

test("a list is a linked headline on each line", () => {
  const { record, linked } = composed(["The ferry is back", "Fog over the bay", "A new pier"]);
  expect(record.text).toBe("• The ferry is back\n• Fog over the bay\n• A new pier");
  expect(record.langs).toEqual(["en"]);
  expect(linked).toEqual([
    ["The ferry is back", "https://harbour-post.example/0"],
    ["Fog over the bay", "https://harbour-post.example/1"],
    ["A new pier", "https://harbour-post.example/2"],
  ]);
});

test("headlines are cut before any is left out; what is left out is counted", () => {
  const titles = (count: number) => Array.from({ length: count }, (_, n) => `${n} ${"word ".repeat(20)}`);
  expect(composed(titles(6)).listed).toBe(6);
  const { listed, linked } = composed(titles(30));
  expect(listed).toBeGreaterThan(8);
  expect(linked).toHaveLength(listed);
});

test("whatever headlines say, a list keeps the lexicon's limits, and links are ours alone", () => {
  fc.assert(
    fc.property(fc.array(hostileTexts, { minLength: 1, maxLength: 20 }), (titles) => {
      const { listed, record, linked } = composed(titles);
      expect(listed).toBeGreaterThan(0);
      expect(graphemeLength(record.text)).toBeLessThanOrEqual(300);
      expect(utf8Length(record.text)).toBeLessThanOrEqual(3000);
      expect(linked.map(([, uri]) => uri)).toEqual(
        Array.from({ length: listed }, (_, n) => `https://harbour-post.example/${n}`),
      );
    }),
    { numRuns: 150 },
  );
});

async function goOn(line: Line, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += MINUTE) {
    line.clock.advance(MINUTE);
    await line.pass();
  }
}

test("after an outage each article stands once, whatever answer is lost; undo posts the others anew", async () => {
  await using pds = await openPds();
  const lost: readonly Fault[] = [
    { kind: "cut after" },
    { kind: "cut before" },
    { kind: "answer after", status: 500 },
  ];
  for (const [n, fault] of lost.entries()) {
    const account = await pds.createAccount(`list${n}.test`);
    await using proxy = await openFaultProxy(pds.url);
    await using line = await openLine({
      yaml: (feedUrl) => `
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [{ bluesky: ${account.handle}, service: "${proxy.url}", wait: 0, spacing: 2 minutes }] }]`,
      destinations: [],
      env: { BLUESKY_APP_PASSWORD: account.password },
    });
    const stories = [{ slug: "old", title: "An old story", published: line.clock.now() }];
    await pause(line.app().operator, `bluesky:${account.handle}`);
    for (const slug of ["a", "b", "c", "d", "e", "f"]) {
      stories.unshift({ slug, title: `About ${slug}`, published: line.clock.now() });
      line.site.list(stories);
      line.clock.advance(HOUR);
      await line.pass();
    }
    await resume(line.app().operator, `bluesky:${account.handle}`);
    proxy.fail("putRecord", fault);
    await line.pass();
    await line.restart();
    line.clock.advance(30 * SECOND);
    await goOn(line, 8 * MINUTE);
    const texts = async () =>
      (await pds.posts(account.did)).map(({ value }) => JSON.stringify(value)).toReversed();
    const shown = async () => (await texts()).map((text) => /\/[a-f](?=")/gu.exec(text)?.[0] ?? text);
    expect(await shown()).toHaveLength(3);
    expect((await texts())[0]).toContain("• About a\\n• About b\\n• About c\\n• About d");
    await undo(line.app().operator, `${line.site.url}/b`);
    await goOn(line, 12 * MINUTE);
    const all = (await texts()).join("\n");
    for (const slug of ["a", "c", "d", "e", "f"])
      expect(all.split(`"${line.site.url}/${slug}"`)).toHaveLength(2);
    expect(all).not.toContain(`${line.site.url}/b"`);
  }
});
