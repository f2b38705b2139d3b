import type { Destination, Millis, Summary, Post, PostOptions } from "../domain/types.ts";
import type { Context } from "../pipeline/context.ts";
import type { Schedule } from "../pipeline/schedule.ts";
import type { Store } from "../store/open.ts";
import type { DestinationRow } from "../store/tables.ts";

/** What every command works with: the pipeline's context, and what `app` knows besides. */
export type Operator = {
  readonly context: Context;
  readonly schedule: Schedule;
  readonly composers: Readonly<Record<"discord" | "bluesky", Composer>>;
  /** Opens another store, for a move; the password of the config's store goes with it. */
  readonly openStore: (location: string) => Promise<Store>;
  readonly destinations: () => ReadonlyMap<string, Destination>;
  /** The admin channel, as far as `check` needs it; null when there is none or no token. */
  readonly adminChannel: () => Destination | null;
};

export type Composer = (summary: Summary, options: PostOptions) => readonly Post[];

/** What a command that changes something says it did, a line each. */
export type Done = {
  readonly lines: readonly string[];
  /** Not all of it came about, and a person can mend it: the exit code is 1. */
  readonly failed?: boolean;
};

/** How a command is typed for a name, which may have spaces in it. */
export const commandFor = (command: string, name: string): string =>
  `bulletin ${command} ${/^[\w.:/@-]+$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`}`;

/** A time as people read it, in the zone of the config; "-" for none. */
export function timeText(at: Millis | null, timezone: string): string {
  if (at === null) return "-";
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  return `${zoned.toPlainDate().toString()} ${zoned.toPlainTime().toString({ smallestUnit: "second" })}`;
}

/** Why nothing is sent to a destination though it is active: a copy of the store was restored; null: it is open. */
export const closedText = ({ rereadFrom }: DestinationRow, timezone: string): string | null =>
  rereadFrom === null
    ? null
    : `closed since a copy of the store was restored: it opens when its posts since ${timeText(rereadFrom, timezone)} were read back`;

/** A time as part of a file's name, such as 2026-11-25T163000Z: sorts by time, and every file system takes it. */
export const fileTime = (at: Millis): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: "second" }).replaceAll(":", "");
