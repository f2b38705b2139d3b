import type { Millis } from "../../src/domain/types.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../support/clock.ts";
import type { Judge } from "./check.ts";
import { type Days, openDays, RANGE } from "./days.ts";
import { rss } from "./feed.ts";
import { between, conditions, gaps, largest, smallest, unconditional } from "./log.ts";
import { type Answer, type Asked, give } from "./site.ts";

/**
 * Thirty days of one host with feeds of every kind, twenty restarts, a machine that sleeps and a clock that is set
 * back. All of it is judged by the site's log alone.
 */
export type Month = Days & {
  /** Lets the days pass. */
  readonly pass: () => Promise<void>;
  /** What each answer gave as validators, by the place of its request in the log. */
  readonly gave: ReadonlyMap<Asked, readonly (string | undefined)[]>;
  /** When the host asked to be left alone for a day. */
  readonly pauses: readonly Millis[];
  readonly begun: Millis;
};

const SKIPPED = [0, 1, 2, 3, 4, 5, 6];
const SKIP = `<skipHours>${SKIPPED.map((hour) => `<hour>${hour}</hour>`).join("")}</skipHours><skipDays><day>Sunday</day></skipDays>`;

type Kind = {
  readonly path: string;
  /** The admin's schedule; none: the default. */
  readonly every?: string;
  readonly channel?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** No two requests are nearer. */
  readonly gap: Millis;
};

const KINDS: readonly Kind[] = [
  { path: "/plain", every: "every: 12 hours", gap: 12 * HOUR },
  { path: "/fresh", every: "every: 12 hours", headers: { "cache-control": "max-age=72000" }, gap: 20 * HOUR },
  { path: "/ttl", channel: "<ttl>1200</ttl>", gap: 20 * HOUR },
  { path: "/skip", every: "every: 12 hours", channel: SKIP, gap: 12 * HOUR },
  { path: "/broken", every: "every: 12 hours", gap: 12 * HOUR },
  { path: "/gone", every: "every: 12 hours", gap: 12 * HOUR },
  { path: "/moved", every: "every: 12 hours", gap: 12 * HOUR },
];

const yamlOf = (site: string): string =>
  `timing: { host_gap: 0 }\nfeeds:\n${KINDS.map(({ path, every }) => `  - { url: "${site}${path}", ${every === undefined ? "" : `${every}, `}post_to: [{ discord: 1, spacing: 0 }] }\n`).join("")}`;

export async function openMonth(): Promise<Month> {
  const days = await openDays({ yaml: yamlOf, allow: RANGE });
  const { site, clock } = days;
  const begun = clock.now();
  const day = (): number => Math.floor((clock.now() - begun) / DAY);
  const gave = new Map<Asked, readonly (string | undefined)[]>();
  const pauses: Millis[] = [];

  /** A document that changes each day, for whoever does not have today's. */
  const document = ({ path, channel = "", headers = {} }: Kind): Answer => {
    return (asked, response) => {
      const now = { etag: `W/"${day()}"`, "last-modified": `day ${day()}` };
      const has = conditions(asked).every(
        (value) => value !== undefined && Object.values(now).includes(value),
      );
      gave.set(asked, Object.values(now));
      const listed = [{ path: `${path}/${day()}` }, { path: `${path}/${day() - 1}` }];
      response
        .writeHead(has ? 304 : 200, { ...now, ...headers })
        .end(has ? undefined : rss(site.url, listed, channel));
    };
  };
  const rest: Answer = (asked, response, nth) => {
    pauses.push(asked.at);
    give(429, { "retry-after": "86400" })(asked, response, nth);
  };
  const answers = new Map(KINDS.map((kind) => [kind.path, document(kind)]));
  answers.set("/new-home", document({ path: "/moved", gap: 0 }));
  site.answerAll((asked, response, nth) => {
    const today = day();
    const whole = answers.get(asked.path) ?? give(404);
    if (asked.path === "/plain" && today === [5, 17][pauses.length]) return rest(asked, response, nth);
    if (asked.path === "/broken" && today >= 2 && today < 12) return give(500)(asked, response, nth);
    if (asked.path === "/gone" && today >= 8) return give(410)(asked, response, nth);
    if (asked.path === "/moved" && today >= 10)
      return give(301, { location: "/new-home" })(asked, response, nth);
    return whole(asked, response, nth);
  });

  return {
    ...days,
    begun,
    gave,
    pauses,
    pass: async () => {
      for (let restarts = 0; restarts < 20; restarts++) {
        // Every fifth time the machine slept on the way; twice a time server set its clock back.
        if (restarts % 5 === 4) clock.advance(7 * HOUR);
        if (restarts % 10 === 6) clock.setBack(90 * MINUTE);
        await days.run(1.45 * DAY - (restarts % 5 === 4 ? 7 * HOUR : 0));
        await days.restart((restarts % 3) * HOUR);
      }
      await days.run(1.5 * DAY);
    },
  };
}

export function judgeMonth(judge: Judge, { site, gave, pauses, begun }: Month): void {
  const { log, to } = site;
  const spanned = (log.at(-1)?.at ?? 0) - (log[0]?.at ?? 0);
  judge.atLeast("the time observed", spanned, 30 * DAY);
  judge.atLeast("requests", log.length, 250);
  const firsts = KINDS.map(({ path }) => to(path)[0]);
  judge.equal(
    "unconditional requests",
    unconditional(log).map(({ path }) => path),
    firsts.map((asked) => asked?.path),
  );
  judgeValidators(judge, log, gave);
  for (const { path, gap } of KINDS) {
    judge.atLeast(`requests for ${path}`, to(path).length, 8);
    judge.atLeast(`the smallest gap of ${path}`, smallest(gaps(to(path))), gap - SECOND);
  }
  judge.equal("pauses", pauses.length, 2);
  for (const at of pauses)
    judge.equal(
      "requests in a pause",
      between(log, at + 1, at + DAY - SECOND).map(({ path }) => path),
      [],
    );
  const skipped = to("/skip").map(({ at }) => new Date(at));
  judge.equal(
    "requests in skipped hours and days",
    skipped.filter((at) => SKIPPED.includes(at.getUTCHours()) || at.getUTCDay() === 0),
    [],
  );
  const broken = gaps(between(to("/broken"), begun + 2 * DAY, begun + 12 * DAY));
  judge.atMost("requests of a broken feed in ten days", broken.length + 1, 13);
  judge.atMost("the longest wait of a broken feed", largest(broken), 2 * DAY + 12 * HOUR);
  judge.equal("requests after 410", between(to("/gone"), begun + 9 * DAY, Infinity), []);
  const old = between(to("/moved"), begun + 10 * DAY, Infinity);
  judge.atMost("requests for the old address", old.length, 4);
  judge.atLeast("requests for the new address", to("/new-home").length, old.length + 20);
  judge.equal("methods", [...new Set(log.map(({ method }) => method))], ["GET"]);
  judge.equal("names", new Set(log.map(({ headers }) => headers["user-agent"])).size, 1);
}

/** Every request brings back what the last answer for its feed gave; a feed that moved takes them along. */
function judgeValidators(judge: Judge, log: readonly Asked[], gave: Month["gave"]): void {
  const last = new Map<string, readonly (string | undefined)[]>();
  const feedOf = ({ path }: Asked): string => (path === "/new-home" ? "/moved" : path);
  const wrong: unknown[] = [];
  for (const asked of log) {
    const wanted = last.get(feedOf(asked));
    if (wanted !== undefined && conditions(asked).join() !== wanted.join())
      wrong.push([asked.path, conditions(asked), wanted]);
    const now = gave.get(asked);
    if (now !== undefined) last.set(feedOf(asked), now);
  }
  judge.equal("requests with other validators than those last given", wrong, []);
}
