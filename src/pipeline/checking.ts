import { type Asking, checkSending, type Listing, writtenAt } from "../articles/checks.ts";
import type { Article, CheckResult, Destination, FeedConfig, ParsedEntry } from "../domain/types.ts";
import { noteDelivery, settleDelivery } from "../store/deliveries.ts";
import type { DeliveryRow, EntryRow, FeedRow } from "../store/tables.ts";
import { type Context, destinationConfigOf } from "./context.ts";
import type { Step } from "./step.ts";

/** The checks that an admin released the entry from. */
export const releasedFrom = (row: EntryRow): ReadonlySet<string> =>
  new Set(JSON.parse(row.released) as string[]);

/** How the checks are asked of an entry. One that an admin posts by hand, or wants as backfill, may be of any date. */
export function askingOf(context: Context, row: EntryRow): Asking {
  const released = releasedFrom(row);
  const { checks } = context.config();
  return row.backfill === 1 || released.has("age")
    ? { settings: { ...checks, age: "off", future_date: "off" }, released }
    : { settings: checks, released };
}

/** What the checks of the listing look at. */
export const listingOf = (
  context: Context,
  row: EntryRow,
  entry: ParsedEntry,
  { maxAge }: FeedConfig,
): Listing => ({
  link: entry.link,
  published: entry.published,
  firstSeenAt: row.firstSeenAt,
  now: context.clock.now(),
  maxAge,
});

/** Where a feed's articles are at home. */
export const homeOf = ({ url, feedUrl, siteUrl }: FeedRow): readonly string[] =>
  [url, feedUrl, siteUrl].filter((address) => address !== null);

/** The reasons of all checks with this outcome, as one; null: none has it. */
export function reasonsOf(checks: readonly CheckResult[], outcome: CheckResult["outcome"]): string | null {
  const reasons = checks.filter((one) => one.outcome === outcome).map(({ reason }) => reason);
  return reasons.length === 0 ? null : reasons.join("; ");
}

/** The names of all checks that hold, as `heldBy` keeps them. */
export const holders = (checks: readonly CheckResult[]): string =>
  checks
    .filter(({ outcome }) => outcome === "held")
    .map(({ check }) => check)
    .join(" ");

/** What an admin is told of a hold. */
export function holdNotice(row: EntryRow, title: string, reason: string): string {
  const name = row.link ?? row.id;
  return `“${title}” is held: ${reason}. Post it: bulletin release ${name}. Another title: bulletin edit ${name} --title "...". Give it up: bulletin drop ${name}`;
}

/**
 * The checks of time, once for each delivery and while no attempt was made: they may keep the post back, never change
 * it. `notes` are kept with what they say. Null: it may go.
 */
export async function checkFirst(
  context: Context,
  destination: Destination,
  delivery: DeliveryRow,
  entry: EntryRow,
  text: () => string,
  notes: readonly CheckResult[],
): Promise<Step | null> {
  if (delivery.firstAttemptAt !== null || delivery.checks !== null) return null;
  const now = context.clock.now();
  const config = destinationConfigOf(context.config(), destination.id);
  const { language } = JSON.parse(entry.article ?? "null") as Article;
  const written = writtenAt({ published: entry.publishedAt, firstSeenAt: entry.firstSeenAt });
  const sending = { text, language, writtenAt: written, now, timezone: config?.timezone ?? "UTC" };
  const asking = { settings: context.config().checks, released: new Set<string>() };
  const checks = [...notes, ...checkSending(sending, asking)];
  if (checks.length === 0) return null;
  const [skipped, held] = [reasonsOf(checks, "skipped"), reasonsOf(checks, "held")];
  if (skipped === null && held === null) {
    await noteDelivery(context.store, delivery, checks);
    return null;
  }
  const notice = holdNotice(entry, entry.editedTitle ?? entry.title, `${destination.name}: ${held}`);
  await settleDelivery(
    context.store,
    delivery,
    now,
    skipped !== null
      ? { kind: "skipped", reason: skipped, checks }
      : { kind: "held", reason: held ?? "", notice, checks },
  );
  return { kind: "settled" };
}
