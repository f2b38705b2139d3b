import { afterAll, beforeAll, expect, test } from "vitest";
import { status } from "../../../src/operator/status.ts";
import { why } from "../../../src/operator/why.ts";
import { listNotices } from "../../../src/store/notices.ts";
import { HOUR, MINUTE, SECOND } from "../../support/clock.ts";
import { type Line, openLine } from "../../support/line.ts";
import {
  type Fault,
  type FaultProxy,
  openFaultProxy,
  openPds,
  type TestAccount,
  type TestPds,
} from "../../support/pds.ts";

let pds: TestPds;
let accounts = 0;

beforeAll(async () => {
  pds = await openPds();
});
afterAll(() => pds[Symbol.asyncDispose]());

type Desk = { readonly line: Line; readonly proxy: FaultProxy; readonly account: TestAccount };

/** A feed, the outbox and an account on the real PDS, behind a proxy that fails. */
async function openDesk(): Promise<AsyncDisposable & Desk> {
  const account = await pds.createAccount(`errors${(accounts += 1)}.test`);
  const proxy = await openFaultProxy(pds.url);
  const line = await openLine({
    yaml: (feedUrl) => `
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [{ bluesky: ${account.handle}, service: "${proxy.url}", wait: 0, spacing: 0 }] }]`,
    destinations: [],
    env: { BLUESKY_APP_PASSWORD: account.password },
  });
  return {
    line,
    proxy,
    account,
    [Symbol.asyncDispose]: async () => {
      await line[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Lists these stories, newest last, and works. */
async function publish({ site, clock, later }: Line, ...names: readonly string[]): Promise<void> {
  const published = clock.now();
  const stories = names.map((slug) => ({ slug, title: `About ${slug}`, published }));
  site.list([...stories.toReversed(), { slug: "old", title: "An old story", published }]);
  await later();
}

async function seen({ line }: Desk) {
  const { operator, store } = line.app();
  const found = await why(operator, `${line.site.url}/one`);
  const [destination] = (await status(operator)).destinations;
  const delivery = found.kind === "known" ? found.deliveries[0] : undefined;
  const notices = (await listNotices(store, 20)).map(({ message }) => message);
  return { delivery, destination, notices };
}

const puts = ({ proxy }: Desk): number => proxy.calls.filter((call) => call === "putRecord").length;
const answer = (status: number, error: string, message = error): Fault => ({
  kind: "answer",
  status,
  body: { error, message },
});

/** The account stops, what waits is kept, and the admin is told once. */
const LOCKED_OUT: readonly (readonly [number, string])[] = [
  [400, "AccountTakedown"],
  [400, "AccountDeactivated"],
  [400, "AccountSuspended"],
  [400, "RepoDeactivated"],
  [400, "RepoSuspended"],
  [400, "RepoTakendown"],
  [400, "RepoNotFound"],
  [401, "AccountNotFound"],
  [403, "Forbidden"],
];
const REFUSED: readonly (readonly [number, string])[] = [
  [400, "InvalidRequest"],
  [400, "InvalidRecord"],
  [400, "SomethingNew"],
];
/** A picture that is refused; the post has none, so that it fails the second time. */
const BAD_IMAGE: readonly (readonly [number, string, string])[] = [
  [400, "BlobTooLarge", "blob too big"],
  [400, "InvalidMimeType", "wrong type of file"],
  [400, "InvalidSize", "wrong size"],
  [413, "PayloadTooLarge", "request entity too large"],
  [400, "InvalidRequest", "Record/embed/external/thumb should be a blob ref"],
];
const limited = (headers: Readonly<Record<string, string>>): Fault => ({
  kind: "answer",
  status: 429,
  headers,
  body: { error: "RateLimitExceeded" },
});
/** Known not to stand there: it waits for the named time at least. */
const WAITS: readonly (readonly [Fault, number])[] = [
  [limited({ "retry-after": "90" }), 90 * SECOND],
  [limited({}), MINUTE],
  [answer(400, "BlobNotFound"), 30 * SECOND],
  [answer(404, "XRPCNotSupported"), 5 * MINUTE],
];
/** It may stand there: the same is sent again under the same key, soon. */
const NO_ANSWER: readonly Fault[] = [
  { kind: "cut after" },
  { kind: "cut before" },
  { kind: "answer after", status: 500 },
  answer(500, "InternalServerError"),
  answer(502, "UpstreamFailure"),
  answer(503, "NotEnoughResources"),
  answer(504, "UpstreamTimeout"),
  answer(408, "RequestTimeout"),
];

test.each(LOCKED_OUT)("%i %s stops the account, which keeps what waits", async (code, error) => {
  await using desk = await openDesk();
  desk.proxy.fail("putRecord", answer(code, error));
  await publish(desk.line, "one", "two");
  const { delivery, destination, notices } = await seen(desk);
  expect(delivery).toMatchObject({ state: "pending", inDoubt: false });
  expect(destination).toMatchObject({ state: "stopped", reason: expect.stringContaining(error) });
  expect(notices).toEqual([expect.stringMatching(/was stopped: .*bulletin resume/u)]);
  expect(puts(desk)).toBe(1);
});

test.each(REFUSED)("%i %s fails the post, shows it, and lets the next one go", async (code, error) => {
  await using desk = await openDesk();
  desk.proxy.fail("putRecord", answer(code, error));
  await publish(desk.line, "one", "two");
  const { delivery, destination, notices } = await seen(desk);
  expect(delivery).toMatchObject({
    state: "failed",
    reason: expect.stringContaining(error),
    post: { text: expect.stringContaining("About one"), payload: { $type: "app.bsky.feed.post" } },
  });
  expect(destination).toMatchObject({ state: "active", counts: { failed: 1, sent: 1 } });
  expect(notices).toEqual([expect.stringMatching(/could not be posted.*What was sent: “/u)]);
});

test.each(BAD_IMAGE)("%i %s (%s) is tried once more without the picture", async (code, error, message) => {
  await using desk = await openDesk();
  desk.proxy.fail("putRecord", answer(code, error, message));
  await publish(desk.line, "one");
  expect((await seen(desk)).delivery).toMatchObject({ state: "sent" });
  desk.proxy.fail("putRecord", answer(code, error, message), answer(code, error, message));
  await publish(desk.line, "one", "two");
  expect(puts(desk)).toBe(4);
  expect((await seen(desk)).destination).toMatchObject({ counts: { sent: 1, failed: 1 } });
});

test.each(WAITS)("%j waits at least %i ms, and is then sent", async (fault, least) => {
  await using desk = await openDesk();
  desk.proxy.fail("putRecord", fault);
  await publish(desk.line, "one");
  expect((await seen(desk)).delivery).toMatchObject({ state: "pending", inDoubt: false });
  desk.line.clock.advance(least - 5 * SECOND);
  await desk.line.pass();
  expect(puts(desk)).toBe(1);
  desk.line.clock.advance(least / 10 + 6 * SECOND);
  await desk.line.pass();
  expect((await seen(desk)).delivery).toMatchObject({ state: "sent" });
  expect((await seen(desk)).notices).toEqual([]);
});

test.each(NO_ANSWER)("%j leaves it in doubt; it is sent again and stands there once", async (fault) => {
  await using desk = await openDesk();
  desk.proxy.fail("putRecord", fault);
  await publish(desk.line, "one");
  expect((await seen(desk)).delivery).toMatchObject({ state: "pending", inDoubt: true });
  desk.line.clock.advance(MINUTE);
  await desk.line.pass();
  expect((await seen(desk)).delivery).toMatchObject({ state: "sent", inDoubt: false });
  expect(await pds.posts(desk.account.did)).toHaveLength(1);
});

test("however often the bot starts anew, it logs in ten times a day at most, then stops and says so", async () => {
  await using desk = await openDesk();
  desk.proxy.fail("createSession", ...Array.from({ length: 30 }, () => ({ kind: "cut after" }) as const));
  await publish(desk.line, "one");
  for (let n = 0; n < 14; n += 1) {
    desk.line.clock.advance(HOUR);
    await desk.line.restart();
    await desk.line.pass();
  }
  expect(desk.proxy.calls.filter((call) => call === "createSession")).toHaveLength(10);
  const { destination, notices } = await seen(desk);
  expect(destination).toMatchObject({ state: "stopped", reason: expect.stringContaining("10 times") });
  expect(notices.filter((text) => text.includes("was stopped"))).toHaveLength(1);
});
