import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import {
  isChallenge,
  judgeSignature,
  leaseOf,
  renewalOf,
  requestForm,
  topicOf,
} from "../../src/feeds/websub.ts";

const NOTHING = { hubUrl: null, selfUrl: null };
const named = (name: string) => ({
  hubUrl: `https://${name}.example/`,
  selfUrl: `https://quay.example/${name}`,
});
const FEED = "https://quay.example/feed#top";

test("the header's hub counts before the document's, and a feed without an address of its own is where it was asked", () => {
  expect(topicOf(named("a"), named("b"), FEED)).toEqual({
    hub: "https://a.example/",
    topic: "https://quay.example/a",
  });
  expect(topicOf(NOTHING, named("b"), FEED)).toMatchObject({ hub: "https://b.example/" });
  const bare = { hubUrl: "https://a.example/", selfUrl: null };
  expect(topicOf(bare, NOTHING, FEED)?.topic).toBe("https://quay.example/feed");
  expect(topicOf(NOTHING, { hubUrl: null, selfUrl: FEED }, FEED)).toBeNull();
});

test("a request says what is wanted, where to call back, and with what to sign", () => {
  const form = requestForm("subscribe", {
    topic: "https://quay.example/feed?a=1&b=2",
    callback: "https://bot.example/x",
    secret: "s",
  });
  expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
    "hub.mode": "subscribe",
    "hub.topic": "https://quay.example/feed?a=1&b=2",
    "hub.callback": "https://bot.example/x",
    "hub.secret": "s",
    "hub.lease_seconds": "864000",
    "hub.verify": "async",
  });
});

test("a lease is the hub's, up to thirty days; it is renewed at four fifths, never within five minutes", () => {
  expect(["3600", "99999999", "", "-5", "1e9"].map(leaseOf)).toEqual([
    3_600_000,
    30 * 86_400_000,
    86_400_000,
    86_400_000,
    86_400_000,
  ]);
  expect([renewalOf(1_000, 3_600_000), renewalOf(1_000, 60_000)]).toEqual([2_881_000, 301_000]);
});

test("a challenge is short and printable", () => {
  expect(["abc-123", "x".repeat(1_024)].map(isChallenge)).toEqual([true, true]);
  expect(["", "a b", "a\nb", "\u00e9", "x".repeat(1_025)].some(isChallenge)).toBe(false);
});

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  for (const part of text) yield Buffer.from(part);
}
const sign = (method: string, text: string, secret = "secret"): string =>
  `${method}=${createHmac(method, secret).update(text).digest("hex")}`;
const judge = (signature: string, most = 100) =>
  judgeSignature(chunks("the feed"), signature, "secret", most);

test.each(["sha1", "sha256", "sha384", "sha512"])("%s is known, in any capitals", async (method) => {
  expect(await judge(sign(method, "the feed"))).toBe("signed");
  expect(await judge(sign(method, "the feed").toUpperCase())).toBe("signed");
  expect(await judge(sign(method, "the feed", "other"))).toBe("forged");
  expect(await judge(sign(method, "another feed"))).toBe("forged");
  expect(await judge(sign(method, "the feed").slice(0, -2))).toBe("forged");
});

test.each(["", "sha256", "sha256=", "md5=0123", "sha256=zz", "constructor=00", sign("sha224", "the feed")])(
  "%s is no signature",
  async (signature) => {
    expect(await judge(signature)).toBe("forged");
  },
);

test("a body is read to the limit and no further", async () => {
  expect(await judge(sign("sha256", "the feed"), 8)).toBe("signed");
  expect(await judge(sign("sha256", "the feed"), 7)).toBe("too large");
});
