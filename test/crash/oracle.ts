import { readFile } from "node:fs/promises";
import type { Store } from "../../src/store/open.ts";
import { CHANNELS, cardOf, type Desk, forumLinks, type Tally } from "../support/desk.ts";
import type { Story } from "../support/wordpress.ts";
import { type Figures, NO_FIGURES, tallied } from "./figures.ts";
import { readStore } from "./look.ts";
import { CHECKPOINT, FAULTS, MACHINE_FAULTS } from "./round.ts";

const MET = new Set([...FAULTS, ...MACHINE_FAULTS]);

/** How often each article shall stand in each place. */
export type Expected = Map<Story, Tally>;

/** The addresses of the articles by place, oldest post first. */
type Places = Readonly<Record<string, readonly string[]>>;

/** Where the posts that a tally counts belong. */
const placesOf = ({ account }: Desk): Readonly<Record<keyof Tally, string>> => ({
  text: `discord:${CHANNELS.text}`,
  announcement: `discord:${CHANNELS.announcement}`,
  crossposted: `discord:${CHANNELS.announcement}`,
  forum: `discord:${CHANNELS.forum}`,
  bluesky: `bluesky:${account.handle}`,
});

/** What stands on both platforms, in the order in which each place shows it. */
async function orderOf(desk: Desk): Promise<Places> {
  const inChannel = (id: string) => desk.discord.messages(id).map((message) => message.embeds[0]?.url ?? "");
  const created = (value: unknown) => (value as { readonly createdAt: string }).createdAt;
  const records = [...(await desk.records())].toSorted((a, b) =>
    created(a.value) < created(b.value) ? -1 : 1,
  );
  const places = placesOf(desk);
  return {
    [places.text]: inChannel(CHANNELS.text),
    [places.announcement]: inChannel(CHANNELS.announcement),
    [places.forum]: forumLinks(desk.discord).map((link) => link ?? ""),
    [places.bluesky]: records.map((record) => cardOf(record) ?? ""),
  };
}

/** What the store says of the deliveries, in the order of their keys. */
export const readDeliveries = async (store: Store) =>
  await store.db
    .selectFrom("deliveries")
    .innerJoin("entries", "entries.id", "deliveries.entryId")
    .select([
      "deliveries.destinationId",
      "deliveries.state",
      "deliveries.refId",
      "deliveries.undo",
      "deliveries.attempt",
      "deliveries.settled",
      "deliveries.reason",
      "entries.link",
    ])
    .orderBy("deliveries.key")
    .execute();

/** The articles that wait for a human, each with its reason: none of their posts is out. */
const readHeld = async (store: Store) =>
  await store.db.selectFrom("entries").select(["reason", "link"]).where("state", "=", "held").execute();

/**
 * Compares what stands on the platforms (their own log is the judge) with what was published; the store is asked only
 * for the order that it gave and for what it holds. `marks` is what the processes wrote of their ends.
 */
export async function figuresOf(desk: Desk, expected: Expected, marks: string): Promise<Figures> {
  const stories = [...expected.keys()];
  const stand = await desk.tallies(stories);
  const rows = await readStore(desk, readDeliveries);
  const heldRows = rows.filter((row) => row.state === "held");
  const entries = await readStore(desk, readHeld);
  for (const { reason, link } of [...heldRows, ...entries])
    process.stdout.write(`held: ${link}: ${reason}\n`);
  const waits = new Set([
    ...heldRows.map((row) => `${row.destinationId} ${row.link}`),
    ...entries.flatMap(({ link }) => Object.values(placesOf(desk)).map((place) => `${place} ${link}`)),
  ]);
  const bad = { lost: 0, doubled: 0, resurrected: 0 };
  for (const [n, story] of stories.entries())
    for (const [name, place] of Object.entries(placesOf(desk)) as [keyof Tally, string][]) {
      const want = expected.get(story)?.[name] ?? 0;
      const there = stand[n]?.[name] ?? 0;
      const isHeld = waits.has(`${place} ${desk.site.link(story)}`);
      if (there < want && !isHeld) bad.lost += 1;
      if (want === 1 && there > 1) bad.doubled += 1;
      if (want === 0 && there > 0 && !isHeld) bad.resurrected += 1;
      if (there > want && !isHeld) tellRequests(desk, place, desk.site.link(story));
    }
  const order = await orderOf(desk);
  const lines = await linesOf(marks);
  return {
    ...NO_FIGURES,
    ...bad,
    articles: stories.length,
    posts: Object.values(order).reduce((sum, links) => sum + links.length, 0),
    held: heldRows.length + entries.length,
    outOfOrder: outOfOrder(
      order,
      rows.filter((row) => row.state === "sent"),
    ),
    polledTwice: Math.max(0, desk.site.atOnce() - 1),
    points: pointsOf(lines),
    faults: tallied([
      ...lines.filter((line) => MET.has(line)),
      ...desk.discord.played.map((fault) => `discord ${withoutRoute(fault)}`),
      ...desk.proxy.played.map((fault) => `bluesky ${withoutRoute(fault)}`),
    ]),
  };
}

/** All that was asked of Discord with that address, or to read that channel meanwhile: what a double is explained by. */
function tellRequests({ discord }: Desk, place: string, link: string): void {
  const channel = place.replace(/^discord:/u, "");
  const named = discord.requests().filter(({ body }) => JSON.stringify(body ?? "").includes(link));
  const [first, last] = [named[0]?.at ?? 0, named.at(-1)?.at ?? 0];
  const reads = discord
    .requests()
    .filter(
      ({ method, path, at }) => method === "GET" && path.includes(channel) && at >= first && at <= last,
    );
  process.stdout.write(`too often: ${link} in ${place}\n`);
  for (const { at, method, path, status, body } of [...named, ...reads].toSorted((a, b) => a.at - b.at))
    process.stdout.write(`  ${at} ${method} ${path} ${status ?? "no answer"} ${nonceOf(body)}\n`);
}

const nonceOf = (body: unknown): string => {
  const { nonce = "" } = (body ?? {}) as { readonly nonce?: string };
  return nonce;
};

const withoutRoute = (fault: string): string => fault.slice(fault.indexOf(": ") + 2);

const linesOf = async (file: string): Promise<readonly string[]> =>
  (await readFile(file, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

/** A kill that came only when the checkpoint was over was not inside of it. */
function pointsOf(lines: readonly string[]): Figures["points"] {
  const { "checkpoint begun": begun = 0, "checkpoint over": over = 0, ...others } = tallied(lines);
  const ends = Object.entries(others).filter(([name]) => !MET.has(name));
  return { ...Object.fromEntries(ends), ...(begun > over ? { [CHECKPOINT]: begun - over } : {}) };
}

type Row = { readonly destinationId: string; readonly link: string | null };

/** How many posts stand before one whose key is earlier. */
function outOfOrder(stand: Places, sent: readonly Row[]): number {
  return Object.entries(stand).reduce((sum, [place, links]) => {
    const wanted = sent.filter((row) => row.destinationId === place).map(({ link }) => link);
    const ranks = links.map((link) => wanted.indexOf(link)).filter((rank) => rank >= 0);
    return sum + ranks.filter((rank, n) => n > 0 && rank < (ranks[n - 1] ?? 0)).length;
  }, 0);
}
