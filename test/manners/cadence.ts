import type { Millis } from "../../src/domain/types.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../support/clock.ts";
import { check, type Judge } from "./check.ts";
import { type Days, feeds, oneFeed, openDays, RANGE } from "./days.ts";
import { rss } from "./feed.ts";
import { gaps, largest, smallest } from "./log.ts";
import { type Answer, give, inTurn } from "./site.ts";

const XML = rss("https://quay.example", [{ path: "/old" }]);
/** What a jump to a due time may take of real time. */
const SLACK = 30 * SECOND;

/** The gaps of one feed that always answers so, over some days. */
async function gapsOf(answer: Answer, duration: Millis, more = ""): Promise<readonly Millis[]> {
  await using days = await openDays({ yaml: oneFeed("/feed", more) });
  days.site.answer("/feed", answer);
  await days.run(duration);
  return gaps(days.site.log);
}

/** The gaps are as wanted, no shorter and no longer. */
async function judgeGaps(judge: Judge, answer: Answer, wanted: Millis): Promise<void> {
  const found = await gapsOf(answer, 4 * wanted, "every: 10 minutes");
  judge.atLeast("gaps", found.length, 2);
  judge.atLeast("the smallest gap", smallest(found), wanted);
  judge.atMost("the largest gap", largest(found), wanted + SLACK);
}

/** Restarts the app while the machine stands still at odd hours, for so many days. */
async function restless(days: Days, count: number): Promise<void> {
  for (let day = 0; day < count; day++) {
    await days.run(17 * HOUR);
    await days.restart(7 * HOUR);
  }
}

/** Restarts the app again and again, each time a little after the schedule let it poll. */
async function restarted(schedule: string, channel: string): Promise<readonly Millis[]> {
  await using days = await openDays({
    allow: RANGE,
    yaml: (site) => `timing: { host_gap: 0 }\n${schedule}${feeds(["/feed"], channel)(site)}`,
  });
  days.site.answer("/feed", give(200, {}, XML));
  for (let i = 0; i < 8; i++) {
    await days.run(7 * MINUTE);
    await days.restart();
  }
  return gaps(days.site.log);
}

export const cadence = [
  check("M09", 4, "the schedule's gap, at least five minutes, also over a restart", async (judge) => {
    const plain = await gapsOf(give(200, {}, XML), 6 * HOUR);
    judge.atLeast("the default's smallest gap", smallest(plain), 30 * MINUTE);
    for (const [schedule, more] of [
      ["defaults: { every: 1 minute }\n", ""],
      ["", "every: 1 minute"],
      ["", 'cron: "* * * * *"'],
    ] as const) {
      const found = await restarted(schedule, more);
      judge.atLeast(`polls of ${schedule}${more}`, found.length, 8);
      judge.atLeast(`the smallest gap of ${schedule}${more}`, smallest(found), 5 * MINUTE);
    }
  }),

  check("M10", 4, "max-age on a 200 is waited for", (judge) =>
    judgeGaps(judge, give(200, { "cache-control": "public, max-age=7200" }, XML), 7200 * SECOND),
  ),

  check("M11", 3, "max-age on a 304 is waited for", async (judge) => {
    const fresh = give(304, { "cache-control": "max-age=7200" });
    const found = await gapsOf(inTurn(give(200, { etag: '"1"' }, XML), fresh), 12 * HOUR);
    judge.atLeast("gaps", found.length, 5);
    judge.atLeast("the smallest gap after a 304", smallest(found.slice(1)), 7200 * SECOND);
  }),

  check("M12", 2, "max-age less Age; Expires less Date; at most a day", async (judge) => {
    await judgeGaps(judge, give(200, { "cache-control": "max-age=7200", age: "3600" }, XML), HOUR);
    const dated = { date: "Mon, 01 Jun 2026 10:00:00 GMT", expires: "Mon, 01 Jun 2026 15:00:00 GMT" };
    await judgeGaps(judge, give(200, dated, XML), 5 * HOUR);
    await judgeGaps(judge, give(200, { "cache-control": "max-age=31536000" }, XML), DAY);
  }),

  check("M17", 3, "ttl and sy: lengthen the default schedule, the largest of them counts", async (judge) => {
    const channels: readonly (readonly [string, Millis])[] = [
      ["<ttl>240</ttl>", 4 * HOUR],
      ["<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", HOUR],
      ["<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR],
      ["<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>", DAY],
    ];
    for (const [channel, wanted] of channels) {
      const document = give(200, { etag: '"1"' }, rss("https://quay.example", [{ path: "/old" }], channel));
      // The hint holds on when the server says 304, and when it fails.
      const found = await gapsOf(inTurn(document, give(304), give(500), give(304)), 5 * wanted);
      judge.atLeast(`gaps of ${channel}`, found.length, 3);
      judge.atLeast(`the smallest gap of ${channel}`, smallest(found), wanted);
    }
  }),

  check("M18", 3, "skipHours and skipDays are kept in GMT, also by who was down meanwhile", async (judge) => {
    await using days = await openDays({ yaml: oneFeed("/feed", "every: 1 hour") });
    const { site } = days;
    const hours = [0, 1, 2, 3, 4, 5, 6].map((hour) => `<hour>${hour}</hour>`).join("");
    const skip = `<skipHours>${hours}</skipHours><skipDays><day>Sunday</day></skipDays>`;
    const document = give(200, { etag: '"1"' }, rss("https://quay.example", [{ path: "/old" }], skip));
    site.answer("/feed", inTurn(document, give(304), give(500), give(304)));
    await restless(days, 12);
    const asked = site.log.map(({ at }) => new Date(at));
    const within = (is: (time: Date) => boolean) => asked.filter(is).map((time) => time.toISOString());
    judge.atLeast("polls", asked.length, 80);
    judge.equal(
      "polls between 0 and 7",
      within((time) => time.getUTCHours() <= 6),
      [],
    );
    judge.equal(
      "polls on a Sunday",
      within((time) => time.getUTCDay() === 0),
      [],
    );
  }),
];
