import type { CardActions, CardAnswer } from "../domain/types.ts";
import { tellNotices } from "../pipeline/notices.ts";
import { listDeliveries } from "../store/deliveries.ts";
import { findEntry } from "../store/entries.ts";
import { findHold } from "../store/holds.ts";
import type { NoticeRow } from "../store/tables.ts";
import { dropHold, edit, type Hold, releaseHold } from "./holds.ts";
import type { Operator } from "./operator.ts";

/** What the buttons of a card do: the same as the commands, for the one hold that the card is of, and once. */
export function cardActions(operator: Operator): CardActions {
  return {
    release: (cardId, who) => settleOnce(operator, cardId, (hold) => releaseHold(operator, hold, who)),
    drop: (cardId, who) => settleOnce(operator, cardId, (hold) => dropHold(operator, hold, who)),
    title: async (cardId) => {
      const found = await openHold(operator, cardId);
      if (found.kind === "not done") return found;
      if (found.hold.kind === "doubt") return FROZEN;
      return { kind: "title", title: found.hold.entry.editedTitle ?? found.hold.entry.title };
    },
    edit: async (cardId, title, who) => {
      const found = await openHold(operator, cardId);
      if (found.kind === "not done") return found;
      if (found.hold.kind === "doubt") return FROZEN;
      await edit(operator, found.hold.entry.id, title, who);
      await tellNotices(operator.context);
      return { kind: "done" };
    },
  };
}

const FROZEN = { kind: "not done", why: "Its post was already begun: it keeps its title." } as const;

type Found = { readonly kind: "hold"; readonly hold: Hold } | Extract<CardAnswer, { kind: "not done" }>;

/** Whoever comes first settles it: the store says who that was, and the others are told. */
async function settleOnce(
  operator: Operator,
  cardId: string,
  settle: (hold: Hold) => Promise<boolean>,
): Promise<CardAnswer> {
  const found = await openHold(operator, cardId);
  if (found.kind === "not done") return found;
  if (!(await settle(found.hold))) return await settledBefore(operator, cardId);
  await tellNotices(operator.context);
  return { kind: "done" };
}

/** The hold of a card as its rows are now, if it still waits. */
async function openHold(operator: Operator, cardId: string): Promise<Found> {
  const { store } = operator.context;
  const notice = await findHold(store, cardId);
  const hold = notice === null ? null : await holdOf(operator, notice);
  // Read again after its rows: an entry may be held anew, and that is another card's matter.
  const now = await findHold(store, cardId);
  if (hold === null || now === null || now.outcome !== null) return await settledBefore(operator, cardId);
  return { kind: "hold", hold };
}

async function holdOf({ context }: Operator, notice: NoticeRow): Promise<Hold | null> {
  const entry = await findEntry(context.store, notice.entryId ?? "");
  if (entry === null) return null;
  if (notice.destinationId === null) return entry.state === "held" ? { kind: "entry", entry } : null;
  const deliveries = await listDeliveries(context.store, entry.id);
  const row = deliveries.find((one) => one.destinationId === notice.destinationId && one.state === "held");
  return row === undefined ? null : { kind: row.attempt === row.settled ? "review" : "doubt", entry, row };
}

async function settledBefore(
  { context }: Operator,
  cardId: string,
): Promise<Extract<CardAnswer, { kind: "not done" }>> {
  const outcome = (await findHold(context.store, cardId))?.outcome ?? null;
  return {
    kind: "not done",
    why: outcome === null ? "It waits no more." : `It was settled before: ${outcome}.`,
  };
}
