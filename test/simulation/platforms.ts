import type { Destination, FrozenDelivery, Millis, SendResult } from "../../src/domain/types.ts";
import { MINUTE, SECOND } from "../support/clock.ts";
import type { Dice } from "../crash/round.ts";

/** One post as it stands on a platform. */
export type Standing = {
  readonly key: string;
  /** The articles that it shows: one, or those that an overflow post lists. */
  readonly urls: readonly string[];
  readonly id: string;
};

/** Both platforms, as far as sending once goes: what stands there outlives every process. */
export type Platforms = {
  /** Oldest first, by destination. */
  readonly standing: ReadonlyMap<string, readonly Standing[]>;
  /** What a moderator deleted: destination and article. */
  readonly deleted: ReadonlySet<string>;
  readonly deleteByHand: (id: string, ref: string) => void;
  /** How many sends brought another post than the one before under the same key. */
  readonly altered: () => number;
  /** The destinations as one process sees them: `isDead` says that it is no more. */
  readonly destinations: (process: Process) => readonly Destination[];
  /** From now on nothing fails. */
  readonly mend: () => void;
};

export type Process = {
  /** Writes down what happens, for whoever replays a seed. */
  readonly note: (text: string) => void;
  readonly isDead: () => boolean;
  /** May end the process, at a point of its work. */
  readonly pass: () => void;
  readonly sleep: (ms: Millis) => Promise<void>;
  readonly monotonic: () => Millis;
};

const DEADLINE: Millis = 20 * SECOND;
const NONCE_KNOWN: Millis = 2 * MINUTE;
export const DISCORD = "discord:1190000000000000101";
export const BLUESKY = "bluesky:gazette.example";

/** So many articles fit into one list. */
const FITS = 3;

/** The articles that a post shows. */
const urlsIn = ({ articleUrl, post: { payload } }: FrozenDelivery): readonly string[] =>
  (payload as { readonly urls?: readonly string[] }).urls ?? [articleUrl];

export function openPlatforms(roll: Dice): Platforms {
  const standing = new Map<string, Standing[]>([
    [DISCORD, []],
    [BLUESKY, []],
  ]);
  const nonces = new Map<string, { readonly at: Millis; readonly post: Standing }>();
  /** A forum's posts have no nonce: they are always looked for first. */
  const isForum = roll() < 0.3;
  const payloads = new Map<string, string>();
  const deleted = new Set<string>();
  let altered = 0;
  let made = 0;
  let fails = true;
  const chance = (p: number): boolean => fails && roll() < p;
  const of = (id: string): Standing[] => standing.get(id) ?? [];

  /** Bluesky: the key is the record's; Discord: a nonce, forgotten after a while. */
  function create(id: string, delivery: FrozenDelivery, now: Millis): Standing {
    const { key } = delivery;
    const nonce = nonces.get(`${id} ${key}`);
    const known =
      id === BLUESKY
        ? of(id).find((post) => post.key === key)
        : !isForum && nonce !== undefined && now - nonce.at < NONCE_KNOWN
          ? nonce.post
          : undefined;
    if (known !== undefined) return known;
    const post = { key, urls: urlsIn(delivery), id: `${key}-${(made += 1)}` };
    of(id).push(post);
    nonces.set(`${id} ${key}`, { at: now, post });
    return post;
  }

  /** An answer never reaches a process that is no more. */
  const answer = async <T>(process: Process, value: T): Promise<T> => {
    process.pass();
    process.note(`hears ${JSON.stringify(value)}${process.isDead() ? ", but is dead" : ""}`);
    return process.isDead() ? await new Promise<never>(() => undefined) : value;
  };

  /** Every attempt must bring the same bytes. A list that is known not to stand there may be broken up. */
  function compare(id: string, delivery: FrozenDelivery): void {
    const payload = JSON.stringify(delivery.post.payload);
    const same = `${id} ${delivery.key} ${urlsIn(delivery).join(" ")}`;
    const before = payloads.get(same);
    if (before !== undefined && before !== payload) altered += 1;
    payloads.set(same, payload);
  }

  function take(id: string, ref: string): Standing | undefined {
    const at = of(id).findIndex((post) => post.id === ref);
    return at < 0 ? undefined : of(id).splice(at, 1)[0];
  }

  /** The connection is gone, the request is not: it takes effect within the deadline, or never. */
  async function arriveLate(process: Process, id: string, delivery: FrozenDelivery): Promise<void> {
    const began = process.monotonic();
    await process.sleep(Math.floor(roll() * DEADLINE));
    if (process.monotonic() - began > DEADLINE) return;
    const post = create(id, delivery, process.monotonic());
    process.note(`${delivery.key} ${post.urls.join(" ")} stands in ${id} as ${post.id}, late`);
  }

  async function send(process: Process, id: string, delivery: FrozenDelivery): Promise<SendResult> {
    process.pass();
    if (process.isDead()) return await new Promise<never>(() => undefined);
    compare(id, delivery);
    const began = process.monotonic();
    // What stands there already is not refused where the key is the record's.
    const mayReject = id !== BLUESKY || !of(id).some((post) => post.key === delivery.key);
    if (id !== BLUESKY && chance(0.05)) {
      void arriveLate(process, id, delivery);
      return await answer(process, { kind: "unknown", reason: "cut on its way" });
    }
    if (chance(0.1)) await process.sleep(Math.floor(roll() * 8 * SECOND));
    // A request that takes longer was given up before it arrived.
    if (process.monotonic() - began > DEADLINE)
      return await answer(process, { kind: "unknown", reason: "no answer in time" });
    if (chance(0.08)) return await answer(process, { kind: "unknown", reason: "cut before" });
    if (chance(0.07))
      return await answer(process, {
        kind: "retry",
        afterMs: Math.floor(roll() * 4 * MINUTE),
        reason: "429",
      });
    if (chance(0.02)) return await answer(process, { kind: "refused", scope: "account", reason: "401" });
    if (mayReject && chance(0.02)) return await answer(process, { kind: "rejected", reason: "400" });
    // A process that is no more cannot call back what it sent.
    const post = create(id, delivery, process.monotonic());
    process.note(`${delivery.key} ${post.urls.join(" ")} stands in ${id} as ${post.id}`);
    if (chance(0.1)) return await answer(process, { kind: "unknown", reason: "cut after" });
    return await answer(process, { kind: "sent", ref: { id: post.id, url: null, cid: null } });
  }

  async function remove(process: Process, id: string, ref: string): Promise<SendResult> {
    process.pass();
    if (process.isDead()) return await new Promise<never>(() => undefined);
    if (chance(0.2)) return await answer(process, { kind: "unknown", reason: "cut before" });
    process.note(`${ref} is taken from ${id}`);
    take(id, ref);
    if (chance(0.2)) return await answer(process, { kind: "unknown", reason: "cut after" });
    return await answer(process, { kind: "sent", ref: { id: "", url: null, cid: null } });
  }

  const destination = (process: Process, id: string): Destination => ({
    id,
    platform: "preview",
    name: id,
    resend: id === BLUESKY ? "always" : { withinMs: MINUTE },
    isKeyless: () => id !== BLUESKY && isForum,
    compose: ({ url, title }, { createdAt }) => [
      { platform: "preview", payload: { urls: [url], createdAt }, image: null, text: title },
    ],
    composeOverflow: (summaries, { createdAt }) => {
      const urls = summaries.slice(0, FITS).map(({ url }) => url);
      const post = {
        platform: "preview",
        payload: { urls, createdAt },
        image: null,
        text: urls.join(" "),
      } as const;
      return { post, listed: urls.length };
    },
    send: (delivery) => send(process, id, delivery),
    find: async (delivery, settled) => {
      if (chance(0.03)) return await answer(process, { kind: "unreadable", reason: "too many pages" });
      if (chance(0.15))
        return await answer(process, { kind: "unreadable", reason: "503", retryAfterMs: 10 * SECOND });
      const sought = urlsIn(delivery).join(" ");
      const post = of(id).find((one) =>
        id === BLUESKY ? one.key === delivery.key : one.urls.join(" ") === sought && !settled.has(one.id),
      );
      return await answer(
        process,
        post === undefined
          ? { kind: "absent" as const }
          : { kind: "found" as const, ref: { id: post.id, url: null, cid: null } },
      );
    },
    recent: () => Promise.resolve({ kind: "read", posts: [] }),
    remove: ({ id: ref }) => remove(process, id, ref),
    check: () => Promise.resolve([]),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  return {
    standing,
    deleted,
    deleteByHand: (id, ref) => {
      const gone = take(id, ref);
      for (const url of gone?.urls ?? []) deleted.add(`${id} ${url}`);
    },
    altered: () => altered,
    destinations: (process) => [DISCORD, BLUESKY].map((id) => destination(process, id)),
    mend: () => (fails = false),
  };
}
