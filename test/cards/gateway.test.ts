import { expect, test } from "vitest";
import { API_ERRORS } from "../support/discord/errors.ts";
import { until } from "../support/until.ts";
import { type Desk, heard, NEWS, openDesk, READER } from "./desk.ts";

const story = { slug: "ferry", title: "Ferry sails again" };

async function openRunning(stack: AsyncDisposableStack, options = {}): Promise<Desk> {
  const desk = stack.use(await openDesk({ options: "review: true", ...options }));
  await desk.publish(story);
  stack.use(await desk.run());
  return desk;
}

const trouble: readonly (readonly [string, (desk: Desk) => void])[] = [
  ["the line is cut", ({ discord }) => discord.gateway.cut()],
  ["Discord asks to connect again", ({ discord }) => discord.gateway.askToReconnect()],
  ["Discord closes with an error of its own", ({ discord }) => discord.gateway.close(4000)],
  ["Discord closes in good order", ({ discord }) => discord.gateway.close(1000)],
  ["the session is called invalid, but resumable", ({ discord }) => discord.gateway.invalidate(true)],
];

test.concurrent.for(trouble)(
  "when %s, the session is resumed, and a click made meanwhile is heard",
  async ([, make]) => {
    await using stack = new AsyncDisposableStack();
    const desk = await openRunning(stack);
    make(desk);
    await until("the line was gone", () => desk.discord.gateway.connected() === 0);
    const click = desk.click("Post");
    expect(await heard(click)).toEqual([]);
    await until("it was posted", () => desk.posted().length > 0);
    expect(desk.discord.gateway.counts).toMatchObject({ identified: 1, resumed: 1 });
  },
);

test.concurrent("a session that Discord has forgotten is begun anew", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack);
  desk.discord.gateway.invalidate(false);
  await until("it was begun anew", () => desk.discord.gateway.counts.identified === 2);
  expect(await heard(desk.click("Post"))).toEqual([]);
  await until("it was posted", () => desk.posted().length > 0);
});

test.concurrent("heartbeats are sent, and a line on which they get no answer is given up", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack, { heartbeatMs: 60 });
  const { gateway } = desk.discord;
  await until("some beats were heard", () => gateway.counts.beats > 3);
  expect(gateway.counts).toMatchObject({ identified: 1, resumed: 0 });
  gateway.fallSilent();
  await until("the session was resumed", () => gateway.counts.resumed === 1);
  expect(await heard(desk.click("Post", READER))).toHaveLength(1);
});

test.concurrent(
  "what would only be refused again is not tried again, and posts go out all the same",
  async () => {
    await using stack = new AsyncDisposableStack();
    const desk = stack.use(await openDesk());
    stack.use(await desk.run());
    desk.discord.gateway.close(4014);
    await until("it was told", () => desk.line.app().warnings.some((one) => one.includes("4014")));
    await desk.publish(story);
    expect(desk.posted()).toEqual([story.title]);
    expect(desk.discord.gateway.counts).toMatchObject({ identified: 1, resumed: 0 });
  },
);

test.concurrent(
  "a gateway that cannot be reached is tried again, and posts go out all the same",
  async () => {
    await using stack = new AsyncDisposableStack();
    const desk = stack.use(await openDesk());
    desk.discord.fault("gateway", { kind: "5xx", status: 503 });
    desk.discord.fault("gateway", { kind: "cut" });
    const tries = () => desk.discord.requests().filter(({ route }) => route === "gateway").length;
    const running = desk.run();
    await desk.publish(story);
    expect(desk.posted()).toEqual([story.title]);
    stack.use(await running);
    expect(tries()).toBe(3);
  },
);

test.concurrent(
  "without an admin channel there is no gateway; with a changed config it comes and goes",
  async () => {
    await using stack = new AsyncDisposableStack();
    const desk = stack.use(await openDesk());
    const { line, discord } = desk;
    const env = { DISCORD_TOKEN: discord.token };
    const bare = `
defaults: { discord: { api: "${discord.api}" } }
feeds: [{ url: "${line.site.feedUrl}", post_to: [{ discord: "${NEWS}", spacing: 0 }] }]`;
    await line.restart(bare);
    stack.use(await line.app().app.start("Test"));
    await desk.publish(story);
    expect(discord.requests().some(({ route }) => route === "gateway")).toBe(false);
    await line.app().reload(`admin_channel: "${NEWS}"\n${bare}`, env);
    await until("it was opened", () => discord.gateway.connected() === 1);
    await line.app().reload(bare, env);
    await until("it was closed", () => discord.gateway.connected() === 0);
  },
);

test.concurrent("a refused token stops the ear, with the reason", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = stack.use(await openDesk());
  desk.discord.fault("gateway", { kind: "error", error: API_ERRORS.unauthorized });
  stack.use(await desk.line.app().app.start("Test"));
  await until("it was told", () =>
    desk.line.app().warnings.some((one) => one.includes("not heard until the next start")),
  );
  expect(desk.discord.invalidRequests()).toBe(1);
});

test.concurrent("the program ends although Discord does not say goodbye", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = stack.use(await openDesk());
  const running = await desk.run();
  desk.discord.gateway.freeze();
  await running[Symbol.asyncDispose]();
  expect(desk.line.app().warnings).toEqual([]);
});
