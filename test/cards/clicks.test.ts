import { expect, test } from "vitest";
import { release } from "../../src/operator/holds.ts";
import { HOUR } from "../support/clock.ts";
import { API_ERRORS } from "../support/discord/errors.ts";
import type { Click } from "../support/discord/interactions.ts";
import { until } from "../support/until.ts";
import { ADA, ADMIN, BEN, buttonsOf, type Desk, heard, openDesk, READER } from "./desk.ts";

const REVIEWED = { options: "review: true" } as const;
const story = { slug: "ferry", title: "Ferry sails again" };
const headOf = ({ cards }: Desk) => cards().at(-1)?.content.split("\n")[0];
const isSettled = (desk: Desk) => () => buttonsOf(desk.cards().at(-1)).length === 0;

/** A desk that runs, with one card. */
async function openRunning(stack: AsyncDisposableStack, options = {}): Promise<Desk> {
  const desk = stack.use(await openDesk({ ...REVIEWED, ...options }));
  await desk.publish(story);
  stack.use(await desk.run());
  return desk;
}

const modalOf = async (click: Click) => {
  await heard(click);
  if (click.answer === null || typeof click.answer === "string") throw new Error("no modal was opened");
  return click.answer;
};

test("Post posts it once, and the card says who did it", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack);
  const click = desk.click("Post");
  await until("it was posted", () => desk.posted().length > 0);
  await until("the card was settled", isSettled(desk));
  expect(desk.posted()).toEqual([story.title]);
  expect(click).toMatchObject({ answer: "later", told: [] });
  expect(headOf(desk)).toBe("**Released by \\@ada.l**");
  expect(desk.discord.gateway.intents).toEqual([1]);
});

test("Drop gives it up for good", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack);
  expect(await heard(desk.click("Drop", BEN))).toEqual([]);
  await until("the card was settled", isSettled(desk));
  expect(headOf(desk)).toBe("**Dropped by \\@ben\\_k**");
  await desk.line.later();
  expect(desk.posted()).toEqual([]);
});

test("who may not manage the server is refused, and nothing happens", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack);
  for (const label of ["Post", "Edit title", "Drop"]) {
    const click = desk.click(label, READER);
    expect(await heard(click)).toEqual(["Only members with the permission Manage Server may do that."]);
    expect(click.answer).toBe("message");
  }
  await desk.line.later();
  expect(desk.posted()).toEqual([]);
  expect(headOf(desk)).toContain("**Held:**");
});

test("Edit title asks for it with the present one filled in, and the card shows the new one", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack);
  const click = desk.click("Edit title");
  expect(await modalOf(click)).toMatchObject({
    title: "Edit title",
    fields: [{ customId: "title", value: story.title, max: 300 }],
  });
  await heard(desk.discord.submit(click, { title: "  Ferry\n**sails** @everyone " }));
  await until("the card shows it", () => desk.cards()[0]?.editedAt !== null);
  expect(desk.cards()[0]?.embeds[0]?.title).toBe("Ferry \\*\\*sails\\*\\* \\@everyone");
  expect(desk.cards()[0]?.content).toContain("Title changed by \\@ada.l");
  expect(buttonsOf(desk.cards()[0])).toEqual(["Post", "Edit title", "Drop"]);
  const empty = desk.discord.submit(click, { title: " " });
  await until("he was told", () => empty.told.length > 0);
  expect(empty.told).toEqual(["The new title is empty."]);
  desk.click("Post");
  await until("it was posted", () => desk.posted().length > 0);
  expect(desk.posted()).toEqual(["Ferry \\*\\*sails\\*\\* \\@everyone"]);
});

test("of clicks at once one acts, and the others hear who was first", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack);
  const clicks = [desk.click("Drop", BEN), desk.click("Post"), desk.click("Post", BEN), desk.click("Drop")];
  await Promise.all(clicks.map(heard));
  await until("all others were told", () => clicks.filter(({ told }) => told.length === 1).length === 3);
  const [winner] = clicks.filter(({ told }) => told.length === 0);
  const outcome = headOf(desk)?.slice(2, -2).toLowerCase() ?? "";
  expect(outcome).toContain(winner?.by === ADA ? "ada.l" : "ben");
  const others = clicks.filter((click) => click !== winner).flatMap(({ told }) => told);
  for (const told of others)
    expect(told.toLowerCase().replaceAll("\\", "")).toContain(outcome.replaceAll("\\", ""));
  await desk.line.later();
  expect(desk.posted()).toHaveLength(outcome.startsWith("released") ? 1 : 0);
});

test("a click after a command did it is told who that was", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack);
  desk.discord.fault("edit", { kind: "5xx", status: 503 }, 99);
  await release(desk.line.app().operator, `${desk.line.site.url}/ferry`);
  const [post, title] = [desk.click("Post"), desk.click("Edit title")];
  await until("both were told", () => post.told.length + title.told.length === 2);
  expect([...post.told, ...title.told]).toEqual(
    Array(2).fill("It was settled before: released by an admin."),
  );
  desk.discord.mend();
  desk.line.clock.advance(HOUR);
  await until("the card was settled", isSettled(desk));
  expect(headOf(desk)).toBe("**Released by an admin**");
});

test("a card of an earlier run still works, and a click on it is heard once", async () => {
  await using desk = await openDesk(REVIEWED);
  await desk.publish(story);
  for (let run = 0; run < 2; run++) {
    await using _ = await desk.run();
    expect(await heard(desk.click("Post", READER))).toHaveLength(1);
  }
  await desk.line.restart();
  await using _ = await desk.run();
  desk.click("Post");
  await until("it was posted", () => desk.posted().length > 0);
  await until("the card was settled", isSettled(desk));
  expect(desk.cards()).toHaveLength(1);
  // Each run took up the session of the one before.
  expect(desk.discord.gateway.counts).toMatchObject({ identified: 1, resumed: 2 });
});

test("what was clicked while nobody listened is not done: Discord has said that it failed", async () => {
  await using desk = await openDesk(REVIEWED);
  await desk.publish(story);
  {
    await using _ = await desk.run();
  }
  const late = desk.click("Post");
  desk.discord.fault("callback", { kind: "error", error: API_ERRORS.unknownInteraction });
  await using _ = await desk.run();
  await until("it was replayed", () => desk.discord.requests().some(({ route }) => route === "callback"));
  expect(await heard(desk.click("Post", READER))).toHaveLength(1);
  await desk.line.later();
  expect(late.answer).toBeNull();
  expect(desk.posted()).toEqual([]);
  expect(headOf(desk)).toContain("**Held:**");
});

test("of two processes one listens; when it ends the other takes over", async () => {
  await using desk = await openDesk(REVIEWED);
  await desk.publish(story);
  const first = await desk.run();
  await using second = await desk.line.second([]);
  await using _ = await second.app.start("Second");
  const click = desk.click("Drop", READER);
  expect(await heard(click)).toHaveLength(1);
  expect(desk.discord.gateway.connected()).toBe(1);
  expect(desk.discord.gateway.counts).toMatchObject({ identified: 1, resumed: 0 });
  await first[Symbol.asyncDispose]();
  await until("the second took over", () => desk.discord.gateway.counts.resumed === 1);
  desk.click("Post");
  await until("it was posted", () => desk.posted().length > 0);
  expect(desk.posted()).toEqual([story.title]);
});

test("a click in a channel that is the admin's no more does nothing", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await openRunning(stack);
  desk.discord.addChannel({ id: "1190000000000000109" });
  const before = desk.cards()[0];
  const elsewhere = { ...before, channelId: "1190000000000000109" } as NonNullable<typeof before>;
  const told = await heard(desk.discord.click(elsewhere, "Post", ADA));
  expect(told).toEqual(["The admin channel is another one now: its cards decide."]);
  expect(desk.discord.messages(ADMIN)).toHaveLength(1);
  await desk.line.later();
  expect(desk.posted()).toEqual([]);
});
