import { CompiledQuery, type Kysely, sql } from "kysely";
import type { Millis, Validators } from "../domain/types.ts";
import { gather } from "./group.ts";
import { storable } from "./storable.ts";
import type { FeedRow, Tables } from "./tables.ts";
import { persistent } from "./transaction.ts";

type Db = Kysely<Tables>;

/** A poll that brought nothing, of a feed whose address stays as it is. */
export type UnchangedPoll = {
  readonly feed: Pick<FeedRow, "id" | "attempt">;
  readonly now: Millis;
  readonly validators: Validators;
  readonly dueAt: Millis;
  /** A push that came meanwhile makes the feed due so long after it was asked; absent: pushes change nothing. */
  readonly pushGap?: Millis;
};

/** Settles one, fenced by the feed's attempt. False: the lease was lost, nothing was written. */
export type SettleUnchanged = (poll: UnchangedPoll) => Promise<boolean>;

type Waiting = {
  readonly poll: UnchangedPoll;
  readonly resolve: (isWritten: boolean) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Most polls bring nothing, so these cost least: those that end in the same turn of the event loop are settled by one
 * statement, whose text is made once for each number of rows. They leave no row of their own in the feed's history: that it was
 * asked and well shows in the feed.
 */
export function openUnchanged(db: Db): SettleUnchanged {
  const texts = new Map<number, string>();

  const settle = async (polls: readonly UnchangedPoll[]): Promise<ReadonlySet<string>> => {
    const text = texts.get(polls.length) ?? textFor(db, polls.length);
    texts.set(polls.length, text);
    const parameters: unknown[] = [];
    for (const poll of polls) addValues(parameters, poll);
    const statement = CompiledQuery.raw(text, parameters);
    const { rows } = await persistent(() => db.executeQuery<{ readonly id: string }>(statement));
    return new Set(rows.map(({ id }) => id));
  };

  const begin = gather<Waiting>(async (units) => {
    try {
      const written = await settle(units.map(({ poll }) => poll));
      for (const { poll, resolve } of units) resolve(written.has(poll.feed.id));
    } catch (error) {
      for (const { reject } of units) reject(error);
    }
  });
  return (poll) => {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    begin({ poll, resolve, reject });
    return promise;
  };
}

function addValues(parameters: unknown[], { feed, now, validators, dueAt, pushGap }: UnchangedPoll): void {
  const { etag, lastModified } = validators;
  parameters.push(feed.id, feed.attempt, storable(etag), storable(lastModified), now, dueAt, pushGap ?? null);
}

/** PostgreSQL takes a value without a type for text. */
const ROW = sql`(${sql.join(
  ["text", "bigint", "text", "text", "bigint", "bigint", "bigint"].map(
    (type) => sql`cast(${null} as ${sql.raw(type)})`,
  ),
)})`;

const textFor = (db: Db, rows: number): string =>
  sql`
    with v (id, attempt, etag, last_modified, at, due_at, push_gap) as
      (values ${sql.join(Array.from({ length: rows }, () => ROW))})
    update feeds set
      etag = v.etag,
      last_modified = v.last_modified,
      failures = 0,
      reason = null,
      last_good_at = v.at,
      due_at = case
        when feeds.pushed_at > feeds.asked_at and feeds.asked_at + v.push_gap < v.due_at
        then feeds.asked_at + v.push_gap
        else v.due_at
      end
    from v
    where feeds.id = v.id and feeds.attempt = v.attempt
    returning feeds.id as id`.compile(db).sql;
