import type { Millis } from "../../src/domain/types.ts";
import { listNotices } from "../../src/store/notices.ts";
import { DAY, HOUR, MINUTE, openTestClock, SECOND, withDice } from "../support/clock.ts";
import { titles } from "../support/scripted.ts";
import { check, type Judge } from "./check.ts";
import { feeds, oneFeed, openDays, RANGE } from "./days.ts";
import { brief, rss } from "./feed.ts";
import { between, gaps, largest, smallest } from "./log.ts";
import { judgePauseOf, PAUSING } from "./pause.ts";
import { type Answer, give, inTurn } from "./site.ts";

const XML = rss("https://quay.example", [{ path: "/old" }]);

/** Each wait is twice the one before, or a day. */
const judgeDoubling = (judge: Judge, waits: readonly Millis[]): void =>
  waits
    .slice(1)
    .forEach((wait, i) => judge.atLeast("the next wait", wait, Math.min(2 * (waits[i] ?? 0), DAY) - SECOND));

export const trouble = [
  check(
    "M13",
    5,
    "429 with Retry-After: the whole host is left alone for a day, over restarts",
    async (judge) => {
      await using days = await openDays({
        allow: RANGE,
        yaml: (site) => `timing: { host_gap: 0 }\n${feeds(["/a", "/b", "/c"], "every: 30 minutes")(site)}`,
      });
      const { site, clock, channel } = days;
      const listed: string[] = ["/old"];
      for (const path of ["/a", "/b", "/c"])
        site.answer(path, (_, response) => void response.end(rss(site.url, brief(...listed))));
      await days.run(HOUR);
      // A page of this host is wanted when the pause comes.
      listed.unshift("/new");
      site.answer("/robots.txt", give(429, { "retry-after": "86400" }));
      await days.run(31 * MINUTE);
      const pausedAt = site.to("/robots.txt")[0]?.at ?? 0;
      judge.atLeast("the moment of the pause", pausedAt, 1);
      site.answer("/robots.txt", give(404));
      for (let i = 0; i < 4; i++) {
        await days.restart(HOUR);
        await days.run(4.5 * HOUR);
      }
      await days.run(3 * HOUR);
      judge.equal("requests in the pause", between(site.log, pausedAt + 1, pausedAt + DAY), []);
      judge.atLeast("the time observed", clock.now(), pausedAt + DAY);
      judge.atLeast("requests after it", between(site.log, pausedAt + DAY, Infinity).length, 3);
      // The pages could not be had: the feed's own text was posted, once.
      judge.equal("posts", titles(channel).length, 1);
      // All feeds due at once, the first answer says stop: nobody asks after it.
      site.answerAll(give(429, { "retry-after": "86400" }));
      const before = site.log.length;
      await days.run(3 * HOUR);
      await days.restart();
      await days.run(18 * HOUR);
      judge.equal("requests after the second pause began", site.log.length, before + 1);
      for (const kind of PAUSING) await judgePauseOf(judge, kind);
    },
  ),

  check("M14", 3, "503 with Retry-After as a date is waited for", async (judge) => {
    await using days = await openDays({ yaml: oneFeed("/feed", "every: 10 minutes") });
    const { site, clock } = days;
    const until = clock.now() + 9 * HOUR;
    const date = new Date(until).toUTCString();
    site.answer("/feed", inTurn(give(200, {}, XML), give(503, { "retry-after": date }), give(200, {}, XML)));
    await days.run(4 * HOUR);
    await days.restart();
    await days.run(8 * HOUR);
    judge.equal("requests before the date", between(site.log, 0, until - SECOND).length, 2);
    judge.atLeast("requests in all", site.log.length, 6);
  }),

  check("M15", 3, "429 without Retry-After: gaps double, to four hours and more", async (judge) => {
    for (const every of ["every: 1 minute", "every: 10 minutes", ""]) {
      await using days = await openDays({ yaml: oneFeed("/feed", every), clock: withDice(openTestClock()) });
      const { site } = days;
      site.answer("/feed", give(429));
      await days.run(3 * DAY);
      const waits = gaps(site.log.slice(0, 6));
      judge.equal("waits", waits.length, 5);
      judgeDoubling(judge, waits);
      judge.atLeast("the fifth wait", waits[4] ?? 0, 4 * HOUR);
    }
  }),

  check("M16", 3, "500, timeout, reset: ever longer waits with jitter, at most a day", async (judge) => {
    const failures: Readonly<Record<string, Answer>> = {
      "/500": give(500),
      "/500-too": give(500),
      "/slow": () => {},
      "/reset": (_, response) => void response.destroy(),
    };
    const paths = Object.keys(failures);
    await using days = await openDays({
      clock: withDice(openTestClock()),
      yaml: (site) =>
        `limits: { headers_time: 200 ms, feed_time: 400 ms }\n${feeds(paths, "every: 10 minutes")(site)}`,
    });
    const { site } = days;
    for (const path of paths) site.answer(path, inTurn(give(200, {}, XML), failures[path] ?? give(500)));
    await days.run(6 * DAY);
    const waits = paths.map((path) => gaps(site.to(path).slice(1, 8)));
    for (const row of waits) {
      judge.equal("waits", row.length, 6);
      judgeDoubling(judge, row);
      judge.atLeast("the smallest wait", smallest(row), 10 * MINUTE);
      judge.atLeast("the fourth wait", row[3] ?? 0, HOUR);
      judge.atMost("the largest wait", largest(row), DAY + MINUTE);
    }
    const minutes = waits.map((row) => Math.round((row[2] ?? 0) / MINUTE));
    judge.atLeast("different third waits", new Set(minutes).size, 2);
  }),

  check("M19", 4, "a feed that moved for good is asked there only; a 302 is never kept", async (judge) => {
    await using days = await openDays({ yaml: oneFeed("/feed", "every: 8 hours") });
    const { site } = days;
    site.answer("/feed", inTurn(give(200, {}, XML), give(301, { location: "/moved" })));
    site.answer("/moved", give(200, {}, XML));
    site.answer("/third", give(200, {}, XML));
    await days.run(2 * DAY);
    // The first answer, and the four that said 301 over a day.
    judge.equal("requests to the old address", site.to("/feed").length, 5);
    site.answer("/moved", give(302, { location: "/third" }));
    const before = site.to("/moved").length;
    await days.run(2 * DAY);
    await days.restart();
    await days.run(2 * DAY);
    judge.equal("requests to the old address", site.to("/feed").length, 5);
    const [moved, third] = [site.to("/moved").length - before, site.to("/third").length];
    judge.atLeast("requests that the 302 led on", third, 9);
    judge.equal("requests that asked where it was", moved, third);
  }),

  check("M20", 2, "a permanent redirect to a login page, or to another feed, is not kept", async (judge) => {
    await using days = await openDays({ yaml: feeds(["/a", "/b"], "every: 8 hours") });
    const { site } = days;
    const stranger = rss("https://elsewhere.example", [{ path: "/strange" }]);
    site.answer("/login", give(200, { "content-type": "text/html" }, "<html><form>Your name?</form></html>"));
    site.answer("/stranger", give(200, {}, stranger));
    site.answer("/a", inTurn(give(200, {}, XML), give(301, { location: "/login" })));
    site.answer("/b", inTurn(give(200, {}, XML), give(301, { location: "/stranger" })));
    await days.run(5 * DAY);
    site.answer("/a", give(200, {}, XML));
    site.answer("/b", give(200, {}, XML));
    const [login, strange] = [site.to("/login").length, site.to("/stranger").length];
    await days.run(3 * DAY);
    judge.atLeast("requests that were led to the login", login, 3);
    judge.equal(
      "requests there afterwards",
      [site.to("/login").length - login, site.to("/stranger").length - strange],
      [0, 0],
    );
  }),

  check("M21", 3, "a feed that is gone is not asked again, and the admin is told", async (judge) => {
    await using days = await openDays({ yaml: oneFeed() });
    const { site } = days;
    site.answer("/feed", inTurn(give(200, {}, XML), give(410), give(200, {}, XML)));
    await days.run(5 * DAY);
    await days.restart();
    await days.run(5 * DAY);
    judge.equal("requests", site.log.length, 2);
    const notices = await listNotices(days.app().store, 9);
    judge.equal(
      "notices of it",
      notices.map(({ message }) => message.includes("gone for good")),
      [true],
    );
  }),

  check("M22", 2, "at most five hops are followed", async (judge) => {
    await using days = await openDays({ yaml: feeds(["/loop", "/hop/0"]) });
    const { site } = days;
    site.answer("/loop", give(301, { location: "/pool" }));
    site.answer("/pool", give(302, { location: "/loop" }));
    for (let hop = 0; hop < 11; hop++) site.answer(`/hop/${hop}`, give(301, { location: `/hop/${hop + 1}` }));
    site.answer("/hop/11", give(200, {}, XML));
    await days.run(DAY);
    const polls = site.to("/hop/0").length;
    judge.atLeast("polls", polls, 3);
    judge.equal("requests of the fifth hop", site.to("/hop/5").length, polls);
    judge.equal("requests of the sixth hop", site.to("/hop/6").length, 0);
    judge.equal("requests of the loop's other end", site.to("/pool").length, site.to("/loop").length);
  }),
];
