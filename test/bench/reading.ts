// A process of its own: fetches a feed of 50 KB and reads it, in turn by undici with a bare tokenizer (`bare`), by the
// way of a poll up to what it knows of each entry (`ours`), and by rss-parser with the built-in fetch (`rssParser`).
// Prints a `Contest`.
import { Parser } from "htmlparser2";
import RssParser from "rss-parser";
import { Agent } from "undici";
import type { KnownEntry } from "../../src/feeds/identity.ts";
import { identify } from "../../src/feeds/identity.ts";
import { readDocument } from "../../src/feeds/document.ts";
import { fetchFeed } from "../../src/feeds/fetch.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openHttp } from "../../src/lib/http.ts";
import { limits } from "../support/limits.ts";
import { contest } from "./pairs.ts";

const TIMES = 20;
const ENTRIES = 20;

const [, , url = "", rounds = "60"] = process.argv;
const feed = `${url}/large`;

const agent = new Agent();
async function bare(): Promise<void> {
  const { body } = await agent.request({ origin: url, path: "/large", method: "GET" });
  let items = 0;
  const parser = new Parser(
    { onopentagname: (name) => void (name === "item" && items++) },
    { xmlMode: true },
  );
  parser.end(await body.text());
  if (items !== ENTRIES) throw new Error(`${items} items`);
}

const network = { allow: ["127.0.0.1"], ports: [] };
const http = openHttp({ userAgent: "bench", limits, network, hostGap: 0, clock: systemClock });
let known: readonly KnownEntry[] = [];
async function ours(): Promise<void> {
  const validators = { etag: null, lastModified: null };
  const response = await fetchFeed(http, { url: feed, validators, limits, now: systemClock.now() });
  const read = response.kind === "fetched" ? readDocument(response, limits) : null;
  if (read?.kind !== "feed" || read.feed.entries.length !== ENTRIES) throw new Error("not read");
  const marks = { guidReused: false, linkShared: false };
  const found = identify(read.feed.entries, known, marks, read.keys);
  if (found.entries.some(({ kind }) => (kind === "known") !== known.length > 0)) throw new Error("not known");
  // Rows of the store, as the first poll left them.
  if (known.length > 0) return;
  known = read.feed.entries.map(({ title }, i) => {
    const { guid, link, text } = read.keys[i] ?? { guid: null, link: null, text: null };
    return { entryId: String(i), title, guid, link, text };
  });
}

const rss = new RssParser();
async function rssParser(): Promise<void> {
  const { items } = await rss.parseString(await (await fetch(feed)).text());
  if (items.length !== ENTRIES) throw new Error(`${items.length} items`);
}

const repeated = (work: () => Promise<void>) => async (): Promise<void> => {
  for (let i = 0; i < TIMES; i += 1) await work();
};
const found = await contest(
  { bare: repeated(bare), ours: repeated(ours), rssParser: repeated(rssParser) },
  { rounds: Number(rounds), warmUp: 20, pieces: TIMES },
);
process.stdout.write(`${JSON.stringify(found)}\n`);
await agent.close();
await http[Symbol.asyncDispose]();
