import { setImmediate as nextTurn } from "node:timers/promises";
import type { Millis } from "../../src/domain/types.ts";
import { HOUR, MINUTE, openStillClock, SECOND, withDice } from "../support/clock.ts";
import { scripted, titles } from "../support/scripted.ts";
import { check } from "./check.ts";
import { type Days, feeds, openDays, RANGE } from "./days.ts";
import { rss } from "./feed.ts";
import { gaps, smallest } from "./log.ts";
import { type Answer, type Asked, give } from "./site.ts";

const XML = rss("https://quay.example", [{ path: "/old" }]);
const STEP: Millis = 50;
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `/feed/${i}`);

/** One pass while still time goes on in small steps: whoever waits for a turn gets it. */
async function passSlowly({ app, clock }: Days): Promise<void> {
  const ended = new AbortController();
  const passing = app()
    .pass()
    .finally(() => ended.abort());
  while (!ended.signal.aborted) {
    await nextTurn();
    clock.advance(STEP);
  }
  await passing;
}

/** From the end of one answer to the next request. */
const quiet = (log: readonly Asked[]): readonly Millis[] =>
  log.slice(1).map((asked, i) => asked.at - (log[i]?.ended ?? Infinity));

/** How many requests fell into each minute. */
const perMinute = (log: readonly Asked[], from: Millis): readonly number[] =>
  Array.from(
    { length: 31 },
    (_, minute) => log.filter(({ at }) => Math.floor((at - from) / MINUTE) === minute).length,
  );

/** Answers after a while, so that a second request would be seen beside the first. */
const unhurried: Answer = (_, response) =>
  void nextTurn()
    .then(nextTurn)
    .then(() => response.end(XML));

export const crowd = [
  check("M27", 3, "one request at a time on one host, 2 s apart; first polls are spread", async (judge) => {
    await using days = await openDays({
      yaml: feeds(many(50)),
      allow: RANGE,
      clock: withDice(openStillClock()),
    });
    const { site, clock } = days;
    site.answerAll(unhurried);
    for (let minute = 0; minute <= 30; minute++) {
      await passSlowly(days);
      clock.advance(MINUTE);
    }
    judge.equal("first polls", new Set(site.log.map(({ path }) => path)).size, 50);
    // Down for a while, everything is due at once.
    await days.restart(3 * HOUR);
    await passSlowly(days);
    judge.atLeast("polls", site.log.length, 100);
    judge.atLeast("the shortest quiet", smallest(quiet(site.log)), 2 * SECOND);

    await using thousand = await openDays({ yaml: feeds(many(1000)), clock: withDice(openStillClock()) });
    const begun = thousand.clock.now();
    thousand.site.answerAll(give(200, { etag: '"1"' }, XML));
    for (let minute = 0; minute <= 30; minute++) {
      await thousand.app().pass();
      thousand.clock.advance(MINUTE);
    }
    const firsts = thousand.site.log.filter(({ headers }) => headers["if-none-match"] === undefined);
    const counts = perMinute(firsts, begun);
    judge.equal("first polls of a thousand", new Set(firsts.map(({ path }) => path)).size, 1000);
    judge.atMost("first polls in one minute", Math.max(...counts), 66);
    judge.atLeast("first polls in one minute", smallest(counts.slice(1)), 10);
  }),

  check("M28", 3, "one feed, 200 destinations: one stream of polls", async (judge) => {
    const others = Array.from({ length: 199 }, (_, i) => scripted(`discord:${i + 2}`));
    const posts = Array.from({ length: 200 }, (_, i) => `{ discord: ${i + 1}, spacing: 0 }`).join(", ");
    await using days = await openDays({
      others,
      yaml: (site) => `feeds: [{ url: "${site}/feed", post_to: [${posts}] }]`,
    });
    const { site, channel } = days;
    site.answer("/feed", (_, response, nth) => {
      response.end(rss("https://quay.example", [...(nth > 2 ? [{ path: "/new" }] : []), { path: "/old" }]));
    });
    await days.run(4 * HOUR);
    await days.restart();
    await days.run(2 * HOUR);
    const reached = [channel, ...others].filter((one) => titles(one).length === 1);
    judge.equal("destinations that were posted to once", reached.length, 200);
    judge.atMost("polls of six hours", site.log.length, 13);
    judge.atLeast("the smallest gap", smallest(gaps(site.log)), 30 * MINUTE);
  }),
];
