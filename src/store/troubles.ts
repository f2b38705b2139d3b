import type { ExpressionBuilder } from "kysely";
import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";
import type { Tables } from "./tables.ts";

/** One post, or one article before it is a post, that an admin should look at. */
export type Trouble = {
  readonly what: "held" | "in doubt" | "failed" | "expired";
  readonly title: string;
  /** The article's link, for the commands; its id where it has none. */
  readonly name: string;
  /** Null: the article itself is held. */
  readonly destinationId: string | null;
  readonly reason: string | null;
  readonly at: Millis;
};

const isInDoubt = (e: ExpressionBuilder<Tables, "deliveries">) =>
  e.and([e("deliveries.state", "=", "pending"), e("deliveries.attempt", ">", e.ref("deliveries.settled"))]);

/** Held articles, and deliveries that are held or in doubt; then those that failed or expired; the newest first. */
export async function listTroubles(store: Store, limit: number): Promise<readonly Trouble[]> {
  const deliveries = await store.db
    .selectFrom("deliveries")
    .innerJoin("entries", "entries.id", "deliveries.entryId")
    .select([
      "deliveries.state",
      "deliveries.reason",
      "deliveries.lastAttemptAt",
      "deliveries.createdAt",
      "deliveries.destinationId",
      "deliveries.entryId",
      "entries.title",
      "entries.editedTitle",
      "entries.link",
    ])
    .where((e) => e.or([e("deliveries.state", "in", ["held", "failed", "expired"]), isInDoubt(e)]))
    .orderBy((e) =>
      e.case().when("deliveries.state", "in", ["held", "pending"]).then(e.lit(0)).else(e.lit(1)).end(),
    )
    .orderBy("deliveries.key", "desc")
    .limit(limit)
    .execute();
  const entries = await store.db
    .selectFrom("entries")
    .select(["id", "title", "editedTitle", "link", "reason", "firstSeenAt"])
    .where("state", "=", "held")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  const troubles = [
    ...entries.map((row) => ({
      what: "held" as const,
      title: row.editedTitle ?? row.title,
      name: row.link ?? row.id,
      destinationId: null,
      reason: row.reason,
      at: row.firstSeenAt,
    })),
    ...deliveries.map(({ state, lastAttemptAt, createdAt, ...row }) => ({
      what: state === "held" || state === "failed" || state === "expired" ? state : ("in doubt" as const),
      title: row.editedTitle ?? row.title,
      name: row.link ?? row.entryId,
      destinationId: row.destinationId,
      reason: row.reason,
      at: lastAttemptAt ?? createdAt,
    })),
  ];
  const isOver = ({ what }: Trouble): number => (what === "failed" || what === "expired" ? 1 : 0);
  return troubles.toSorted((a, b) => isOver(a) - isOver(b) || b.at - a.at).slice(0, limit);
}

/** How many there are in all. */
export async function countTroubles(
  store: Store,
): Promise<{ readonly held: number; readonly inDoubt: number; readonly failed: number }> {
  const deliveries = store.db.selectFrom("deliveries").select((e) => e.fn.countAll<number>().as("n"));
  const entries = store.db.selectFrom("entries").select((e) => e.fn.countAll<number>().as("n"));
  const counts = await Promise.all([
    entries.where("state", "=", "held").executeTakeFirstOrThrow(),
    deliveries.where("state", "=", "held").executeTakeFirstOrThrow(),
    deliveries.where(isInDoubt).executeTakeFirstOrThrow(),
    deliveries.where("state", "in", ["failed", "expired"]).executeTakeFirstOrThrow(),
  ]);
  const [heldEntries, held, inDoubt, failed] = counts.map(({ n }) => n) as [number, number, number, number];
  return { held: heldEntries + held, inDoubt, failed };
}
