import { expect, test } from "vitest";
import { edit } from "../../src/operator/holds.ts";
import { status } from "../../src/operator/status.ts";
import { why } from "../../src/operator/why.ts";
import { HOUR } from "../support/clock.ts";
import { openLine } from "../support/line.ts";
import { WHOLE } from "../support/newsroom.ts";
import { knownOf, noticesOf, publish, to } from "../support/publish.ts";
import { type Scripted, scripted, titles } from "../support/scripted.ts";

test("why finds an article by each of its addresses, tracking parameters or not", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { site, clock } = line;
  const { operator } = line.app();
  const html = `<html lang="en"><head><title>Quay</title><link rel="canonical" href="${site.url}/news/quay"></head><body><article><h1>Quay</h1>${WHOLE}</article></body></html>`;
  site.answer("/go/7", (_, response) => void response.writeHead(302, { location: "/2026/quay" }).end());
  site.answer("/2026/quay", (_, response) => void response.setHeader("content-type", "text/html").end(html));
  site.list([
    {
      slug: "q",
      title: "Quay",
      link: `${site.url}/go/7`,
      guid: `${site.url}/?p=7`,
      published: clock.now(),
      html: "<p>Short.</p>",
    },
  ]);
  await line.later();
  const addresses = [
    `${site.url}/go/7`,
    `${site.url}/2026/quay?utm_source=feed&fbclid=1`,
    `${site.url}/2026/quay/`,
    `${site.url}/news/quay`,
    `${site.url}/?p=7`,
    `https://platform.example/post/${channel.sends[0]?.key}`,
  ];
  for (const address of addresses)
    expect([address, await why(operator, address)]).toMatchObject([address, { title: "Quay" }]);
});

test("for an unknown address, why says what the feeds of its domain last did", async () => {
  const channel = scripted("discord:1");
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [channel] });
  const { site } = line;
  const { operator } = line.app();
  site.answer("/feed", (_, response) => void response.writeHead(500).end());
  await line.later();
  expect(await why(operator, `${site.url}/never-listed`)).toMatchObject({
    kind: "unknown",
    feeds: [
      {
        name: "The Quay",
        state: "active",
        polls: [
          { outcome: "failed", reason: "HTTP 500 Internal Server Error", fresh: 0 },
          { outcome: "fetched", reason: null, listed: 1, fresh: 1 },
        ],
      },
    ],
  });
  expect(await why(operator, "https://elsewhere.example/x")).toEqual({ kind: "unknown", feeds: [] });
});

test("an edited title is posted while nothing is frozen, and edit says where it comes too late", async () => {
  const [now, later] = [scripted("discord:1"), scripted("discord:2")];
  await using line = await openLine({
    yaml: to("discord: 1", "discord: 2, wait: 1 hour"),
    destinations: [now, later],
  });
  await publish(line, "one");
  const { lines } = await edit(line.app().operator, `${line.site.url}/one`, " One, in other words ");
  expect(lines).toEqual([
    "title: One, in other words",
    "discord:1 keeps the old title: its post was already sent or begun",
  ]);
  line.clock.advance(2 * HOUR);
  await line.pass();
  expect([titles(now), titles(later)]).toEqual([["one"], ["One, in other words"]]);
});

test("a command that only looks stops nothing, though it lacks the secrets of the program that runs", async () => {
  const yaml = to("bluesky: a.example, wait: 0");
  await using line = await openLine({ yaml, destinations: [], begun: false });
  expect((await status(line.app().operator)).destinations[0]).toMatchObject({ state: "active" });
  await line.pass();
  expect((await status(line.app().operator)).destinations[0]).toMatchObject({ state: "stopped" });
});

test("a destination without its secret stops and says so once, and goes on by itself once it is there", async () => {
  const opened: Scripted[] = [];
  const yaml = to("bluesky: a.example, wait: 0");
  await using line = await openLine({ yaml, destinations: opened });
  await publish(line, "one");
  await line.restart();
  const { destinations } = await status(line.app().operator);
  expect(destinations[0]).toMatchObject({
    state: "stopped",
    reason: expect.stringMatching(/^no app password is set for a\.example: make one at/u) as string,
    counts: { pending: 1 },
  });
  expect(await noticesOf(line)).toHaveLength(1);
  const account = scripted("bluesky:a.example");
  opened.push(account);
  await line.app().reload(yaml(line.site.feedUrl), { BLUESKY_APP_PASSWORD: "x" });
  await line.pass();
  expect(titles(account)).toEqual(["one"]);
  expect(await knownOf(line, "one")).toMatchObject({ deliveries: [{ state: "sent" }] });
});
