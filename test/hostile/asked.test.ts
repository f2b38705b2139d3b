import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { resolvePds } from "../../src/destinations/bluesky/resolve.ts";
import { withDeadline } from "../../src/destinations/bluesky/deadline.ts";
import { openHttp } from "../../src/lib/http.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { keyPoints, preview } from "../../src/operator/preview.ts";
import { limits } from "../support/limits.ts";
import { serve } from "../lib/http/servers.ts";
import { answers } from "./answers.ts";
import { openStage } from "./stage.ts";

/** Hostile answers where an admin asks, or an account is looked up: one plain error, and the bot goes on. */

const HASTY =
  "limits: { headers_time: 200 ms, feed_time: 300 ms, page_time: 300 ms, connect_time: 300 ms }\n";
const NAMED = (): string => "127.0.0.1";
const said = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing went wrong",
    (error: unknown) => String(error),
  );

test.each(answers)("$name, of a site that is previewed: an admin is told", async ({ give }) => {
  await using hostile = await serve((_, response) => give(response));
  await using stage = await openStage({ feeds: [], allow: NAMED, yaml: HASTY });
  const { operator } = stage.app;
  expect(await said(preview(operator, hostile.url))).toMatch(/^AdminError: /u);
  expect(await said(preview(operator, `${hostile.url}/story`))).toMatch(/^AdminError: .*cannot be read: /u);
  expect(await said(keyPoints(operator, `${hostile.url}/story`, true))).toMatch(/^AdminError: /u);
});

test.each(answers)("$name, of the feed that a site names: the others go on", async ({ give }) => {
  await using hostile = await serve((request, response) => {
    if (request.url === "/site")
      response.end(
        '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>',
      );
    else give(response);
  });
  await using stage = await openStage({ feeds: [`${hostile.url}/site`], allow: NAMED, yaml: HASTY });
  await stage.settle();
  expect(stage.posted()).toHaveLength(1);
  expect([...(await stage.reasons()).values()]).toEqual([
    expect.stringMatching(/^no feed was found there: /u),
  ]);
});

test.each(answers)("$name, of the directory of an account: it ends, and in time", async ({ give }) => {
  await using hostile = await serve((_, response) => give(response));
  await using http = openHttp({
    userAgent: "test",
    limits,
    network: { allow: ["127.0.0.1"], ports: [] },
    hostGap: 0,
    clock: systemClock,
  });
  const directories = { plc: hostile.url, appView: hostile.url };
  const asked = withDeadline(systemClock, 500, [], (signal) =>
    resolvePds("did:plc:ewvi7nxzyoun6zhxrhs64oiz", http.fetch, directories, signal),
  );
  expect(await said(asked)).not.toBe("nothing went wrong");
});

test("a saved page of gigabytes is not read to its end, nor is a file that has none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bulletin-saved-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [large, small] = [join(folder, "large.html"), join(folder, "small.html")];
  await writeFile(large, "");
  await truncate(large, 5_000_000_000);
  await writeFile(small, "<h1>A page</h1><p>Of a few words.</p>".padEnd(100_000));
  await using stage = await openStage({ feeds: [], allow: NAMED, yaml: "limits: { page_size: 100 KB }\n" });
  const { operator } = stage.app;
  for (const path of [large, "/dev/zero"]) {
    const tooLarge = new RegExp(`^AdminError: ${path} is larger than 0\\.1 MB`, "u");
    expect(await said(preview(operator, path))).toMatch(tooLarge);
    expect(await said(keyPoints(operator, path, true))).toMatch(tooLarge);
  }
  expect(await said(keyPoints(operator, small, true))).toBe("nothing went wrong");
});
