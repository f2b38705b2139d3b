// A process of its own, whose CPU time is that of its checks alone: asks FEEDS feeds that have nothing new in each round,
// once by the whole path (`ours`: claim, conditional request, settle, in a SQLite file) and once by undici sending the
// same requests, as many at once (`bare`), in turn. Prints a `Contest`.
import { Agent } from "undici";
import { openFolder, openTestApp } from "../support/app.ts";
import { MINUTE, openTestClock } from "../support/clock.ts";
import { contest } from "./pairs.ts";

/** Two looks for all that is due are part of each round: about one a second at 170 checks a second. */
const FEEDS = 340;
/** As many as a process asks at once: a connection each. */
const AT_ONCE = 256;

type Checks = AsyncDisposable & { readonly pass: () => Promise<void> };

const [, , url = "", rounds = "40"] = process.argv;
await using ours = await openOurs();
await using bare = openBare();
// The first pass reads the feeds, those after it find nothing new.
const found = await contest(
  { bare: bare.pass, ours: ours.pass },
  { rounds: Number(rounds), warmUp: 15, pieces: FEEDS },
);
process.stdout.write(`${JSON.stringify(found)}\n`);

async function openOurs(): Promise<Checks> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await openFolder());
  const clock = openTestClock();
  const feeds = addresses().map(
    (feed) => `  - { url: "${feed}", every: 1 minute, post_to: [{ preview: discord }] }`,
  );
  const yaml = `timing: { host_gap: 0 }\nfeeds:\n${feeds.join("\n")}\n`;
  const { pass, store } = stack.use(await openTestApp({ folder: folder.path, yaml, clock }));
  const owned = stack.move();
  return {
    // Each pass must have settled every feed.
    pass: async () => {
      clock.advance(2 * MINUTE);
      await pass();
      const left = await store.db
        .selectFrom("feeds")
        .where((e) => e.or([e("dueAt", "<=", clock.now()), e("failures", ">", 0)]))
        .select("id")
        .execute();
      if (left.length > 0) throw new Error("a check was left out");
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function openBare(): Checks {
  const agent = new Agent();
  const headers = {
    "user-agent": "bench",
    accept: "*/*",
    "accept-encoding": "gzip, br",
    "if-none-match": '"a-1"',
    "if-modified-since": "Mon, 01 Jun 2026 10:00:00 GMT",
  };
  const ask = async (feed: string): Promise<void> => {
    const { statusCode, body } = await agent.request({
      origin: url,
      path: new URL(feed).pathname,
      method: "GET",
      headers,
    });
    await body.dump();
    if (statusCode !== 304) throw new Error(`answered ${statusCode}`);
  };
  const pass = async (): Promise<void> => {
    const left = [...addresses()];
    const worker = async (): Promise<void> => {
      for (let feed = left.pop(); feed !== undefined; feed = left.pop()) await ask(feed);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  return { pass, [Symbol.asyncDispose]: () => agent.close() };
}

function addresses(): readonly string[] {
  return Array.from({ length: FEEDS }, (_, i) => `${url}/feed/${i}`);
}
