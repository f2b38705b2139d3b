import { openFolder, openTestApp, type TestApp } from "../support/app.ts";
import { MINUTE, openTestClock, type TestClock } from "../support/clock.ts";
import { type Scripted, scripted, titles } from "../support/scripted.ts";
import { type LocalServer, serve } from "../lib/http/servers.ts";

/** The whole app with one channel, between a stranger's server and a good publisher whose feed must not suffer. */
export type Stage = AsyncDisposable & {
  readonly app: TestApp;
  readonly channel: Scripted;
  /** Works until every entry is settled, its page tried as often as it is. */
  readonly settle: () => Promise<void>;
  /** The titles that were posted, the good publisher's among them. */
  readonly posted: () => readonly string[];
  /** Why each feed but the good one is as it is, by its address. */
  readonly reasons: () => Promise<ReadonlyMap<string, string | null>>;
};

export type StageOptions = {
  /** The addresses of the feeds beside the good one. */
  readonly feeds: readonly string[];
  /** More of each of these feeds' options. */
  readonly options?: string;
  /** More of the config. */
  readonly yaml?: string;
  readonly allow: (good: LocalServer) => string;
  readonly ports?: readonly number[];
};

export const GOOD = "The good story";
const post = "every: 10 minutes, backfill: 99, post_to: [{ discord: 1, spacing: 0 }]";

export async function openStage(options: StageOptions): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await openFolder()).path;
  const good = stack.use(
    await serve((_, response) => response.end(rss(item({ title: GOOD, path: "/good" })))),
  );
  const clock = openTestClock();
  const channel = scripted("discord:1");
  const urls = [`${good.url}/feed`, ...options.feeds];
  const app = stack.use(
    await openTestApp({
      folder,
      clock,
      destinations: [channel],
      allow: options.allow(good),
      ports: options.ports ?? [],
      yaml: `timing: { host_gap: 0 }\n${options.yaml ?? ""}feeds:\n${urls.map((url, i) => `  - { url: ${JSON.stringify(url)}, ${i === 0 ? "" : (options.options ?? "")}${post} }\n`).join("")}`,
    }),
  );
  const owned = stack.move();
  return {
    app,
    channel,
    posted: () => titles(channel).toSorted(),
    reasons: async () => {
      const rows = await app.store.db.selectFrom("feeds").select(["url", "reason"]).execute();
      return new Map(rows.filter(({ url }) => url !== urls[0]).map(({ url, reason }) => [url, reason]));
    },
    settle: () => settle(app, clock),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function settle(app: TestApp, clock: TestClock): Promise<void> {
  for (let pass = 0; pass < 40; pass++) {
    await app.pass();
    if ((await unsettled(app)) === 0) return;
    clock.advance(MINUTE);
  }
}

/** How many feeds and hubs were never asked (first polls are spread), entries not judged, and posts not sent. */
async function unsettled({ store: { db } }: TestApp): Promise<number> {
  const left = await Promise.all([
    db.selectFrom("feeds").select("id").where("attempt", "=", 0).execute(),
    db.selectFrom("websub").select("token").where("failures", "=", 0).execute(),
    db.selectFrom("entries").select("id").where("state", "=", "new").execute(),
    db.selectFrom("deliveries").select("key").where("state", "=", "pending").execute(),
  ]);
  return left.flat().length;
}

export type Item = { readonly title: string; readonly path: string; readonly more?: string };

const WHOLE =
  "<p>The harbour office said on Monday that the repairs would go on through the week.</p>".repeat(16);

/** An entry with its whole text; with `more` elements in the place of that text. */
export const item = ({ title, path, more }: Item): string =>
  `<item><title>${title}</title><link>${path}</link><guid>${title}</guid>${more ?? `<content:encoded><![CDATA[${WHOLE}]]></content:encoded>`}</item>`;

export const rss = (inside: string): string =>
  `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>The Quay</title><link>https://quay.example</link>${inside}</channel></rss>`;

/** A page of a story, with more in its head. */
export const page = (title: string, head = ""): string =>
  `<html lang="en"><head><title>${title}</title>${head}</head><body><article><h1>${title}</h1>${WHOLE}</article></body></html>`;
