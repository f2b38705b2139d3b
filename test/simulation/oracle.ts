import type { Standing } from "./platforms.ts";
import type { World } from "./world.ts";

/** What became of one simulated history: how much there was, and what went wrong. */
export type Outcome = {
  readonly articles: number;
  readonly deaths: number;
  /** Refused by the platform, and a row and a notice say so. */
  readonly failed: number;
  /** In doubt and unreadable: waits for an admin, and a row and a notice say so. */
  readonly held: number;
  /** Articles that went out in one post with others. */
  readonly listed: number;
  readonly faults: Faults;
};

/** Each of these must be 0. */
export type Faults = {
  /** Neither stands there, nor was it refused, held or taken back. */
  readonly lost: number;
  /** Stands there more than once. */
  readonly doubled: number;
  /** Stands after one with a later key, neither of them ever held. */
  readonly outOfOrder: number;
  /** Stands there although it was taken back or deleted, or was listed before the first poll. */
  readonly resurrected: number;
  /** Sent again under its key, but not byte for byte. */
  readonly altered: number;
  /** Still on its way when nothing fails any more. */
  readonly stuck: number;
  /** Failed or held without a reason on its row, or without a notice to the admin. */
  readonly untold: number;
};

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

const nameOf = ({ destinationId, entryId }: Pick<Row, "destinationId" | "entryId">): string =>
  `${destinationId} ${entryId}`;

/** It waits for an admin, or the post that lists it does. */
const isHeld = (row: Row | undefined, rows: readonly Row[]): boolean =>
  row?.state === "held" ||
  (row?.state === "pending" &&
    rows.some(
      (one) => one.state === "held" && one.key === row.overflow && one.destinationId === row.destinationId,
    ));

/** Notes what is held now: what was held once may go late, also after an undone article freed the list that held it. */
export async function noteHeld(world: World): Promise<void> {
  const { store, held } = world;
  const one = await store.db
    .selectFrom("deliveries")
    .select("key")
    .where("state", "=", "held")
    .executeTakeFirst();
  if (one === undefined) return;
  const rows = await rowsOf(world);
  for (const row of rows) if (isHeld(row, rows)) held.add(nameOf(row));
}

/** Compares what stands on the platforms with what was listed, and with what the rows say. */
export async function outcomeOf(world: World): Promise<Outcome> {
  const { store, stories, platforms, counts } = world;
  const rows = await rowsOf(world);
  const entries = await store.db.selectFrom("entries").select("state").execute();
  const notices = await store.db.selectFrom("notices").select("subject").execute();
  const told = new Set(notices.map(({ subject }) => subject));
  const places = [...platforms.standing].map(([id, posts]) =>
    faultsOf(
      world,
      id,
      posts,
      rows.filter((row) => row.destinationId === id),
    ),
  );
  const sum = (name: keyof (typeof places)[number]): number =>
    places.reduce((total, place) => total + place[name], 0);
  const inState = (state: Row["state"]): number => rows.filter((row) => row.state === state).length;
  const isUntold = (row: Row): boolean =>
    (row.state === "failed" || row.state === "held" || row.state === "expired") &&
    (row.reason === null || !(told.has(`${row.destinationId} ${row.key}`) || told.has(nameOf(row))));
  return {
    articles: stories.length - 1,
    deaths: counts.deaths,
    failed: inState("failed"),
    held: inState("held"),
    listed: rows.filter((row) => row.state === "sent" && row.overflow !== null).length,
    faults: {
      lost: sum("lost"),
      doubled: sum("doubled"),
      outOfOrder: sum("outOfOrder"),
      resurrected: sum("resurrected"),
      altered: platforms.altered(),
      stuck:
        rows.filter((row) => row.state === "pending" && !isHeld(row, rows)).length +
        entries.filter(({ state }) => state === "new").length,
      untold: rows.filter(isUntold).length,
    },
  };
}

export const isSound = ({ faults }: Outcome): boolean => Object.values(faults).every((n) => n === 0);

const rowsOf = async ({ store }: World) =>
  await store.db
    .selectFrom("deliveries")
    .innerJoin("entries", "entries.id", "deliveries.entryId")
    .select(["destinationId", "key", "entryId", "deliveries.state", "deliveries.reason", "overflow", "link"])
    .orderBy("key")
    .execute();

/** What went wrong at one destination. */
function faultsOf(
  { stories, undone, platforms, held: heldOnce }: World,
  id: string,
  posts: readonly Standing[],
  rows: readonly Row[],
): Pick<Faults, "lost" | "doubled" | "outOfOrder" | "resurrected"> {
  let [lost, doubled, resurrected] = [0, 0, 0];
  for (const [n, link] of stories.entries()) {
    const count = posts.filter((post) => post.urls.includes(link)).length;
    const row = rows.find((one) => one.link === link);
    const isOver = n === 0 || undone.has(link) || platforms.deleted.has(`${id} ${link}`);
    const held = isHeld(row, rows);
    const isExplained = row?.state === "failed" || held;
    doubled += Math.max(0, count - 1);
    if (isOver) resurrected += held ? 0 : count;
    else if (count === 0 && !isExplained) lost += 1;
    else if (count > 0 && row?.state !== "sent" && !held) lost += 1;
  }
  const isRanked = (row: Row): boolean => row.state === "sent" && !heldOnce.has(nameOf(row));
  const ranks = new Map(rows.map((row, n) => [row.link, isRanked(row) ? n : null]));
  const order = posts
    .flatMap((post) => post.urls.map((url) => ranks.get(url) ?? null))
    .filter((rank) => rank !== null);
  const outOfOrder = order.filter((rank, n) => n > 0 && rank < (order[n - 1] ?? 0)).length;
  return { lost, doubled, outOfOrder, resurrected };
}
