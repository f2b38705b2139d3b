import { expect, test } from "vitest";
import { openLog } from "../../src/lib/log.ts";
import { serve } from "../lib/http/servers.ts";
import { openFolder, openTestApp } from "../support/app.ts";
import { HOUR, openTestClock } from "../support/clock.ts";
import { GOOD, item, openStage, rss } from "./stage.ts";

const BREAKS = "Storm\r\n\u001b[31m2026 ERROR forged\u2028\u0007 line %s %d";

test.each([true, false])(
  "a title with newlines and ANSI is one line of the log, escaped (human: %s)",
  (human) => {
    const lines: string[] = [];
    const log = openLog({ level: "debug", human, now: () => 0, write: (line) => void lines.push(line) });
    log.info("polled", { title: BREAKS, error: new Error(BREAKS) });
    log.warn(BREAKS, { [BREAKS]: BREAKS });
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      // oxlint-disable-next-line no-control-regex -- they are what must not be there
      expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f\u2028]/u);
      expect(line).toContain("%s %d");
    }
  },
);

test("what looks like a template, a path or a name of the language is nothing but text", async () => {
  const titles = [
    "{{constructor.constructor('x')()}}",
    "${7*7} %s %d",
    "../../etc/passwd",
    "__proto__",
    "constructor",
  ];
  await using hostile = await serve((_, response) =>
    response.end(rss(titles.map((title) => item({ title, path: `/${encodeURIComponent(title)}` })).join(""))),
  );
  await using stage = await openStage({
    feeds: [`${hostile.url}/../../x%00/feed`],
    allow: () => "127.0.0.1",
  });
  await stage.settle();
  expect(stage.posted()).toEqual([...titles, GOOD].toSorted());
});

test("a platform that gives the token back in its errors does not get it into a log, a row or a notice", async () => {
  const token = "MTk4.secret-token.x9";
  await using echo = await serve((request, response) => {
    const said = { message: `no: ${request.headers.authorization ?? token}`, code: 0 };
    response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify(said));
  });
  await using site = await serve((_, response) => response.end(rss(item({ title: GOOD, path: "/good" }))));
  await using folder = await openFolder();
  const clock = openTestClock();
  await using app = await openTestApp({
    folder: folder.path,
    clock,
    env: { DISCORD_TOKEN: token },
    yaml: `defaults: { discord: { api: "${echo.url}" } }\nfeeds: [{ url: "${site.url}", backfill: 1, post_to: [{ discord: "1144", spacing: 0 }] }]`,
  });
  for (let hour = 0; hour < 3; hour++) {
    await app.pass();
    clock.advance(HOUR);
  }
  const { db } = app.store;
  const rows = await Promise.all([
    db.selectFrom("destinations").selectAll().execute(),
    db.selectFrom("deliveries").selectAll().execute(),
    db.selectFrom("notices").selectAll().execute(),
  ]);
  expect(echo.asked.length).toBeGreaterThan(0);
  expect(rows[1]).toHaveLength(1);
  expect(JSON.stringify([rows, app.warnings])).not.toContain("secret-token");
});
