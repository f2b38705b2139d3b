import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { MOST_INVALID } from "../../../src/destinations/discord/invalid.ts";
import type { Post } from "../../../src/domain/types.ts";
import { resume } from "../../../src/operator/posting.ts";
import { status } from "../../../src/operator/status.ts";
import { why } from "../../../src/operator/why.ts";
import { listNotices } from "../../../src/store/notices.ts";
import { MINUTE, SECOND } from "../../support/clock.ts";
import { API_ERRORS, type ApiError, invalidForm } from "../../support/discord/errors.ts";
import type { Fault } from "../../support/discord/faults.ts";
import { type DiscordStandIn, startDiscord } from "../../support/discord/server.ts";
import { type Line, openLine } from "../../support/line.ts";

let discord: DiscordStandIn;
let channels = 0;

beforeAll(async () => {
  discord = await startDiscord({ limits: null, nonceWindow: 1 });
});
afterEach(() => void vi.useRealTimers());
afterAll(() => discord[Symbol.asyncDispose]());

const POST: Post = {
  platform: "discord",
  payload: { content: "a post" },
  image: null,
  text: "a post",
};

type Desk = { readonly line: Line; readonly channel: string };

/** A feed, the outbox and one channel, or two, of the stand-in's server, through the real discord.js. */
async function openDesk(count = 1, token = discord.token): Promise<AsyncDisposable & Desk> {
  const ids = Array.from({ length: count }, () => `11900000000000${10_000 + (channels += 1)}`);
  for (const id of ids) discord.addChannel({ id });
  const line = await openLine({
    yaml: (feedUrl) => `
defaults: { spacing: 0, discord: { api: "${discord.api}" } }
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [${ids.map((id) => `{ discord: "${id}" }`).join(", ")}] }]`,
    destinations: [],
    env: { DISCORD_TOKEN: token },
  });
  return { line, channel: ids[0] ?? "", [Symbol.asyncDispose]: line[Symbol.asyncDispose] };
}

/** Lists these stories, newest last, and works. */
async function publish({ site, clock, later }: Line, ...names: readonly string[]): Promise<void> {
  const published = clock.now();
  site.list(
    names
      .map((slug) => ({ slug, title: `About ${slug}`, published }))
      .toReversed()
      .concat({
        slug: "old",
        title: "An old story",
        published,
      }),
  );
  await later();
}

const created = (channel: string): number =>
  discord.requests().filter(({ route, path }) => route === "create" && path.includes(channel)).length;

async function seen({ line }: Desk) {
  const { operator, store } = line.app();
  const found = await why(operator, `${line.site.url}/one`);
  const [destination] = (await status(operator)).destinations;
  const delivery = found.kind === "known" ? found.deliveries[0] : undefined;
  const notices = (await listNotices(store, 20)).map(({ message }) => message);
  return { delivery, destination, notices };
}

const error = (status: number, code: number): ApiError => ({ status, code, message: `words for ${code}` });

/** The destination stops and what waits is kept; resumed, it goes out. */
const STOPS: readonly ApiError[] = [
  API_ERRORS.unknownChannel,
  API_ERRORS.unknownGuild,
  error(403, 40007),
  API_ERRORS.missingAccess,
  API_ERRORS.noText,
  error(403, 50009),
  API_ERRORS.missingPermissions,
  API_ERRORS.wrongChannelType,
  error(403, 50095),
  error(403, 99_999),
  error(404, 99_998),
];
/** So does every destination of the account. */
const LOCKED_OUT: readonly ApiError[] = [
  API_ERRORS.unauthorized,
  error(401, 40001),
  error(403, 40002),
  error(403, 40012),
  error(403, 50014),
  error(403, 50178),
];
/** The post fails at once, and is shown. */
const REFUSED: readonly ApiError[] = [
  error(404, 10008),
  error(400, 20009),
  error(400, 30046),
  error(413, 40005),
  API_ERRORS.otherAuthor,
  API_ERRORS.emptyMessage,
  invalidForm([{ path: ["content"], code: "BASE_TYPE_BAD", message: "bad" }]),
  API_ERRORS.notJson,
  error(400, 200_000),
  error(400, 200_001),
  error(400, 240_000),
  error(400, 99_997),
];
/** It waits, for the named number of milliseconds at least. */
const WAITS: readonly (readonly [Fault, number])[] = [
  ...[20016, 20022, 20028, 20029, 40062, 40004, 40006, 130_000].map(
    (code) => [{ kind: "error", error: error(400, code) }, MINUTE] as const,
  ),
  [{ kind: "error", error: error(403, 40333) }, 10 * MINUTE],
  [{ kind: "html", status: 403 }, 10 * MINUTE],
  [{ kind: "429", scope: "user", retryAfter: 90 }, 90 * SECOND],
  [{ kind: "429", scope: "shared", retryAfter: 90 }, 90 * SECOND],
];

test.each(STOPS)("$code stops the destination, which keeps what waits and says so once", async (answer) => {
  await using desk = await openDesk();
  discord.fault("create", { kind: "error", error: answer });
  await publish(desk.line, "one", "two");
  const { delivery, destination, notices } = await seen(desk);
  expect(delivery).toMatchObject({ state: "pending", inDoubt: false, post: null });
  expect(destination).toMatchObject({ state: "stopped", reason: expect.stringContaining(`${answer.code}`) });
  expect(notices).toEqual([expect.stringMatching(/was stopped: .*bulletin resume/u)]);
  expect(created(desk.channel)).toBe(1);
});

test.each(LOCKED_OUT)("$code stops every destination of the account with one notice", async (answer) => {
  await using desk = await openDesk(2);
  discord.fault("create", { kind: "error", error: answer });
  await publish(desk.line, "one");
  const { destinations } = await status(desk.line.app().operator);
  expect(destinations.map(({ state }) => state)).toEqual(["stopped", "stopped"]);
  expect((await seen(desk)).notices).toEqual([
    expect.stringMatching(/with all of its account, was stopped/u),
  ]);
  discord.mend();
});

test.each(REFUSED)("$code fails the post, shows it, and lets the next one go", async (answer) => {
  await using desk = await openDesk();
  discord.fault("create", { kind: "error", error: answer });
  await publish(desk.line, "one", "two");
  const { delivery, destination, notices } = await seen(desk);
  expect(delivery).toMatchObject({
    state: "failed",
    reason: expect.stringContaining(`(${answer.code})`),
    post: { text: expect.stringContaining("About one"), payload: { embeds: [{ title: "About one" }] } },
  });
  expect(destination).toMatchObject({ state: "active", counts: { failed: 1, sent: 1 } });
  expect(notices).toEqual([
    expect.stringMatching(/“About one” could not be posted.*What was sent: “About one/u),
  ]);
});

test.each(WAITS)("%j waits at least %i ms, and is then sent", async (fault, least) => {
  await using desk = await openDesk();
  discord.fault("create", fault);
  await publish(desk.line, "one");
  expect((await seen(desk)).delivery).toMatchObject({ state: "pending", inDoubt: false });
  desk.line.clock.advance(least - 5 * SECOND);
  await desk.line.pass();
  expect(created(desk.channel)).toBe(1);
  desk.line.clock.advance(least / 10 + 6 * SECOND);
  await desk.line.pass();
  const { delivery, destination, notices } = await seen(desk);
  expect(delivery).toMatchObject({ state: "sent" });
  expect(destination?.state).toBe("active");
  expect(notices).toEqual([]);
});

test("a picture that is refused is left out once; refused again, the post fails and is shown", async () => {
  await using desk = await openDesk();
  const badImage = invalidForm([{ path: ["embeds", 0, "image", "url"], code: "URL_TYPE", message: "bad" }]);
  discord.fault("create", { kind: "error", error: badImage }, 2);
  await publish(desk.line, "one");
  const { delivery, notices } = await seen(desk);
  expect(created(desk.channel)).toBe(2);
  expect(delivery).toMatchObject({ state: "failed", post: { text: expect.stringContaining("About one") } });
  expect(notices).toHaveLength(1);
});

test.each(["cut", "created-then-cut", "created-then-500"] as const)(
  "no answer (%s) leaves it in doubt: it is looked for after the grace, and stands there once",
  async (kind) => {
    await using desk = await openDesk();
    discord.fault("create", { kind });
    await publish(desk.line, "one");
    expect((await seen(desk)).delivery).toMatchObject({ state: "pending", inDoubt: true });
    await desk.line.restart();
    desk.line.clock.advance(MINUTE);
    await desk.line.pass();
    expect((await seen(desk)).delivery).toMatchObject({ state: "sent", inDoubt: false });
    expect(discord.messages(desk.channel)).toHaveLength(1);
  },
);

test("in doubt and unreadable, it is held with a notice", async () => {
  await using desk = await openDesk();
  discord.fault("create", { kind: "created-then-cut" });
  await publish(desk.line, "one");
  await desk.line.restart();
  discord.fault("history", { kind: "error", error: API_ERRORS.missingAccess });
  desk.line.clock.advance(MINUTE);
  await desk.line.pass();
  const { delivery, notices } = await seen(desk);
  expect(delivery).toMatchObject({
    state: "held",
    inDoubt: true,
    reason: expect.stringMatching(/^in doubt/u),
  });
  expect(notices).toEqual([expect.stringMatching(/may or may not stand.*bulletin settle/u)]);
});

test("in doubt while the token is refused, it waits in doubt until the account goes on, and is found", async () => {
  await using desk = await openDesk();
  discord.fault("create", { kind: "created-then-cut" });
  await publish(desk.line, "one");
  await desk.line.restart();
  discord.fault("history", { kind: "error", error: { status: 401, code: 0, message: "401: Unauthorized" } });
  desk.line.clock.advance(MINUTE);
  await desk.line.pass();
  expect((await seen(desk)).delivery).toMatchObject({ state: "pending", inDoubt: true });
  const { operator } = desk.line.app();
  expect((await status(operator)).destinations[0]?.state).toBe("stopped");
  await resume(operator, desk.channel);
  // With another token.
  await desk.line.restart();
  desk.line.clock.advance(MINUTE);
  await desk.line.pass();
  expect((await seen(desk)).delivery).toMatchObject({ state: "sent", inDoubt: false });
  expect(discord.messages(desk.channel)).toHaveLength(1);
});

test("a dead token costs one request, however many channels there are, and none after a restart", async () => {
  await using desk = await openDesk(5, "a.dead.token");
  const before = discord.invalidRequests();
  await publish(desk.line, "one");
  await desk.line.restart();
  await publish(desk.line, "two");
  expect(discord.invalidRequests() - before).toBe(1);
  const { destinations } = await status(desk.line.app().operator);
  expect(new Set(destinations.map(({ state }) => state))).toEqual(new Set(["stopped"]));
  expect((await seen(desk)).notices).toHaveLength(1);
});

test("after 500 refused requests nothing is asked of Discord for ten minutes, and the admin is told once", async () => {
  await using desk = await openDesk(2);
  const { line } = desk;
  discord.fault("create", { kind: "error", error: API_ERRORS.missingPermissions }, MOST_INVALID);
  const { destinations } = line.app().operator;
  const [first, second] = [...destinations().values()];
  const delivery = (key: string) => ({ key, post: POST, articleUrl: "", firstAttemptAt: null });
  const never = new AbortController().signal;
  const before = discord.invalidRequests();
  // discord.js lets 50 requests a second go: its clock is moved on instead.
  vi.useFakeTimers({ toFake: ["Date"] });
  for (let n = 0; discord.invalidRequests() - before < MOST_INVALID; n += 1) {
    const { kind } = (await first?.send(delivery(`n${n}`), never)) ?? {};
    if (kind === "retry") vi.advanceTimersByTime(SECOND);
  }
  const asked = discord.requests().length;
  for (const one of [first, second])
    expect(await one?.send(delivery("next"), never)).toMatchObject({
      kind: "retry",
      afterMs: expect.closeTo(10 * MINUTE, -5),
    });
  expect(discord.requests()).toHaveLength(asked);
  await line.pass();
  const { notices } = await seen(desk);
  expect(notices).toEqual([expect.stringMatching(/^Nothing is asked of Discord for 10 minutes/u)]);
  line.clock.advance(10 * MINUTE);
  vi.advanceTimersByTime(SECOND);
  expect(await second?.send(delivery("later"), never)).toMatchObject({ kind: "sent" });
});
