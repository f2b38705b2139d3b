import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import type { HubDoor } from "../../src/operator/websub.ts";
import { openHubListener } from "../../src/web/websub.ts";
import { limits } from "../support/limits.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const TOKEN = "t".repeat(43);

/** A listener that knows one token, and what it was told. */
async function openListener() {
  const told: unknown[] = [];
  const door: HubDoor = {
    hear: async (token, word) => {
      told.push([token, word]);
      return token === TOKEN ? word.challenge : null;
    },
    push: async (token, signature, body) => {
      if (token !== TOKEN) return "unknown";
      let length = 0;
      for await (const chunk of body) length += chunk.length;
      told.push([token, signature, length]);
      return length > 1_000 ? "too large" : "taken";
    },
  };
  const listening = await openHubListener({ host: "127.0.0.1", port: 0, limits, log, door });
  return { ...listening, told };
}

test("nothing but the hubs' addresses is there: no page, no picture, no method that they don't use", async () => {
  await using listener = await openListener();
  const status = async (path: string, method = "GET") =>
    (await fetch(`${listener.url}${path}`, { method })).status;
  for (const path of ["/", "/style.css", "/icon.svg", "/image/x", `/${TOKEN}/more`])
    expect(await status(path)).toBe(404);
  for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"])
    expect(await status(`/${TOKEN}`, method)).toBe(404);
  expect(await status(`/${TOKEN.toUpperCase()}`, "POST")).toBe(410);
});

test("a challenge goes back as it came, as bytes that no browser draws", async () => {
  await using listener = await openListener();
  const query = new URLSearchParams({
    "hub.mode": "subscribe",
    "hub.topic": "https://quay.example/feed",
    "hub.challenge": "<script>alert(1)</script>",
    "hub.lease_seconds": "60",
  });
  for (const path of [`/${TOKEN}`, `/behind/a/proxy/${TOKEN}`]) {
    const response = await fetch(`${listener.url}${path}?${query.toString()}`);
    expect(await response.text()).toBe("<script>alert(1)</script>");
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  }
  const word = {
    mode: "subscribe",
    topic: "https://quay.example/feed",
    challenge: "<script>alert(1)</script>",
    lease: "60",
    reason: "",
  };
  expect(listener.told).toEqual([
    [TOKEN, word],
    [TOKEN, word],
  ]);
});

test("a push is handed on with its signature; whoever sent it hears only whether it was taken", async () => {
  await using listener = await openListener();
  const push = (path: string, body: string) =>
    fetch(`${listener.url}/${path}`, { method: "POST", body, headers: { "x-hub-signature": "sha1=00" } });
  const taken = await push(TOKEN, "x".repeat(1_000));
  expect([taken.status, await taken.text()]).toEqual([202, ""]);
  expect((await push(TOKEN, "x".repeat(1_001))).status).toBe(413);
  expect((await push("elsewhere", "x")).status).toBe(410);
  expect(listener.told).toEqual([
    [TOKEN, "sha1=00", 1_000],
    [TOKEN, "sha1=00", 1_001],
  ]);
});

test("who announces an endless push without a token of ours is answered before he sends it", async () => {
  await using listener = await openListener();
  const socket = connect(Number(new URL(listener.url).port), "127.0.0.1");
  socket.write("POST /nobody HTTP/1.1\r\nhost: bot.example\r\ncontent-length: 2000000000\r\n\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 410 /u);
  socket.destroy();
});

test("a port that is taken is said", async () => {
  await using listener = await openListener();
  const port = Number(new URL(listener.url).port);
  const { door } = { door: { hear: async () => null, push: async () => "unknown" as const } };
  await expect(openHubListener({ host: "127.0.0.1", port, limits, log, door })).rejects.toThrow(
    `Port ${port} of 127.0.0.1 is taken`,
  );
});
