import { expect, test } from "vitest";
import { openPauses, retryAfter } from "../../../src/lib/http/pauses.ts";
import { httpFor, hurryingClock, request, serve } from "./servers.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;

test.each([
  ["seconds", 429, "7200", 2 * HOUR],
  ["a date", 503, "Sun, 22 Nov 2026 14:00:00 GMT", 2 * HOUR],
  ["at most a week", 429, "99999999", 7 * 24 * HOUR],
  ["a date in the past", 503, "Sun, 22 Nov 2026 10:00:00 GMT", 0],
  ["nonsense", 503, "later", 0],
  ["another status", 500, "7200", 0],
])("Retry-After: %s", (_, status, value, wait) => {
  expect(retryAfter(status, { "retry-after": value }, NOW)).toBe(wait);
});

test("a host that asks for a pause is left alone by everybody, also by those who already wait for their turn", async () => {
  await using busy = await serve(
    (_, response) => void response.writeHead(429, { "retry-after": "60" }).end(),
  );
  await using other = await serve((_, response) => void response.end("here"));
  const clock = hurryingClock();
  const pauses = openPauses();
  const network = { allow: ["127.0.0.0/8"], ports: [] };
  await using http = httpFor([], { clock, pauses, network, hostGap: 0 });
  const answers = await Promise.all(["/a", "/b", "/c"].map((path) => http.get(request(busy.url + path))));
  expect(busy.asked).toHaveLength(1);
  expect(answers.map(({ kind }) => kind)).toEqual(["response", "failed", "failed"]);
  expect(answers[2]).toMatchObject({
    reason: `${busy.address} asked to be left alone until 1970-01-01T00:01Z`,
    pausedUntil: 60_000,
  });
  // The exact host: another port of the same machine is another publisher.
  expect(await http.get(request(other.url))).toMatchObject({ kind: "response", status: 200 });
  // Whoever opens the next client with the same pauses is bound by them.
  await using again = httpFor([], { clock, pauses, network });
  expect(await again.get(request(busy.url))).toMatchObject({ kind: "failed" });
  await clock.sleep(60_000);
  expect(await again.get(request(busy.url))).toMatchObject({ kind: "response", status: 429 });
});

test("a redirect to a host that wants to be left alone is not followed", async () => {
  await using busy = await serve((_, response) => void response.end());
  await using door = await serve((_, response) => void response.writeHead(302, { location: busy.url }).end());
  const pauses = openPauses();
  await pauses.pause(busy.address, 1_000, "it answered 503");
  await using http = httpFor([busy, door], { clock: hurryingClock(), pauses });
  expect(await http.get(request(door.url))).toMatchObject({ kind: "failed", pausedUntil: 1_000 });
  expect([door.asked.length, busy.asked.length]).toEqual([1, 0]);
});

test("those who are turned away make nobody wait for the gap", async () => {
  await using site = await serve((_, response) => void response.end());
  const clock = hurryingClock();
  const pauses = openPauses();
  await pauses.pause(site.address, 1_000, "it answered 503");
  const network = { allow: ["127.0.0.0/8"], ports: [] };
  await using http = httpFor([], { clock, pauses, network, hostGap: 2_000 });
  for (let i = 0; i < 5; i++) await http.get(request(site.url));
  expect(clock.now()).toBe(0);
});
