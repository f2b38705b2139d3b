import { afterAll, beforeAll, expect, test } from "vitest";
import type { SendResult } from "../../src/domain/types.ts";
import { post, retry, undo } from "../../src/operator/posting.ts";
import { HOUR, MINUTE, SECOND } from "../support/clock.ts";
import type { Fault } from "../support/discord/faults.ts";
import { CROSSPOSTED, PERMISSION } from "../support/discord/world.ts";
import { type DiscordLine, openDiscordLine } from "../support/discord-line.ts";
import { type Fault as PdsFault, openFaultProxy, openPds, type TestPds } from "../support/pds.ts";
import { openLine } from "../support/line.ts";
import { deliveryOf, noticesOf, publish, to } from "../support/publish.ts";
import { scripted } from "../support/scripted.ts";

/** Publishing and undoing, from the config to what stands in Discord's stand-in and on a real PDS. */

const WIRE = "1190000000000000170";
let pds: TestPds;
beforeAll(async () => {
  pds = await openPds();
});
afterAll(() => pds[Symbol.asyncDispose]());

const openWire = (options: { readonly nonceWindow?: number } = {}): Promise<DiscordLine> =>
  openDiscordLine({
    channels: [{ id: WIRE, type: 5 }],
    postTo: `{ discord: "${WIRE}", publish: true }`,
    ...options,
  });

const asked = ({ discord }: DiscordLine, route: string): number =>
  discord.requests().filter((request) => request.route === route && request.path.includes(WIRE)).length;
const titles = ({ discord }: DiscordLine) => discord.messages(WIRE).map(({ embeds }) => embeds[0]?.title);
const published = ({ discord }: DiscordLine) =>
  discord.messages(WIRE).filter(({ flags }) => (flags & CROSSPOSTED) !== 0).length;
const linkOf = ({ site }: DiscordLine, story: string) => `${site.url}/${story}`;

/** Works once a minute for a while. */
async function minutes(line: DiscordLine, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    line.clock.advance(MINUTE);
    await line.pass();
  }
}

const LOST: readonly Fault[] = [
  { kind: "created-then-500" },
  { kind: "created-then-cut" },
  { kind: "created-then-hang" },
  { kind: "created-then-half" },
];
const NEVER_ARRIVED: readonly Fault[] = [
  { kind: "cut" },
  { kind: "hang" },
  { kind: "5xx", status: 503 },
  { kind: "429", scope: "user", retryAfter: 20 },
];

test.each([...LOST, ...NEVER_ARRIVED])("a post is published once though the answer is %o", async (fault) => {
  await using line = await openWire();
  line.discord.fault("crosspost", fault);
  await publish(line, "one", "two");
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", publish: "pending" });
  await minutes(line, 3);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", publish: "done", reason: null });
  expect([titles(line), published(line)]).toEqual([["one", "two"], 2]);
  expect(asked(line, "crosspost")).toBe(3);
  await minutes(line, 3);
  expect(asked(line, "crosspost")).toBe(3);
  expect(await noticesOf(line)).toEqual([]);
});

test("what an editor published by hand counts as published", async () => {
  await using line = await openWire();
  line.discord.fault("crosspost", { kind: "cut" });
  await publish(line, "one");
  const [message] = line.discord.messages(WIRE);
  if (message !== undefined) message.flags |= CROSSPOSTED;
  await minutes(line, 2);
  expect(await deliveryOf(line, "one")).toMatchObject({ publish: "done" });
});

test.each([...LOST, ...NEVER_ARRIVED])("undo deletes a post once though the answer is %o", async (fault) => {
  await using line = await openWire();
  await publish(line, "one", "two");
  line.discord.fault("delete", fault);
  await undo(line.app().operator, linkOf(line, "one"));
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent" });
  await line.restart();
  await minutes(line, 2);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone" });
  expect(titles(line)).toEqual(["two"]);
  expect(asked(line, "delete")).toBe(2);
  await minutes(line, 3);
  await publish(line, "one", "two", "three");
  expect(titles(line)).toEqual(["two", "three"]);
  expect(asked(line, "delete")).toBe(2);
});

test("undo of a post that was to be published takes it back, and publishes nothing any more", async () => {
  await using line = await openWire();
  line.discord.fault("crosspost", { kind: "cut" });
  await publish(line, "one");
  await undo(line.app().operator, linkOf(line, "one"));
  await minutes(line, 3);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone", publish: null });
  expect([titles(line), asked(line, "crosspost")]).toEqual([[], 1]);
});

test.each(["before", "meanwhile"])("what a moderator deleted %s is undone all the same", async (when) => {
  await using line = await openWire();
  await publish(line, "one");
  const [message] = line.discord.messages(WIRE);
  if (when === "before") line.discord.remove(message?.id ?? "");
  else line.discord.fault("delete", { kind: "cut" });
  await undo(line.app().operator, linkOf(line, "one"));
  line.discord.remove(message?.id ?? "");
  await minutes(line, 2);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone" });
  expect(titles(line)).toEqual([]);
  expect(await noticesOf(line)).toEqual([]);
});

test("what a moderator deleted does not come back: not by publish, retry, post, a restart or the feed", async () => {
  await using line = await openWire();
  line.discord.fault("crosspost", { kind: "cut" });
  await publish(line, "one");
  line.discord.remove(line.discord.messages(WIRE)[0]?.id ?? "");
  await minutes(line, 2);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent", publish: "failed" });
  expect(await noticesOf(line)).toEqual([expect.stringMatching(/the message is gone: somebody deleted it/u)]);
  const { operator } = line.app();
  await retry(operator, linkOf(line, "one"));
  await post(operator, linkOf(line, "one"), null);
  await line.restart();
  await publish(line, "one", "two");
  await minutes(line, 3);
  expect(titles(line)).toEqual(["two"]);
});

test("what a moderator deleted before its answer was missed does not come back once the nonce says so", async () => {
  await using line = await openWire({ nonceWindow: 40 * SECOND });
  line.discord.fault("create", { kind: "created-then-cut" });
  await publish(line, "one", "two");
  line.discord.remove(line.discord.messages(WIRE)[0]?.id ?? "");
  line.clock.advance(10 * SECOND);
  await line.pass();
  await minutes(line, 3);
  expect(titles(line)).toEqual(["two"]);
  expect(asked(line, "create")).toBe(3);
  expect(await deliveryOf(line, "one")).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/^the message is gone: somebody deleted it/u),
    inDoubt: false,
  });
});

test("a lost permission stops undo and publish, and both go on once it is given back", async () => {
  await using line = await openWire();
  line.discord.fault("crosspost", { kind: "429", scope: "user", retryAfter: 60 });
  await publish(line, "one", "two");
  await undo(line.app().operator, linkOf(line, "one"));
  expect(titles(line)).toEqual(["two"]);
  line.discord.deny(WIRE, PERMISSION.send);
  await minutes(line, 3);
  expect(await deliveryOf(line, "two")).toMatchObject({ state: "sent", publish: "failed" });
  line.discord.deny(WIRE, 0n);
  await retry(line.app().operator, linkOf(line, "two"));
  await minutes(line, 1);
  expect(published(line)).toBe(1);
});

test("two processes: one that was slow in deleting or publishing writes nothing over the other's word", async () => {
  await using line = await openWire();
  await using other = await line.second([]);
  line.discord.fault("crosspost", { kind: "slow", ms: 1_000 });
  const crossposted = line.discord.nextOf("create");
  const published = line.clock.now();
  line.site.list([{ slug: "one", title: "one", published }]);
  line.clock.advance(11 * MINUTE);
  const first = line.app().pass();
  await crossposted;
  line.clock.advance(3 * MINUTE);
  await undo(other.operator, linkOf(line, "one"));
  await other.pass();
  await first;
  await minutes(line, 2);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone", publish: null });
  expect(titles(line)).toEqual([]);
});

test("a process that was slower than its lease says nothing of a post that was published meanwhile", async () => {
  const [slow, quick] = [scripted("discord:1"), scripted("discord:1")];
  await using line = await openLine({ yaml: to("discord: 1, publish: true"), destinations: [slow] });
  await using other = await line.second([quick]);
  let answer: (result: SendResult) => void = () => {};
  slow.script.publish = () => new Promise((resolve) => (answer = resolve));
  line.site.list([{ slug: "one", title: "one", published: line.clock.now() }]);
  line.clock.advance(11 * MINUTE);
  while (slow.published.length === 0) {
    await line.app().tick();
    await line.clock.sleep(5);
  }
  line.clock.advance(3 * MINUTE);
  await other.pass();
  answer({ kind: "rejected", reason: "too late to say so" });
  await line.app().drain();
  expect([slow.published.length, quick.published.length]).toEqual([1, 1]);
  expect(await deliveryOf(line, "one")).toMatchObject({ publish: "done", reason: null });
  expect(await noticesOf(line)).toEqual([]);
});

const LOST_RECORDS: readonly PdsFault[] = [
  { kind: "cut after" },
  { kind: "answer after", status: 500 },
  { kind: "cut before" },
  { kind: "hang" },
  { kind: "answer", status: 503 },
];

test.each(LOST_RECORDS)("undo deletes a record once though the answer is %o", async (fault) => {
  await using proxy = await openFaultProxy(pds.url);
  const account = await pds.createAccount(`desk${crypto.randomUUID().slice(0, 8)}.test`);
  await using line = await openDiscordLine({
    channels: [],
    postTo: `{ bluesky: ${account.handle}, service: "${proxy.url}" }`,
    env: { BLUESKY_APP_PASSWORD: account.password },
  });
  const texts = async () => (await pds.posts(account.did)).length;
  await publish(line, "one", "two");
  expect(await texts()).toBe(2);
  proxy.fail("deleteRecord", fault);
  await undo(line.app().operator, linkOf(line, "one"));
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "sent" });
  await line.restart();
  await minutes(line, 2);
  expect(await deliveryOf(line, "one")).toMatchObject({ state: "undone" });
  expect(await texts()).toBe(1);
  await publish(line, "one", "two");
  const [record] = await pds.posts(account.did);
  await account.owner.deletePost(record?.uri ?? "");
  await undo(line.app().operator, linkOf(line, "two"));
  line.clock.advance(HOUR);
  await line.pass();
  expect(await deliveryOf(line, "two")).toMatchObject({ state: "undone" });
  expect(await texts()).toBe(0);
});
