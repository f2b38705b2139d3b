import { expect, inject, test } from "vitest";
import { showStatus } from "../../src/cli/show.ts";
import { openHubs } from "../../src/hubs.ts";
import { check } from "../../src/operator/check.ts";
import { pause } from "../../src/operator/posting.ts";
import { status } from "../../src/operator/status.ts";
import { why } from "../../src/operator/why.ts";
import { rss } from "../manners/feed.ts";
import { conditional } from "../manners/site.ts";
import { DAY, HOUR, MINUTE } from "../support/clock.ts";
import type { Signing } from "../support/hub.ts";
import { openPushed, type Pushed, type PushedOptions } from "../support/pushed.ts";
import { titles } from "../support/scripted.ts";

const onPostgres = inject("postgres") !== undefined;
const POST = "post_to: [{ discord: 1, spacing: 0 }]";
const EVERY = "every: 6 hours";

type Stage = Pushed & { readonly publish: (path: string) => void };

/** A feed that names its hub, subscribed to; the site is treated like any publisher's unless said. */
async function openStage(more = EVERY, options: Partial<PushedOptions> = {}): Promise<Stage> {
  const stage = await openPushed({
    allow: "127.0.0.0/8",
    feeds: (site) =>
      `timing: { host_gap: 0 }\nfeeds: [{ url: "${site}/feed", ${more === "" ? "" : `${more}, `}${POST} }]\n`,
    ...options,
  });
  const { site, hub } = stage;
  const listed = [{ path: "/old" }];
  const links = { link: `<${hub.url}>; rel="hub", <${stage.topic}>; rel="self"` };
  const answer = conditional(
    () => rss(site.url, listed),
    () => ({ etag: `"${listed.length}"`, "last-modified": `step ${listed.length}`, ...links }),
  );
  site.answer("/feed", answer);
  await stage.pass();
  return { ...stage, publish: (path) => void listed.unshift({ path }) };
}

const pushOf = async ({ app }: Pushed) => (await status(app().operator)).feeds[0]?.push ?? null;
const rowsOf = async ({ app }: Pushed) => await app().store.db.selectFrom("websub").selectAll().execute();

test("a feed that names a hub is subscribed to: verified, with a secret, under an address that nobody guesses", async () => {
  await using stage = await openStage();
  const { hub, door, topic } = stage;
  expect(hub.requests).toMatchObject([{ mode: "subscribe", topic, lease: "864000" }]);
  const [request] = hub.requests;
  expect(request?.callback.startsWith(`${door.url}/hooks/`)).toBe(true);
  expect(request?.callback.slice(door.url.length + 7)).toMatch(/^[\w-]{43}$/u);
  expect(request?.secret).toMatch(/^[\w-]{43}$/u);
  expect(request?.headers).toMatchObject({ "content-type": "application/x-www-form-urlencoded" });
  for (const name of ["cookie", "referer", "cache-control"])
    expect(request?.headers).not.toHaveProperty(name);
  expect(hub.answers).toEqual([{ status: 200, isChallenge: true }]);
  expect(hub.subscribers(topic)).toHaveLength(1);
  expect(await pushOf(stage)).toMatchObject({ hub: `${hub.url}/`, until: expect.any(Number), reason: null });
});

test.each(["sha1", "sha256", "sha384", "sha512"] satisfies Signing[])(
  "a push signed with %s makes the feed be asked at once, conditionally, and its news is posted",
  async (signing) => {
    await using stage = await openStage();
    const { hub, topic, channel, clock, publish, polls } = stage;
    clock.advance(HOUR);
    publish("/news");
    expect(await hub.push(topic, "whatever the hub sends", signing)).toEqual([202]);
    await stage.pass();
    expect(polls()).toHaveLength(2);
    expect(polls()[1]?.headers).toMatchObject({ "if-none-match": '"1"', "if-modified-since": "step 1" });
    // What was posted comes from the site, never out of the push.
    expect(titles(channel)).toEqual(["A story at news"]);
  },
);

test.each(["forged", "unsigned"] satisfies Signing[])(
  "a push that is %s is taken, and ignored",
  async (signing) => {
    await using stage = await openStage();
    const { hub, topic, clock, publish, polls } = stage;
    clock.advance(HOUR);
    publish("/news");
    expect(await hub.push(topic, "anything", signing)).toEqual([202]);
    await stage.pass();
    expect(polls()).toHaveLength(1);
    expect(stage.app().warnings).toContain("a push without a good signature was ignored");
  },
);

test("a push that is larger than a feed may be is not read to its end, and asks nothing", async () => {
  const small = "limits: { feed_size: 3 KB }\n";
  await using stage = await openStage(EVERY, {
    feeds: (site) => `${small}feeds: [{ url: "${site}/feed", ${EVERY}, ${POST} }]\n`,
  });
  const { hub, topic, clock, polls } = stage;
  clock.advance(HOUR);
  expect(await hub.push(topic, "x".repeat(3_001))).toEqual([413]);
  await stage.pass();
  expect(polls()).toHaveLength(1);
  expect(await hub.push(topic, "x".repeat(3_000))).toEqual([202]);
  await stage.pass();
  expect(polls()).toHaveLength(2);
});

test("a flood of pushes asks the feed once in five minutes, and no news in it is lost", async () => {
  await using stage = await openStage();
  const { hub, topic, channel, clock, publish, polls } = stage;
  clock.advance(HOUR);
  for (let minute = 0; minute < 20; minute++) {
    publish(`/news-${minute}`);
    await Promise.all(Array.from({ length: 10 }, () => hub.push(topic, `push ${minute}`)));
    await stage.pass();
    clock.advance(MINUTE);
    await stage.pass();
  }
  clock.advance(5 * MINUTE);
  await stage.pass();
  const times = polls().map(({ at }) => at);
  expect(Math.min(...times.slice(1).map((at, i) => at - (times[i] ?? 0)))).toBeGreaterThanOrEqual(5 * MINUTE);
  expect(times.length).toBeLessThanOrEqual(7);
  expect(titles(channel)).toHaveLength(20);
});

test("a push that comes while the feed is asked has it asked again, after five minutes", async () => {
  await using stage = await openStage();
  const { hub, topic, site, clock, publish, polls, channel } = stage;
  clock.advance(6 * HOUR);
  site.answer("/feed", (_, response, nth) => {
    const body = rss(site.url, nth === 1 ? [{ path: "/old" }] : [{ path: "/news" }, { path: "/old" }]);
    // The answer was made before the news, and is still on its way when the push comes.
    const answered = nth === 1 ? hub.push(topic, "news") : Promise.resolve([]);
    void answered.finally(() => response.end(body));
  });
  publish("/news");
  await stage.pass();
  expect(polls()).toHaveLength(2);
  expect(titles(channel)).toEqual([]);
  await stage.run(6 * MINUTE);
  expect(polls()).toHaveLength(3);
  expect(titles(channel)).toEqual(["A story at news"]);
});

test("a pause that the host asked for, and the wait after failures, hold against pushes", async () => {
  await using stage = await openStage();
  const { hub, topic, site, clock, polls } = stage;
  const pushing = async (): Promise<void> => {
    for (let n = 0; n < 6; n++) {
      await hub.push(topic, `push ${n}`);
      await stage.pass();
      clock.advance(9 * MINUTE);
      await stage.pass();
    }
  };
  site.answer("/feed", (_, response) => void response.writeHead(500).end());
  clock.advance(6 * HOUR);
  await stage.pass();
  expect(polls()).toHaveLength(2);
  await pushing();
  expect(polls()).toHaveLength(2);
  site.answer("/feed", (_, response) => void response.writeHead(429, { "retry-after": "172800" }).end());
  await stage.run(DAY);
  expect(polls()).toHaveLength(3);
  await stage.restart();
  await pushing();
  expect(polls()).toHaveLength(3);
});

test("a lease is renewed at four fifths of it, also when the program stood still then", async () => {
  await using stage = await openStage();
  const { hub, topic, clock } = stage;
  const begun = clock.now();
  await stage.run(7.9 * DAY);
  expect(hub.requests).toHaveLength(1);
  await stage.run(0.2 * DAY);
  await hub.settled();
  expect(hub.requests).toHaveLength(2);
  expect((hub.requests[1]?.at ?? 0) - begun).toBeGreaterThan(8 * DAY - MINUTE);
  expect(new Set(hub.requests.map(({ callback }) => callback)).size).toBe(1);
  await stage.restart(9 * DAY);
  await stage.pass();
  expect(hub.requests).toHaveLength(3);
  expect(hub.answers.every(({ isChallenge }) => isChallenge)).toBe(true);
  expect(hub.subscribers(topic)).toHaveLength(1);
});

test.each([
  [
    "removed",
    ({ app, door, site }: Stage) =>
      app().reload(
        `websub: { address: "${door.url}/hooks" }\nfeeds: [{ url: "${site.url}/other", ${POST} }]\n`,
      ),
  ],
  ["paused", ({ app, topic }: Stage) => pause(app().operator, topic)],
  [
    "gone for good",
    ({ site, clock, pass }: Stage) => {
      site.answer("/feed", (_, response) => void response.writeHead(410).end());
      clock.advance(6 * HOUR);
      return pass();
    },
  ],
] as const)(
  "a feed that is %s is unsubscribed from, and a push for it would be told so",
  async (_, change) => {
    await using stage = await openStage();
    const { hub, topic, clock } = stage;
    const callback = hub.requests[0]?.callback ?? "";
    await change(stage);
    clock.advance(2 * MINUTE);
    await stage.pass();
    expect(hub.requests.map(({ mode }) => mode)).toEqual(["subscribe", "unsubscribe"]);
    expect(hub.answers.map(({ status, isChallenge }) => [status, isChallenge])).toEqual([
      [200, true],
      [200, true],
    ]);
    expect(hub.subscribers(topic)).toEqual([]);
    expect(await rowsOf(stage)).toEqual([]);
    expect((await fetch(callback, { method: "POST", body: "late" })).status).toBe(410);
  },
);

test("nobody else subscribes, unsubscribes or denies in our name", async () => {
  await using stage = await openStage();
  const { hub, topic, door, clock } = stage;
  const callback = hub.requests[0]?.callback ?? "";
  const said = async (at: string, query: Readonly<Record<string, string>>): Promise<number> =>
    (await hub.say(at, { topic, challenge: "abc", lease_seconds: "864000", ...query })).status;
  expect(await said(callback, { mode: "subscribe", topic: `${topic}/other` })).toBe(404);
  expect(await said(callback, { mode: "unsubscribe" })).toBe(404);
  expect(await said(callback, { mode: "denied", topic: `${topic}/other` })).toBe(404);
  expect(await said(`${door.url}/hooks/${"A".repeat(43)}`, { mode: "subscribe" })).toBe(404);
  expect(await said(callback, { mode: "subscribe", challenge: "<b>\n" })).toBe(404);
  expect(await said(callback, { mode: "subscribe", challenge: "x".repeat(1_025) })).toBe(404);
  expect(await rowsOf(stage)).toMatchObject([{ wanted: 1, leaseUntil: expect.any(Number) }]);
  clock.advance(DAY);
  // The hub may ask again whether we still want it.
  expect(await said(callback, { mode: "subscribe" })).toBe(200);
});

test("a hub that refuses, keeps silent or denies is asked ever more rarely, and the feed says why", async () => {
  await using stage = await openStage();
  const { hub, clock, topic } = stage;
  const [first] = hub.requests;
  await hub.say(first?.callback ?? "", { mode: "denied", topic, reason: "not\nhere" });
  expect(await pushOf(stage)).toMatchObject({ until: null, reason: "the hub denies it: not here" });
  await stage.run(6.9 * DAY);
  expect(hub.requests).toHaveLength(1);
  hub.ways.verifies = false;
  await stage.run(3 * HOUR);
  expect((await pushOf(stage))?.reason).toBe(
    `the hub took the request, but has not called back at ${stage.door.url} yet`,
  );
  hub.ways.status = 403;
  await stage.run(2 * DAY);
  expect((await pushOf(stage))?.reason).toBe("the hub answers 403 Forbidden");
  const waits = hub.requests.slice(2).map(({ at }, i) => at - (hub.requests[i + 1]?.at ?? 0));
  expect(waits.length).toBeGreaterThan(4);
  waits.slice(1).forEach((wait, i) => expect(wait).toBeGreaterThan(Math.min(waits[i] ?? 0, 20 * HOUR)));
  const asked = hub.requests.length;
  hub.ways.status = 503;
  hub.ways.headers = { "retry-after": String((3 * DAY) / 1000) };
  await stage.run(2 * DAY);
  expect(hub.requests).toHaveLength(asked + 1);
  clock.advance(HOUR);
  await stage.run(DAY / 2);
  expect(hub.requests).toHaveLength(asked + 1);
});

test("a feed that names another hub each time is believed once a day", async () => {
  await using stage = await openStage("every: 5 minutes");
  const { site, hub, clock } = stage;
  site.answer("/feed", (_, response, nth) => {
    response
      .writeHead(200, { link: `<${hub.url}/?n=${nth}>; rel="hub"` })
      .end(rss(site.url, [{ path: "/old" }]));
  });
  await stage.run(3 * HOUR);
  await hub.settled();
  expect(hub.requests).toHaveLength(1);
  clock.advance(DAY);
  await stage.pass();
  expect(hub.requests.map(({ mode }) => mode).toSorted()).toEqual(["subscribe", "subscribe", "unsubscribe"]);
});

test("without a public address, and with a cron of the admin's, no hub is asked", async () => {
  await using cron = await openStage('cron: "0 */6 * * *"');
  expect(cron.hub.requests).toEqual([]);
  await using plain = await openStage();
  await plain.app().reload(`feeds: [{ url: "${plain.site.url}/other", ${POST} }]\n`);
  plain.site.answer("/other", (_, response) => {
    response.writeHead(200, { link: `<${plain.hub.url}>; rel="hub"` }).end(rss(plain.site.url, []));
  });
  plain.clock.advance(DAY);
  await plain.pass();
  expect(plain.site.to("/other")).not.toEqual([]);
  expect(plain.hub.requests).toHaveLength(1);
});

test("another public address is told to the hub", async () => {
  await using stage = await openStage();
  const { hub, door, site, clock } = stage;
  await stage
    .app()
    .reload(
      `websub: { address: "${door.url}/elsewhere" }\nfeeds: [{ url: "${site.url}/feed", ${EVERY}, ${POST} }]\n`,
    );
  clock.advance(2 * MINUTE);
  await stage.pass();
  expect(hub.requests.map(({ callback }) => new URL(callback).pathname.split("/")[1])).toEqual([
    "hooks",
    "elsewhere",
  ]);
  expect(hub.answers.every(({ isChallenge }) => isChallenge)).toBe(true);
});

test("status and why tell of the hub, and check of an address that nobody can reach", async () => {
  await using stage = await openStage();
  const { app, hub, topic, site } = stage;
  const { operator } = app();
  await hub.push(topic, "news");
  const plain = (_: unknown, text: string): string => text;
  expect(showStatus(await status(operator), "UTC", plain)).toMatch(
    /^ {6}pushed until 2026-06-11 10:00:\d\d by http:\/\/127\.0\.0\.1:\d+\/, last 2026-06-01 10:00:\d\d$/mu,
  );
  const unknown = await why(operator, `${site.url}/never-listed`);
  expect(unknown).toMatchObject({ kind: "unknown", feeds: [{ push: { hub: `${hub.url}/` } }] });
  const said: string[] = [];
  for await (const { name, problems } of check(operator, true))
    if (name === "websub") said.push(...problems.map(({ what }) => what));
  expect(said).toEqual([`hubs cannot reach ${stage.door.url}/hooks`]);
});

/** On SQLite one after the other: a process waits for another's transaction, which in one thread would never end. */
async function bothPass(stage: Stage, second: Pick<Stage, "pass">): Promise<void> {
  if (onPostgres) await Promise.all([stage.app().pass(), second.pass()]);
  else for (const { pass } of [stage.app(), second]) await pass();
}

test("behind one address stand several processes on one store: a hub may reach any of them", async () => {
  await using stage = await openStage();
  const { hub, door, topic, clock, publish, polls, channel } = stage;
  await using second = await stage.beside();
  await using hubs = await openHubs(second.operator);
  door.leadTo(hubs?.url ?? "");
  clock.advance(HOUR);
  publish("/news");
  expect(await hub.push(topic, "news")).toEqual([202]);
  // Both look at once, and one of them asks.
  await bothPass(stage, second);
  expect(polls()).toHaveLength(2);
  expect(titles(channel)).toEqual(["A story at news"]);
  await stage.run(8 * DAY);
  await bothPass(stage, second);
  await hub.settled();
  expect(hub.requests).toHaveLength(2);
  expect(hub.answers.map(({ isChallenge }) => isChallenge)).toEqual([true, true]);
});
