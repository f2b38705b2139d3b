import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { type Scripted, scripted, sent, titles } from "../support/scripted.ts";

const to = (options: string) => (url: string) =>
  `timezone: Europe/Berlin\nfeeds: [{ url: "${url}", every: 10 minutes, post_to: [{ discord: 1, ${options} }] }]`;

/** A line with one channel, begun at `start` (UTC). */
async function begin(start: string, options: string): Promise<{ line: Line; channel: Scripted }> {
  const channel = scripted("discord:1");
  return { channel, line: await openLine({ yaml: to(options), destinations: [channel], start }) };
}

const listed = new WeakMap<Line, string[]>();
/** Lists one more story and polls, eleven minutes later. */
async function publish(line: Line, title: string): Promise<void> {
  const all = [title, ...(listed.get(line) ?? [])];
  listed.set(line, all);
  line.site.list(all.map((one) => ({ slug: one, title: one, published: line.clock.now() - HOUR })));
  await line.later();
}

/** Works just before a moment, and at it; gives what had been sent each time. */
async function around(line: Line, channel: Scripted, time: string): Promise<readonly (readonly string[])[]> {
  line.clock.advanceTo(new Date(Date.parse(time) - 30 * SECOND).toISOString());
  await line.pass();
  const before = titles(channel);
  line.clock.advanceTo(time);
  await line.pass();
  return [before, titles(channel)];
}

test("posts of one destination keep their spacing", async () => {
  const { line, channel } = await begin("2026-06-01T10:00:00Z", "spacing: 20 minutes");
  await using _ = line;
  await publish(line, "one");
  await publish(line, "two");
  expect(titles(channel)).toEqual(["one"]);
  line.clock.advance(8 * MINUTE);
  await line.pass();
  expect(titles(channel)).toEqual(["one"]);
  line.clock.advance(2 * MINUTE);
  await line.pass();
  expect(titles(channel)).toEqual(["one", "two"]);
});

test.each([
  ["in summer, over midnight", "2026-06-01T21:30:00Z", "23:00-07:00", "2026-06-02T05:00:00Z"],
  ["over the clock change in spring", "2026-03-28T22:30:00Z", "23:00-07:00", "2026-03-29T05:00:00Z"],
  ["over the clock change in autumn", "2026-10-24T21:30:00Z", "23:00-07:00", "2026-10-25T06:00:00Z"],
  ["until a time that spring skips", "2026-03-29T00:10:00Z", "01:00-02:30", "2026-03-29T01:00:00Z"],
  ["until a time that autumn doubles", "2026-10-24T23:30:00Z", "01:00-02:30", "2026-10-25T00:30:00Z"],
  ["until midnight", "2026-06-01T20:30:00Z", "22:00-24:00", "2026-06-01T22:00:00Z"],
])("quiet hours hold posts back %s", async (_name, start, quiet, end) => {
  const { line, channel } = await begin(start, `spacing: 0, quiet: "${quiet}"`);
  await using _ = line;
  await publish(line, "one");
  await publish(line, "two");
  expect(await around(line, channel, end)).toEqual([[], ["one", "two"]]);
});

test("a change of the quiet hours counts at once", async () => {
  const { line, channel } = await begin("2026-06-01T21:30:00Z", `spacing: 0, quiet: "23:00-07:00"`);
  await using _ = line;
  await publish(line, "one");
  expect(titles(channel)).toEqual([]);
  await line.app().reload(to("spacing: 0")(line.site.feedUrl));
  await line.pass();
  expect(titles(channel)).toEqual(["one"]);
});

test("with slots, what was there before a slot goes at it, and what comes after it waits for the next", async () => {
  const { line, channel } = await begin("2026-06-01T05:00:00Z", `spacing: 0, at: "0 8 * * *"`);
  await using _ = line;
  await publish(line, "one");
  await publish(line, "two");
  expect(await around(line, channel, "2026-06-01T06:00:00Z")).toEqual([[], ["one", "two"]]);
  await publish(line, "three");
  await line.restart();
  await line.pass();
  expect(await around(line, channel, "2026-06-02T06:00:00Z")).toEqual([
    ["one", "two"],
    ["one", "two", "three"],
  ]);
});

test("a slot whose time spring skips fires at the first minute after it", async () => {
  const { line, channel } = await begin("2026-03-28T22:00:00Z", `spacing: 0, at: "30 2 * * *"`);
  await using _ = line;
  await publish(line, "one");
  expect(await around(line, channel, "2026-03-29T01:00:00Z")).toEqual([[], ["one"]]);
});

test("a slot missed while down fires once when it is younger than catch_up", async () => {
  const { line, channel } = await begin("2026-06-01T05:00:00Z", `spacing: 0, at: "0 8 * * *"`);
  await using _ = line;
  await publish(line, "one");
  line.clock.advanceTo("2026-06-01T11:00:00Z");
  await line.restart();
  await line.pass();
  expect(titles(channel)).toEqual(["one"]);
  const slots = await line.app().store.db.selectFrom("slots").selectAll().execute();
  expect(slots).toEqual([{ owner: "discord:1", slotAt: Date.parse("2026-06-01T06:00:00Z"), state: "fired" }]);
});

test("a slot missed for longer leaves a row, and what waited goes at the next one", async () => {
  const { line, channel } = await begin("2026-06-01T05:00:00Z", `spacing: 0, at: "0 8 * * *"`);
  await using _ = line;
  await publish(line, "one");
  line.clock.advanceTo("2026-06-01T13:00:00Z");
  await line.restart();
  await line.pass();
  const slots = await line.app().store.db.selectFrom("slots").selectAll().execute();
  expect(slots).toEqual([
    { owner: "discord:1", slotAt: Date.parse("2026-06-01T06:00:00Z"), state: "missed" },
  ]);
  expect(await around(line, channel, "2026-06-02T06:00:00Z")).toEqual([[], ["one"]]);
});

test("what waits for a weekly slot does not expire before it", async () => {
  const { line, channel } = await begin("2026-06-02T05:00:00Z", `spacing: 0, at: "0 8 * * 1"`);
  await using _ = line;
  await publish(line, "one");
  expect(await around(line, channel, "2026-06-08T06:00:00Z")).toEqual([[], ["one"]]);
});

test("slots, spacing and quiet hours count together", async () => {
  const { line, channel } = await begin(
    "2026-06-01T05:00:00Z",
    `spacing: 20 minutes, quiet: "08:10-09:00", at: "0 8 * * *"`,
  );
  await using _ = line;
  await publish(line, "one");
  await publish(line, "two");
  expect(await around(line, channel, "2026-06-01T06:00:00Z")).toEqual([[], ["one"]]);
  expect(await around(line, channel, "2026-06-01T07:00:00Z")).toEqual([["one"], ["one", "two"]]);
});

test("a slow admin channel does not hold up the posts, and is told each thing once", async () => {
  const channel = scripted("discord:1");
  const told: string[] = [];
  let answer: () => void = () => {};
  await using line = await openLine({
    yaml: (url) => `admin_channel: 9\n${to("spacing: 0")(url)}`,
    destinations: [channel],
    tell: (text) => {
      told.push(text);
      return new Promise((resolve) => {
        answer = () => resolve({ kind: "sent", ref: { id: "1", url: null, cid: null } });
      });
    },
  });
  channel.script.send = (delivery) =>
    delivery.post.text === "one" ? { kind: "rejected", reason: "it is not valid" } : sent(delivery);
  const { site, clock } = line;
  /** Ticks as a running process does, until something came of it. */
  const tickUntil = async (isDone: () => boolean): Promise<void> => {
    clock.advance(11 * MINUTE);
    while (!isDone()) {
      await line.app().tick();
      await clock.sleep(5);
    }
  };
  site.list([{ slug: "one", title: "one", published: clock.now() }]);
  await tickUntil(() => told.length > 0);
  site.list([{ slug: "two", title: "two", published: clock.now() }]);
  await tickUntil(() => channel.sends.length === 2);
  answer();
  await line.pass();
  await line.pass();
  expect(told).toEqual([expect.stringContaining("“one” could not be posted to discord")]);
});

test("a program that starts asks what is due at once, and ends with its answer", async () => {
  const { line } = await begin("2026-06-01T10:00:00Z", "spacing: 0");
  await using _ = line;
  line.site.list([{ slug: "one", title: "one", published: line.clock.now() - HOUR }]);
  line.clock.advance(11 * MINUTE);
  const asked = line.site.asked("/feed").length;
  await (await line.app().app.start("Test"))[Symbol.asyncDispose]();
  expect(line.site.asked("/feed")).toHaveLength(asked + 1);
});
