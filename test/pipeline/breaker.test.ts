import { expect, test } from "vitest";
import type { SendResult } from "../../src/domain/types.ts";
import { pageData } from "../../src/operator/page.ts";
import { pause, resume } from "../../src/operator/posting.ts";
import { status } from "../../src/operator/status.ts";
import { showStatus } from "../../src/cli/show.ts";
import { listNotices } from "../../src/store/notices.ts";
import { HOUR, MINUTE, SECOND } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { type Scripted, scripted, sent, titles } from "../support/scripted.ts";

const to = (...targets: readonly string[]) => {
  const list = targets.map((target) => `{ ${target}, wait: 0, spacing: 0, expire: 30 hours }`).join(", ");
  return (feedUrl: string) => `feeds: [{ url: "${feedUrl}", every: 1 day, post_to: [${list}] }]`;
};
const NOBODY: SendResult = { kind: "unknown", reason: "503 Service Unavailable" };
const UNREACHABLE: SendResult = { kind: "retry", afterMs: 5 * SECOND, reason: "no connection", outage: true };

async function publish({ site, clock, pass }: Line, ...names: readonly string[]): Promise<void> {
  clock.advance(25 * HOUR);
  const published = clock.now();
  site.list(["old", ...names].map((slug) => ({ slug, title: slug, published })).toReversed());
  await pass();
}

const stateOf = async (line: Line) => (await status(line.app().operator)).destinations[0];
const notices = async (line: Line): Promise<readonly string[]> =>
  (await listNotices(line.app().store, 20)).map(({ message }) => message).toReversed();

/** Looks every ten seconds; how long it was between two requests. */
async function gaps(line: Line, channel: Scripted, ms: number): Promise<readonly number[]> {
  const found: number[] = [];
  let [asked, since] = [channel.sends.length + channel.finds.length, 0];
  for (let at = 0; at < ms; at += 10 * SECOND) {
    line.clock.advance(10 * SECOND);
    since += 10 * SECOND;
    await line.pass();
    const now = channel.sends.length + channel.finds.length;
    if (now > asked) [found[found.length], since] = [since, 0];
    asked = now;
  }
  return found;
}

test.each([
  ["gives no answer", NOBODY],
  ["cannot be reached", UNREACHABLE],
])(
  "a destination that %s is asked ever more rarely, one request at a time, whatever waits",
  async (_, result) => {
    const channel = scripted("bluesky:a.example");
    await using line = await openLine({ yaml: to("bluesky: a.example"), destinations: [channel] });
    channel.script.send = () => result;
    await publish(line, "one", "two", "three");
    const waits = await gaps(line, channel, 3 * HOUR);
    expect(waits.length).toBeLessThan(12);
    expect(waits.at(-1)).toBeGreaterThan(40 * MINUTE);
    expect(Math.max(...waits)).toBeLessThanOrEqual(HOUR + 10 * SECOND);
    expect(new Set(titles(channel))).toEqual(new Set(["one"]));
  },
);

test("it counts in the store: neither another delivery nor another process asks sooner", async () => {
  const channel = scripted("bluesky:a.example");
  await using line = await openLine({ yaml: to("bluesky: a.example"), destinations: [channel] });
  channel.script.send = () => UNREACHABLE;
  await publish(line, "one", "two");
  await gaps(line, channel, 30 * MINUTE);
  const before = channel.sends.length;
  await line.restart();
  await line.pass();
  expect(channel.sends).toHaveLength(before);
  expect(await stateOf(line)).toMatchObject({ outage: { reason: "no connection" } });
  // What waited longest expires; the next one is not sent at full speed for that.
  line.clock.advance(31 * HOUR);
  await line.pass();
  line.clock.advance(10 * SECOND);
  await line.pass();
  expect(channel.sends.length).toBeLessThanOrEqual(before + 1);
});

test("looking for a post in doubt counts too, and is made as rarely", async () => {
  const channel = scripted("discord:1", { resend: { withinMs: 0 } });
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  channel.script.send = () => NOBODY;
  channel.script.find = () => ({
    kind: "unreadable",
    reason: "503",
    retryAfterMs: 5 * SECOND,
    outage: true,
  });
  await publish(line, "one", "two");
  const waits = await gaps(line, channel, 3 * HOUR);
  expect(channel.sends).toHaveLength(1);
  expect(waits.length).toBeLessThan(12);
});

test("the admin is told once when it goes and once when it is back, and status and page show it meanwhile", async () => {
  const channel = scripted("bluesky:a.example");
  await using line = await openLine({ yaml: to("bluesky: a.example"), destinations: [channel] });
  channel.script.send = () => NOBODY;
  await publish(line, "one", "two");
  await gaps(line, channel, 2 * HOUR);
  expect(await notices(line)).toEqual([
    expect.stringMatching(
      /^bluesky:a\.example gives no answer: 503 Service Unavailable\. .*bulletin resume/u,
    ),
  ]);
  const now = await status(line.app().operator);
  expect(showStatus(now, "UTC", (_style, text) => text)).toMatch(
    /no answer since 2026-.* \(requests in a row: \d+, asked again 2026-.*\): 503 Service Unavailable/u,
  );
  expect((await pageData(line.app().operator, "Test")).destinations).toMatchObject([
    { state: "away", reason: expect.stringContaining("no answer since") },
  ]);
  channel.script.send = sent;
  line.clock.advance(HOUR);
  await line.pass();
  line.clock.advance(MINUTE);
  await line.pass();
  expect(titles(channel).slice(-2)).toEqual(["one", "two"]);
  expect(await stateOf(line)).toMatchObject({ outage: null });
  expect((await notices(line)).slice(1)).toEqual([expect.stringMatching(/answers again, after \d+ /u)]);
});

test("resume asks at once; one answer, whatever it says, and it counts as back", async () => {
  const channel = scripted("bluesky:a.example");
  await using line = await openLine({ yaml: to("bluesky: a.example"), destinations: [channel] });
  channel.script.send = () => UNREACHABLE;
  await publish(line, "one");
  await gaps(line, channel, HOUR);
  const before = channel.sends.length;
  channel.script.send = () => ({ kind: "rejected", reason: "not like this" });
  await resume(line.app().operator, "bluesky:a.example");
  line.clock.advance(HOUR);
  await line.pass();
  expect(channel.sends).toHaveLength(before + 1);
  expect(await stateOf(line)).toMatchObject({ outage: null, counts: { failed: 1 } });
});

test("a limit is no outage: who is asked to wait is asked again at that time", async () => {
  const channel = scripted("bluesky:a.example");
  await using line = await openLine({ yaml: to("bluesky: a.example"), destinations: [channel] });
  channel.script.send = () => ({ kind: "retry", afterMs: MINUTE, reason: "a limit" });
  await publish(line, "one");
  await gaps(line, channel, 3 * MINUTE);
  expect(channel.sends.length).toBeGreaterThan(2);
  expect(await stateOf(line)).toMatchObject({ outage: null, waitsFor: "a limit" });
  expect(await notices(line)).toEqual([]);
});

test("what comes while a destination stands still has its time to expire from when it goes on", async () => {
  const channel = scripted("bluesky:a.example");
  await using line = await openLine({ yaml: to("bluesky: a.example"), destinations: [channel] });
  const { operator } = line.app();
  channel.script.send = () => UNREACHABLE;
  await pause(operator, "bluesky:a.example");
  line.clock.advance(50 * HOUR);
  await publish(line, "late");
  line.clock.advance(5 * HOUR);
  await resume(operator, "bluesky:a.example");
  for (let hour = 0; hour < 29; hour += 1) {
    line.clock.advance(HOUR);
    await line.pass();
  }
  expect(await stateOf(line)).toMatchObject({ counts: { pending: 1 } });
  line.clock.advance(2 * HOUR);
  await line.pass();
  expect(await stateOf(line)).toMatchObject({ counts: { expired: 1 } });
  expect((await notices(line)).at(-1)).toMatch(/^late expired for .*no connection.*bulletin retry/u);
});

test("status names single posts that are held, in doubt, failed or expired, with the reason", async () => {
  const channels = ["discord:1", "discord:2", "discord:3"].map((id) =>
    scripted(id, { resend: { withinMs: 0 } }),
  );
  await using line = await openLine({
    yaml: to("discord: 1", "discord: 2", "discord: 3"),
    destinations: channels,
  });
  const [failing, doubtful, hidden] = channels as [Scripted, Scripted, Scripted];
  failing.script.send = () => ({ kind: "rejected", reason: "it is not valid" });
  doubtful.script.send = hidden.script.send = () => ({ kind: "unknown", reason: "cut off" });
  doubtful.script.find = () => ({ kind: "unreadable", reason: "503", retryAfterMs: HOUR, outage: true });
  hidden.script.find = () => ({ kind: "unreadable", reason: "no history" });
  await publish(line, ...Array.from({ length: 12 }, (_, n) => `story-${n}`));
  line.clock.advance(MINUTE);
  await line.pass();
  const now = await status(line.app().operator);
  expect(now.troubles).toMatchObject({ failed: 12, inDoubt: 2, held: 1 });
  expect(now.troubles.listed).toHaveLength(10);
  const text = showStatus(now, "UTC", (_style, shown) => shown);
  expect(text).toMatch(/These need a look\n/u);
  expect(text).toMatch(/in doubt {2}story-0 → discord:2 .*\n {6}cut off/u);
  expect(text).toMatch(/held {2}story-0 → discord:3 .*\n {6}in doubt: cut off, and .*no history/u);
  expect(text).toMatch(/failed {2}story-\d+ → discord:1 .*\n {6}it is not valid\n {6}bulletin why http/u);
  expect(text).toMatch(/and \d+ more failed or expired/u);
});
