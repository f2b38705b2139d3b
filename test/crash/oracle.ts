import { openStore } from "../../src/store/open.ts";
import { CHANNELS, cardOf, type Desk } from "../support/desk.ts";

/** The addresses of the articles by place, oldest post first. */
export type Places = Readonly<Record<string, readonly string[]>>;

/** What stands on both platforms, in the order in which each place shows it. */
export async function orderOf(desk: Desk): Promise<Places> {
  const inChannel = (id: string) => desk.discord.messages(id).map((message) => message.embeds[0]?.url ?? "");
  const created = (value: unknown) => (value as { readonly createdAt: string }).createdAt;
  const records = [...(await desk.records())].toSorted((a, b) =>
    created(a.value) < created(b.value) ? -1 : 1,
  );
  return {
    [`discord:${CHANNELS.text}`]: inChannel(CHANNELS.text),
    [`discord:${CHANNELS.announcement}`]: inChannel(CHANNELS.announcement),
    [`bluesky:${desk.account.handle}`]: records.map((record) => cardOf(record) ?? ""),
  };
}

/** The order that the outbox gave them: by their keys. */
export async function wantedOrders(desk: Desk): Promise<Places> {
  const rows = (await deliveriesOf(desk)).filter((row) => row.state === "sent");
  const grouped = Object.groupBy(rows, (row) => row.destinationId);
  return Object.fromEntries(
    Object.entries(grouped).map(([id, group]) => [id, (group ?? []).map((row) => row.link ?? "")]),
  );
}

/** What the store says: posts that are settled, how many are in doubt, and how many wait for a human. */
export async function sentKeys(desk: Desk) {
  const rows = await deliveriesOf(desk);
  return {
    settled: rows.filter((row) => row.state === "sent" && row.undo === 0),
    inDoubt: rows.filter((row) => row.state === "pending" && row.attempt > row.settled).length,
    held: rows.filter((row) => row.state === "held").length,
  };
}

/** The articles that wait for a human, each with its reason: none of their posts is out. */
export async function heldEntries({ installation }: Desk): Promise<readonly string[]> {
  await using store = await openStore(installation.store);
  const rows = await store.db.selectFrom("entries").select("reason").where("state", "=", "held").execute();
  return rows.map(({ reason }) => reason ?? "without a reason");
}

async function deliveriesOf({ installation }: Desk) {
  await using store = await openStore(installation.store);
  return await store.db
    .selectFrom("deliveries")
    .innerJoin("entries", "entries.id", "deliveries.entryId")
    .select([
      "deliveries.destinationId",
      "deliveries.state",
      "deliveries.refId",
      "deliveries.undo",
      "deliveries.attempt",
      "deliveries.settled",
      "entries.link",
    ])
    .orderBy("deliveries.key")
    .execute();
}
