import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Destination, FrozenDelivery, Post, Summary } from "../../../src/domain/types.ts";
import { openBluesky } from "../../../src/destinations/bluesky/send.ts";
import type { BlueskyOptions } from "../../../src/destinations/bluesky/send.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { nextTid } from "../../../src/lib/tid.ts";
import { openFaultProxy, openPds } from "../../support/pds.ts";
import type { FaultProxy, TestAccount, TestPds } from "../../support/pds.ts";
import { memorySessions } from "../../support/sessions.ts";
import type { MemorySessions } from "../../support/sessions.ts";

const never = new AbortController().signal;
const CREATED = Date.UTC(2026, 10, 5, 9, 30);
let pds: TestPds;
let jpeg: Uint8Array;
let lastKey: string | null = null;
let accounts = 0;

beforeAll(async () => {
  pds = await openPds();
  const picture = { width: 1200, height: 630, channels: 3, background: "#335577" } as const;
  jpeg = await sharp({ create: picture }).jpeg({ quality: 80 }).toBuffer();
});
afterAll(() => pds[Symbol.asyncDispose]());

type Desk = AsyncDisposable & {
  readonly account: TestAccount;
  readonly proxy: FaultProxy;
  readonly sessions: MemorySessions;
  readonly open: (changes?: Partial<BlueskyOptions>) => Destination;
};

/** A fresh account on the real PDS, behind a proxy of its own. */
async function openDesk(): Promise<Desk> {
  const account = await pds.createAccount(`desk${++accounts}.test`);
  const proxy = await openFaultProxy(pds.url);
  const sessions = memorySessions();
  const directories = { plc: pds.plcUrl, appView: pds.url };
  const common = {
    directories,
    service: proxy.url,
    password: account.password,
    requestMs: 20_000,
    botLabel: false,
  };
  const open = (changes: Partial<BlueskyOptions> = {}): Destination =>
    openBluesky({ account: account.handle, ...common, fetch, sessions, clock: systemClock, ...changes })({
      id: `bluesky:${account.handle}`,
      name: "the desk",
    });
  return { account, proxy, sessions, open, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
}

const summary = (image: Uint8Array | null = null): Summary => ({
  title: "Harbour ferry returns to service after a winter of repairs",
  url: "https://harbour-post.example/ferry-returns?from=feed",
  keyPoints: ["The ferry sails again from Monday.", "Repairs took eleven weeks."],
  description: "The town's only ferry is back, and so are the queues at the quay.",
  firstSentences: null,
  language: "en-GB",
  image:
    image === null
      ? null
      : {
          bytes: image,
          mime: "image/jpeg",
          width: 1200,
          height: 630,
          alt: null,
          sourceUrl: "https://x.example/f.jpg",
        },
  author: null,
  categories: ["Local News", "Transport"],
  siteName: "Harbour Post",
  siteUrl: null,
  siteIconUrl: null,
  published: null,
});

function frozen(destination: Destination, from: Summary = summary()): FrozenDelivery {
  lastKey = nextTid(Date.now(), lastKey);
  const options = {
    key: lastKey,
    createdAt: CREATED,
    style: "card",
    mentions: [],
    hashtags: ["Transport"],
  } as const;
  const [post] = destination.compose(from, options);
  if (post === undefined) throw new Error("nothing was composed");
  return { key: lastKey, post, articleUrl: from.url, firstAttemptAt: null };
}

const withPayload = (delivery: FrozenDelivery, change: (payload: object) => object): FrozenDelivery => ({
  ...delivery,
  post: { ...delivery.post, payload: change(delivery.post.payload as object) as Post["payload"] },
});

const addressOf = (input: Parameters<typeof fetch>[0]): string =>
  input instanceof Request ? input.url : input.toString();

const uriOf = (account: TestAccount, key: string): string => `at://${account.did}/app.bsky.feed.post/${key}`;

test("a post with a picture stands on the server exactly as it was frozen", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const delivery = frozen(destination, summary(jpeg));
  const result = await destination.send(delivery, never);
  const stored = await pds.record(desk.account.did, "app.bsky.feed.post", delivery.key);
  expect(stored?.value).toEqual(delivery.post.payload);
  expect(result).toEqual({
    kind: "sent",
    ref: {
      id: uriOf(desk.account, delivery.key),
      url: `https://bsky.app/profile/${desk.account.did}/post/${delivery.key}`,
      cid: stored?.cid,
    },
  });
});

test("the picture is served under the address that was computed before the upload", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const delivery = frozen(destination, summary(jpeg));
  await destination.send(delivery, never);
  const cid = /"\$link":"(\w+)"/u.exec(JSON.stringify(delivery.post.payload))?.[1] ?? "";
  const answer = await fetch(`${pds.url}/xrpc/com.atproto.sync.getBlob?did=${desk.account.did}&cid=${cid}`);
  expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(jpeg))).toBe(true);
});

test("sending the same again changes nothing and names the same post", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const delivery = frozen(destination, summary(jpeg));
  const first = await destination.send(delivery, never);
  expect(await destination.send(delivery, never)).toEqual(first);
  expect(await pds.posts(desk.account.did)).toHaveLength(1);
});

test("another record at our key counts as sent and is not overwritten", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const delivery = frozen(destination);
  const first = await destination.send(delivery, never);
  const other = withPayload(delivery, (payload) => ({ ...payload, text: "Something else" }));
  expect(await destination.send(other, never)).toEqual(first);
  const stored = await pds.record(desk.account.did, "app.bsky.feed.post", delivery.key);
  expect(stored?.value).toEqual(delivery.post.payload);
});

test("an answer that was lost after the post was made is unknown, and sending again leaves one post", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  for (const fault of [{ kind: "cut after" }, { kind: "answer after", status: 500 }] as const) {
    const delivery = frozen(destination, summary(jpeg));
    desk.proxy.fail("putRecord", fault);
    expect(await destination.send(delivery, never)).toMatchObject({ kind: "unknown" });
    expect(await destination.send(delivery, never)).toMatchObject({ kind: "sent" });
  }
  expect(await pds.posts(desk.account.did)).toHaveLength(2);
});

test("no answer within the deadline is unknown, and so is a stop in the middle of a write", async () => {
  await using desk = await openDesk();
  await desk.open().send(frozen(desk.open()), never);
  const hasty = desk.open({ requestMs: 300 });
  desk.proxy.fail("putRecord", { kind: "hang" });
  expect(await hasty.send(frozen(hasty), never)).toEqual({
    kind: "unknown",
    reason: "no answer from Bluesky: no answer within 0.3 s",
  });
  const stop = new AbortController();
  const destination = desk.open({
    fetch: async (input, init) => {
      const answer = fetch(input, init);
      if (addressOf(input).includes("putRecord")) stop.abort();
      return answer;
    },
  });
  desk.proxy.fail("putRecord", { kind: "hang" });
  expect(await destination.send(frozen(destination), stop.signal)).toMatchObject({ kind: "unknown" });
});

test("a server that cannot be reached was sent nothing: retry", async () => {
  await using desk = await openDesk();
  await desk.open().send(frozen(desk.open()), never);
  const gone = await openFaultProxy(pds.url);
  await gone[Symbol.asyncDispose]();
  const destination = desk.open({
    fetch: (input, init) => fetch(addressOf(input).includes("putRecord") ? gone.url : input, init),
  });
  expect(await destination.send(frozen(destination), never)).toMatchObject({ kind: "retry" });
});

test("a failed upload wrote no post: retry, not unknown", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  desk.proxy.fail("uploadBlob", { kind: "answer", status: 502 });
  expect(await destination.send(frozen(destination, summary(jpeg)), never)).toMatchObject({ kind: "retry" });
});

test("429 says when: retry-after in seconds, or the reset of the limit", async () => {
  await using desk = await openDesk();
  const clock = { ...systemClock, now: () => CREATED };
  const destination = desk.open({ clock });
  const limited = { kind: "answer", status: 429, body: { error: "RateLimitExceeded" } } as const;
  const reset = String(CREATED / 1000 + 900);
  desk.proxy.fail("putRecord", { ...limited, headers: { "retry-after": "42", "ratelimit-limit": "5000" } });
  expect(await destination.send(frozen(destination), never)).toMatchObject({
    kind: "retry",
    afterMs: 42_000,
  });
  desk.proxy.fail("putRecord", { ...limited, headers: { "ratelimit-reset": reset } });
  expect(await destination.send(frozen(destination), never)).toMatchObject({
    kind: "retry",
    afterMs: 900_000,
  });
});

test("a thumbnail over the limit asks for a post without picture", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
  const create = { width: 1500, height: 1500, channels: 3, background: "#000", noise } as const;
  const bytes = await sharp({ create }).jpeg({ quality: 95 }).toBuffer();
  expect(bytes.length).toBeGreaterThan(1_000_000);
  const delivery = frozen(destination, summary(jpeg));
  const link = /"\$link":"(\w+)"/u.exec(JSON.stringify(delivery.post.payload))?.[1] ?? "";
  const { blobCid } = await import("../../../src/destinations/bluesky/cid.ts");
  const huge = withPayload(
    { ...delivery, post: { ...delivery.post, image: { bytes, mime: "image/jpeg" } } },
    (payload) =>
      JSON.parse(
        JSON.stringify(payload)
          .replace(link, blobCid(bytes))
          .replace(/"size":\d+/u, `"size":${bytes.length}`),
      ),
  );
  expect(await destination.send(huge, never)).toMatchObject({ kind: "degrade" });
});

test("a picture that the server stores as something else asks for a post without it", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const delivery = frozen(destination, summary(jpeg));
  const swapped = {
    ...delivery,
    post: { ...delivery.post, image: { bytes: Buffer.from("x"), mime: "image/jpeg" } },
  };
  expect(await destination.send(swapped, never)).toMatchObject({ kind: "degrade" });
  const mislabelled = withPayload(delivery, (payload) =>
    JSON.parse(JSON.stringify(payload).replace("image/jpeg", "image/png")),
  );
  expect(await destination.send(mislabelled, never)).toMatchObject({ kind: "degrade" });
});

test("a record that the lexicon refuses is rejected", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const long = withPayload(frozen(destination), (payload) => ({ ...payload, text: "a".repeat(301) }));
  expect(await destination.send(long, never)).toMatchObject({ kind: "rejected" });
});

test("the session is stored and serves the next process without a login", async () => {
  await using desk = await openDesk();
  for (const destination of [desk.open(), desk.open(), desk.open({ password: null })])
    expect(await destination.send(frozen(destination), never)).toMatchObject({ kind: "sent" });
  expect(desk.proxy.calls.filter((call) => call === "createSession")).toHaveLength(1);
  expect(desk.sessions.loginTimes).toHaveLength(1);
});

test("two sends at once log in once", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const sends = [frozen(destination), frozen(destination)].map((delivery) =>
    destination.send(delivery, never),
  );
  for (const result of await Promise.all(sends)) expect(result).toMatchObject({ kind: "sent" });
  expect(desk.sessions.loginTimes).toHaveLength(1);
});

const storedSession = (desk: Desk): Record<string, string> =>
  desk.sessions.sessions.get(desk.account.handle) as Record<string, string>;

test("an expired access token is refreshed, not logged in again", async () => {
  await using desk = await openDesk();
  await desk.open().send(frozen(desk.open()), never);
  const session = storedSession(desk);
  const old = pds.expired(session["accessJwt"] ?? "");
  desk.sessions.sessions.set(desk.account.handle, { ...session, accessJwt: old });
  const destination = desk.open();
  expect(await destination.send(frozen(destination), never)).toMatchObject({ kind: "sent" });
  expect(desk.proxy.calls.filter((call) => call === "refreshSession")).toHaveLength(1);
  expect(desk.sessions.loginTimes).toHaveLength(1);
  expect(storedSession(desk)["accessJwt"]).not.toBe(old);
});

test("a session that another process has renewed meanwhile is taken over", async () => {
  await using desk = await openDesk();
  const slow = desk.open();
  await slow.send(frozen(slow), never);
  const renewed = storedSession(desk);
  const old = { ...renewed, accessJwt: pds.expired(renewed["accessJwt"] ?? "") };
  desk.sessions.sessions.set(desk.account.handle, old);
  const late = desk.open();
  desk.proxy.fail("putRecord", { kind: "cut before" });
  await late.send(frozen(late), never);
  desk.sessions.sessions.set(desk.account.handle, renewed);
  expect(await late.send(frozen(late), never)).toMatchObject({ kind: "sent" });
  expect(desk.proxy.calls).not.toContain("refreshSession");
});

test("a session that no longer refreshes is replaced by a login", async () => {
  await using desk = await openDesk();
  await desk.open().send(frozen(desk.open()), never);
  const session = storedSession(desk);
  await desk.account.revoke();
  const { data } = await desk.account.owner.com.atproto.server.createAppPassword({ name: "second" });
  const accessJwt = pds.expired(session["accessJwt"] ?? "");
  desk.sessions.sessions.set(desk.account.handle, { ...session, accessJwt });
  const destination = desk.open({ password: data.password });
  expect(await destination.send(frozen(destination), never)).toMatchObject({ kind: "sent" });
  expect(desk.sessions.loginTimes).toHaveLength(2);
});

test("a wrong password refuses the account and never shows", async () => {
  await using desk = await openDesk();
  const destination = desk.open({ password: "wrong-horse-battery" });
  const result = await destination.send(frozen(destination), never);
  expect(result).toMatchObject({ kind: "refused", scope: "account" });
  expect(JSON.stringify(result)).not.toContain("wrong-horse");
});

test("secrets that a server repeats are blanked out", async () => {
  await using desk = await openDesk();
  const destination = desk.open({ password: "very-secret" });
  const message = `password very-secret, token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln`;
  desk.proxy.fail("createSession", {
    kind: "answer",
    status: 400,
    body: { error: "InvalidRequest", message },
  });
  const result = await destination.send(frozen(destination), never);
  expect(result).toMatchObject({ reason: "Bluesky answered 400 InvalidRequest: password …, token …" });
});

test("401 for every request refuses the account after one refresh", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const denied = { kind: "answer", status: 401, body: { error: "AuthenticationRequired" } } as const;
  desk.proxy.fail("putRecord", denied, denied);
  expect(await destination.send(frozen(destination), never)).toMatchObject({
    kind: "refused",
    scope: "account",
  });
  expect(desk.proxy.calls.filter((call) => call === "refreshSession")).toHaveLength(1);
});

test("a taken-down account is refused", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  await destination.send(frozen(destination), never);
  await pds.takeDown(desk.account.did);
  expect(await destination.send(frozen(destination), never)).toMatchObject({
    kind: "refused",
    scope: "account",
  });
});

test("after ten logins within a day the account is refused without asking the server", async () => {
  await using desk = await openDesk();
  desk.sessions.loginTimes.push(...Array.from({ length: 10 }, () => Date.now() - 1000));
  const destination = desk.open();
  expect(await destination.send(frozen(destination), never)).toMatchObject({
    kind: "refused",
    scope: "account",
  });
  expect(desk.proxy.calls).not.toContain("createSession");
  desk.sessions.loginTimes.fill(Date.now() - 25 * 3_600_000);
  expect(await destination.send(frozen(destination), never)).toMatchObject({ kind: "sent" });
});

test("a post is found at its key, and nothing is when there is none", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const delivery = frozen(destination);
  expect(await destination.find(delivery, new Set(), never)).toEqual({ kind: "absent" });
  const sent = await destination.send(delivery, never);
  const ref = sent.kind === "sent" ? sent.ref : null;
  expect(await destination.find(delivery, new Set(), never)).toEqual({ kind: "found", ref });
  desk.proxy.fail("getRecord", { kind: "answer", status: 503 });
  expect(await destination.find(delivery, new Set(), never)).toMatchObject({ kind: "unreadable" });
});

test("an undone post is gone, and undoing it again is harmless", async () => {
  await using desk = await openDesk();
  const destination = desk.open();
  const sent = await destination.send(frozen(destination, summary(jpeg)), never);
  if (sent.kind !== "sent") throw new Error(sent.reason);
  expect(await destination.remove(sent.ref, never)).toEqual(sent);
  expect(await destination.remove(sent.ref, never)).toEqual(sent);
  expect(await pds.posts(desk.account.did)).toHaveLength(0);
  const stranger = {
    ...sent.ref,
    id: "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3mstranger2a2",
  };
  expect(await destination.remove(stranger, never)).toMatchObject({ kind: "rejected" });
});

test("without a configured server the account's own is found through its handle or DID", async () => {
  await using desk = await openDesk();
  const directories = { plc: pds.plcUrl, appView: pds.url };
  for (const account of [desk.account.handle, desk.account.did]) {
    const destination = desk.open({ account, service: null, directories });
    expect(await destination.send(frozen(destination), never)).toMatchObject({ kind: "sent" });
  }
  expect(desk.proxy.calls).toEqual([]);
});

test("a handle that nobody has is refused with the way to mend it", async () => {
  await using desk = await openDesk();
  const directories = { plc: pds.plcUrl, appView: pds.url };
  const fetchNothing: typeof fetch = (input, init) =>
    addressOf(input).startsWith("https:")
      ? Promise.resolve(new Response("no", { status: 404 }))
      : fetch(input, init);
  const destination = desk.open({ account: "nobody.test", service: null, directories, fetch: fetchNothing });
  expect(await destination.send(frozen(destination), never)).toEqual({
    kind: "refused",
    scope: "account",
    reason: "no Bluesky account is called nobody.test. Is the handle spelled as on its profile page?",
  });
});

test("an account that shall say that it is a bot says so with its first post, and the post goes out all the same when it cannot", async () => {
  await using desk = await openDesk();
  const destination = desk.open({ botLabel: true });
  expect(await destination.send(frozen(destination), never)).toMatchObject({ kind: "sent" });
  const profile = await pds.record(desk.account.did, "app.bsky.actor.profile", "self");
  expect(profile?.value).toMatchObject({ labels: { values: [{ val: "bot" }] } });

  await using other = await openDesk();
  other.proxy.fail("getRecord", { kind: "answer", status: 500, body: { error: "InternalServerError" } });
  const unlabelled = other.open({ botLabel: true });
  expect(await unlabelled.send(frozen(unlabelled), never)).toMatchObject({ kind: "sent" });
  expect(await pds.record(other.account.did, "app.bsky.actor.profile", "self")).toBeNull();
});
