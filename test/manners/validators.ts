import { DAY, HOUR, MINUTE, SECOND } from "../support/clock.ts";
import { titles } from "../support/scripted.ts";
import { page } from "../support/newsroom.ts";
import { check } from "./check.ts";
import { feeds, oneFeed, openDays } from "./days.ts";
import { brief, rss } from "./feed.ts";
import { conditions, gaps, smallest, unconditional } from "./log.ts";
import { judgeMonth, openMonth } from "./month.ts";
import { conditional, give, inTurn, type Site } from "./site.ts";

const ETAG = 'W/"a1"';
const MODIFIED = "Mon, 01 Jun 2026 08:00:00 GMT";
const XML = rss("https://quay.example", [{ path: "/old" }]);
const both = { etag: ETAG, "last-modified": MODIFIED };
const stable = conditional(
  () => XML,
  () => both,
);

/** What a server may call a validator; each comes back as it went. */
const ODD: readonly (readonly [etag: string | undefined, modified: string | undefined])[] = [
  ['W/"weak"', "Mon, 01 Jun 2026 08:00:00 GMT"],
  ['"1f2e-gzip"', "Monday, 01-Jun-26 08:00:00 GMT"],
  ['"1f2e"-gzip', "Mon Jun  1 08:00:00 2026"],
  ["no-quotes", "yesterday"],
  ['w/"lower"', "0"],
  ['"a, b;c"', "Thu, 01 Jan 1970 00:00:00 +0000"],
  ['"caf\u00e9"', "lundi, 1 f\u00e9vr. 2026"],
  ['""', "-1"],
  ['"tab\tin it"', "2026-06-01T08:00:00Z"],
  ['"single', "Mon, 31 Feb 2026 99:00:00 GMT"],
  // Ghost gives a weak ETag alone, others a date alone.
  ['W/"5f-AbC"', undefined],
  [undefined, "Mon, 01 Jun 2026 08:00:00 GMT"],
];

/**
 * WordPress behind an Apache that compresses: the ETag goes out marked and is not known again. It says 304 where both
 * validators match, or the one that was sent.
 */
function compressedWordPress(site: Site): { readonly whole: () => number } {
  let whole = 0;
  site.answer("/feed", (asked, response) => {
    const day = Math.floor(asked.at / DAY);
    const [etag, modified] = [`"${day}"`, new Date(day * DAY).toUTCString()];
    const [match, since] = conditions(asked);
    const sent = [match, since].filter((value) => value !== undefined);
    const known = [...(match === etag ? [match] : []), ...(since === modified ? [since] : [])];
    if (sent.length > 0 && sent.length === known.length)
      return void response.writeHead(304, { etag, "last-modified": modified }).end();
    whole++;
    const listed = [{ path: `/day-${day}` }, { path: `/day-${day - 1}` }];
    response
      .writeHead(200, { etag: etag.replace(/"$/u, '-gzip"'), "last-modified": modified })
      .end(rss(site.url, listed));
  });
  return { whole: () => whole };
}

export const validators = [
  check("M01", 4, "one request in the first minute, and it is the only unconditional one", async (judge) => {
    await using days = await openDays({ yaml: oneFeed() });
    const { site, clock } = days;
    site.answer("/feed", stable);
    for (let second = 0; second < 60; second++) {
      await days.app().pass();
      clock.advance(SECOND);
    }
    judge.equal("requests in the first minute", site.log.length, 1);
    await days.run(DAY);
    judge.atLeast("polls of a day", site.log.length, 40);
    judge.equal("unconditional requests", unconditional(site.log), [site.log[0]]);
  }),

  check(
    "M02",
    5,
    "every later request has both validators, byte for byte as they were sent",
    async (judge) => {
      await using days = await openDays({ yaml: oneFeed() });
      const { site } = days;
      site.answer("/feed", stable);
      await days.run(DAY / 2);
      await days.restart();
      await days.run(DAY / 2);
      const later = site.log.slice(1).map(conditions);
      judge.atLeast("polls of a day", later.length, 40);
      judge.equal(
        "validators",
        later,
        later.map(() => [ETAG, MODIFIED]),
      );
    },
  ),

  check("M03", 4, "weak and odd validators come back verbatim", async (judge) => {
    const paths = ODD.map((_, i) => `/feed/${i}`);
    await using days = await openDays({ yaml: feeds(paths) });
    const { site } = days;
    ODD.forEach(([etag, modified], i) =>
      site.answer(
        `/feed/${i}`,
        inTurn(
          give(
            200,
            {
              ...(etag === undefined ? {} : { etag }),
              ...(modified === undefined ? {} : { "last-modified": modified }),
            },
            XML,
          ),
          give(304),
        ),
      ),
    );
    await days.run(3 * HOUR);
    const later = paths.map((path) => site.to(path).slice(1).map(conditions));
    judge.atLeast("polls of each", smallest(later.map(({ length }) => length)), 3);
    later.forEach((found, i) =>
      judge.equal(
        "validators",
        found,
        found.map(() => ODD[i]),
      ),
    );
  }),

  check("M04", 5, "when one validator changes, the next request has the new pair", async (judge) => {
    await using days = await openDays({ yaml: oneFeed() });
    const { site } = days;
    const pairs = [
      ['"1"', "Mon, 01 Jun 2026 08:00:00 GMT"],
      ['"2"', "Mon, 01 Jun 2026 08:00:00 GMT"],
      ['"2"', "Mon, 01 Jun 2026 09:00:00 GMT"],
      ['"2"', "Mon, 01 Jun 2026 07:00:00 GMT"],
    ] as const;
    const answers = pairs.map(([etag, modified], i) =>
      give(200, { etag, "last-modified": modified }, rss("https://quay.example", [{ path: `/story-${i}` }])),
    );
    site.answer("/feed", inTurn(...answers));
    await days.run(4 * HOUR);
    judge.equal("validators", site.log.slice(1, 5).map(conditions), pairs);
  }),

  check("M05", 4, "the same body under new validators: the next request has the new pair", async (judge) => {
    await using days = await openDays({ yaml: oneFeed() });
    const { site } = days;
    site.answer("/feed", (_, response, nth) => {
      response.writeHead(200, { etag: `"${nth}"`, "last-modified": `step ${nth}` }).end(XML);
    });
    await days.run(4 * HOUR);
    judge.equal(
      "validators",
      site.log.slice(1, 5).map(conditions),
      [0, 1, 2, 3].map((nth) => [`"${nth}"`, `step ${nth}`]),
    );
  }),

  check("M06", 3, "a 304 renews the validators that it names and keeps the others", async (judge) => {
    await using days = await openDays({ yaml: oneFeed() });
    const { site } = days;
    site.answer(
      "/feed",
      inTurn(
        give(200, both, XML),
        give(304, { etag: '"new"' }),
        give(304),
        give(304, { "last-modified": "later" }),
        give(304),
      ),
    );
    await days.run(4 * HOUR);
    judge.equal("validators", site.log.slice(1, 6).map(conditions), [
      [ETAG, MODIFIED],
      ['"new"', MODIFIED],
      ['"new"', MODIFIED],
      ['"new"', "later"],
      ['"new"', "later"],
    ]);
  }),

  check(
    "M07",
    3,
    "a server that never says 304 costs nothing more and posts nothing twice",
    async (judge) => {
      await using days = await openDays({ yaml: oneFeed() });
      const { site, channel } = days;
      // Apache behind mod_deflate: the validator never matches, though it comes back as it was sent.
      const sent = { etag: '"5e1-gzip"', "last-modified": MODIFIED };
      const documents = [brief("/old"), brief("/new", "/old")].map((listed) => rss(site.url, listed));
      site.answer("/feed", inTurn(...documents.map((document) => give(200, sent, document))));
      site.answer("/new", give(200, { "content-type": "text/html" }, page("A story at new")));
      await days.run(DAY);
      judge.atLeast("polls of a day", site.to("/feed").length, 40);
      judge.equal("pages asked for", [site.to("/new").length, site.to("/old").length], [1, 0]);
      judge.equal("posts", titles(channel).length, 1);
      judge.atLeast("the smallest gap", smallest(gaps(site.to("/feed"))), 30 * MINUTE);
      judge.equal("unconditional requests", unconditional(site.to("/feed")).length, 1);

      await using wordpress = await openDays({ yaml: oneFeed() });
      const sizes = compressedWordPress(wordpress.site);
      await wordpress.run(2 * DAY);
      judge.atLeast("polls of two days", wordpress.site.log.length, 80);
      // It changes once a day: each time the document is sent twice, and then no more.
      judge.atMost("documents sent whole", sizes.whole(), 6);
      judge.equal("unconditional requests", unconditional(wordpress.site.log).length, 1);
    },
  ),

  check("M08", 4, "30 days with 20 restarts: one unconditional request in all", async (judge) => {
    await using month = await openMonth();
    await month.pass();
    judgeMonth(judge, month);
  }),
];
