import type { Millis } from "../../src/domain/types.ts";
import { DAY, HOUR, openTestClock } from "../support/clock.ts";
import { page } from "../support/newsroom.ts";
import type { Judge } from "./check.ts";
import { oneFeed, openDays, RANGE } from "./days.ts";
import { brief, rss } from "./feed.ts";
import { between } from "./log.ts";
import { give, openSite } from "./site.ts";

/** What may stand on another host than the feed, each of which may be what asks for the pause. */
export const PAUSING = ["/robots.txt", "/story", "/picture.png", "/hub"] as const;

/** A feed whose pages, pictures and hub stand on another host, which wants a day's rest after one of these requests. */
export async function judgePauseOf(judge: Judge, kind: (typeof PAUSING)[number]): Promise<void> {
  const clock = openTestClock();
  await using other = await openSite(clock, "127.0.0.2");
  await using days = await openDays({
    clock,
    allow: RANGE,
    yaml: (site) =>
      `websub: { address: https://bot.example }\ntiming: { host_gap: 0 }\n${oneFeed("/feed", "every: 1 hour")(site)}`,
  });
  const hour = (): number => Math.floor(clock.now() / HOUR);
  const picture = '<meta property="og:image" content="/picture.png"></head>';
  days.site.answer("/feed", (asked, response) => {
    const number = Math.floor(asked.at / HOUR);
    response
      .writeHead(200, { link: `<${other.url}/hub>; rel="hub"` })
      .end(rss(other.url, brief(`/story?${number}`, `/story?${number - 1}`)));
  });
  let pausedAt: Millis = Infinity;
  other.answerAll((asked, response, nth) => {
    if (pausedAt === Infinity && asked.path.startsWith(kind)) {
      pausedAt = asked.at;
      return give(429, { "retry-after": "86400" })(asked, response, nth);
    }
    if (asked.path === "/robots.txt") return give(404)(asked, response, nth);
    if (asked.path === "/hub") return give(500)(asked, response, nth);
    const html = page(`A story of hour ${hour()}`).replace("</head>", picture);
    return give(200, { "content-type": "text/html" }, html)(asked, response, nth);
  });
  for (let i = 0; i < 5; i++) {
    await days.run(5.5 * HOUR);
    await days.restart();
  }
  await days.run(2 * HOUR);
  judge.atMost(`the moment of the pause that ${kind} brings`, pausedAt, clock.now() - DAY);
  judge.equal(
    `requests in the pause that ${kind} brings`,
    between(other.log, pausedAt + 1, pausedAt + DAY).map(({ path }) => path),
    [],
  );
  judge.atLeast(
    `requests after the pause that ${kind} brings`,
    between(other.log, pausedAt + DAY, Infinity).length,
    1,
  );
  judge.atLeast("polls meanwhile, of the other host", days.site.log.length, 24);
}
