import { setImmediate as settle } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Priority, Turns } from "../../../src/lib/http/turns.ts";
import { openTurns } from "../../../src/lib/http/turns.ts";
import { httpFor, hurryingClock, request, serve } from "./servers.ts";

const never = new AbortController().signal;

/** Takes a turn, notes name and time, and gives it back. */
async function visit(
  turns: Turns,
  name: string,
  priority: Priority,
  note: (name: string) => void,
  domain = "a.example",
) {
  using turn = await turns.take(domain, priority, [never]);
  if (turn !== null) note(name);
}

test("a domain is asked once at a time, feeds before pages, with a gap after each", async () => {
  const clock = hurryingClock();
  const turns = openTurns(2_000, clock, never);
  const order: string[] = [];
  const note = (name: string) => order.push(`${name} at ${clock.now()}`);
  await Promise.all([
    visit(turns, "page 1", "page", note),
    visit(turns, "page 2", "page", note),
    visit(turns, "feed 1", "feed", note),
    visit(turns, "feed 2", "feed", note),
  ]);
  expect(order).toEqual(["page 1 at 0", "feed 1 at 2000", "feed 2 at 4000", "page 2 at 6000"]);
});

test("the next request waits until the one before has ended", async () => {
  const turns = openTurns(0, hurryingClock(), never);
  const first = await turns.take("a.example", "page", [never]);
  let begun = false;
  const second = turns.take("a.example", "page", [never]).then((turn) => {
    begun = true;
    return turn;
  });
  await settle();
  expect(begun).toBe(false);
  first?.[Symbol.dispose]();
  (await second)?.[Symbol.dispose]();
  expect(begun).toBe(true);
});

test("domains don't wait for one another, and are forgotten when idle", async () => {
  const turns = openTurns(2_000, hurryingClock(), never);
  const first = await turns.take("a.example", "page", [never]);
  const other = await turns.take("b.example", "page", [never]);
  expect(turns.domains()).toBe(2);
  first?.[Symbol.dispose]();
  other?.[Symbol.dispose]();
  await settle();
  expect(turns.domains()).toBe(0);
});

test("who is cancelled while waiting leaves the line", async () => {
  const turns = openTurns(0, hurryingClock(), never);
  const first = await turns.take("a.example", "page", [never]);
  const cancel = new AbortController();
  const second = turns.take("a.example", "feed", [cancel.signal]);
  const third = turns.take("a.example", "page", [never]);
  cancel.abort();
  expect(await second).toBeNull();
  first?.[Symbol.dispose]();
  expect(await third).not.toBeNull();
  expect(await turns.take("a.example", "page", [cancel.signal])).toBeNull();
});

test("hosts of one registrable domain share a line; a host that the config names has none", async () => {
  await using server = await serve((_request, response) => response.end());
  const clock = hurryingClock();
  await using ranged = httpFor([], {
    clock,
    hostGap: 2_000,
    network: { allow: ["127.0.0.0/8"], ports: [] },
    resolve: async () => ["127.0.0.1"],
  });
  const urls = ["one", "two", "three"].map((sub) => `http://${sub}.news.example:${server.port}/`);
  await Promise.all(urls.map((url) => ranged.get(request(url))));
  await settle();
  expect([server.asked.length, clock.now()]).toEqual([3, 6_000]);

  await using named = httpFor([server], { clock, hostGap: 2_000 });
  await Promise.all([1, 2, 3].map(() => named.get(request(server.url))));
  expect([server.asked.length, clock.now()]).toEqual([6, 6_000]);
});

test("closing ends what runs and what waits", async () => {
  await using server = await serve(() => undefined);
  const http = httpFor([], { hostGap: 2_000, network: { allow: ["127.0.0.0/8"], ports: [] } });
  const waiting = [1, 2, 3].map(() => http.get(request(server.url)));
  await settle();
  await http[Symbol.asyncDispose]();
  for (const answer of await Promise.all(waiting))
    expect(answer).toEqual({ kind: "failed", reason: "cancelled" });
  expect(await http.get(request(server.url))).toEqual({ kind: "failed", reason: "cancelled" });
});
