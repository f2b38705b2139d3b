import type { FindResult, FrozenDelivery, Millis, RecentResult, StandingPost } from "../../domain/types.ts";
import { normaliseSpace } from "../../lib/text.ts";
import { type Failure, UNKNOWN_MESSAGE } from "./errors.ts";
import { BEFORE, PAGE, PAGES, sameWords, unreadable, type Unreadable, writtenAt } from "./find.ts";
import { forumPostIn } from "./forum.ts";
import { type Read, readPatiently, type Search } from "./reader.ts";
import { linksIn, PAGES as MANY_PAGES } from "./recent.ts";
import { messageReply, threadsReply } from "./replies.ts";
import type { MessageReply, ThreadReply } from "./replies.ts";

/** A destination has one post in doubt; more than these that no delivery owns are somebody else's work. */
const STRANGERS = 50;

/** Where a forum's post stands, as Discord's "Copy Link" gives it. */
export const postUrl = (home: string, threadId: string): string =>
  `https://discord.com/channels/${home}/${threadId}`;

/**
 * Looks for a forum's post in doubt: a thread of our own, begun since before the first attempt, that no other delivery
 * owns, with the frozen name and the frozen first message. One that has only one of the two may be it, so an admin
 * must look: somebody may have renamed it, or taken its message away.
 */
export async function findPost(
  search: Search,
  delivery: FrozenDelivery,
  settled: ReadonlySet<string>,
): Promise<FindResult> {
  const post = forumPostIn(delivery.post.payload);
  if (delivery.firstAttemptAt === null || post === null) return { kind: "absent" };
  const read = await readOwnPosts(search, delivery.firstAttemptAt - BEFORE, PAGES);
  if (read.kind !== "read") return read.kind === "failure" ? unreadable(read) : read;
  const strangers = read.threads.filter(({ id }) => !settled.has(id));
  if (strangers.length > STRANGERS)
    return { kind: "unreadable", reason: "more posts of the bot stand there than can be told apart" };
  let alike: string | null = null;
  for (const { id, name } of strangers) {
    const first = await readFirst(search, id);
    if (first.kind === "failure") return unreadable(first);
    const url = postUrl(read.home, id);
    const sameName = normaliseSpace(name) === normaliseSpace(post.name);
    const sameText = first.body !== null && sameWords(post.message, first.body);
    if (sameName && sameText) return { kind: "found", ref: { id, url, cid: null } };
    if (sameName || sameText)
      alike ??= `${url} has its ${sameName ? "title, but not its text" : "text, but not its title"}`;
  }
  return alike === null ? { kind: "absent" } : { kind: "unreadable", reason: alike };
}

/** Every post of our own in a forum since then, with the links that its first message shows; or `unreadable`. */
export async function readRecentPosts(search: Search, since: Millis): Promise<RecentResult> {
  const read = await readOwnPosts(search, since, MANY_PAGES);
  if (read.kind === "failure") return unreadable(read);
  if (read.kind !== "read") return read;
  const posts: StandingPost[] = [];
  for (const thread of read.threads) {
    const first = await readFirst(search, thread.id);
    if (first.kind === "failure") return unreadable(first);
    if (first.body === null) continue;
    const ref = { id: thread.id, url: postUrl(read.home, thread.id), cid: null };
    posts.push({ ref, links: linksIn(first.body), at: writtenAt(thread) });
  }
  return { kind: "read", posts };
}

type OwnPosts = { readonly kind: "read"; readonly home: string; readonly threads: readonly ThreadReply[] };

/**
 * Our own threads in a forum, begun since then. Active ones are read before and after the archived ones, as one that
 * somebody opens again meanwhile would be missed in both.
 */
async function readOwnPosts(
  search: Search,
  since: Millis,
  most: number,
): Promise<OwnPosts | Unreadable | Failure> {
  const me = await search.reader.me(search.signal);
  if (me.kind === "failure") return me;
  const home = await search.reader.home(search.channelId, search.signal);
  if (home.kind === "failure") return home;
  const active = () => readPatiently(search, `/guilds/${home.body}/threads/active`, threadsReply);
  const before = await active();
  if (before.kind === "failure") return before;
  const archived = await readArchived(search, since, most);
  if (archived.kind !== "answer") return archived;
  const after = await active();
  if (after.kind === "failure") return after;
  const all = [...before.body.threads, ...archived.body, ...after.body.threads].filter(
    (thread) =>
      thread.parent_id === search.channelId && thread.owner_id === me.body.id && writtenAt(thread) >= since,
  );
  return { kind: "read", home: home.body, threads: [...new Map(all.map((one) => [one.id, one])).values()] };
}

/** The archived threads of a forum, last archived first, back to then: what was archived before was begun before. */
async function readArchived(
  search: Search,
  since: Millis,
  most: number,
): Promise<Read<readonly ThreadReply[]> | Unreadable> {
  const found = new Map<string, ThreadReply>();
  let before = "";
  for (let page = 0; page < most; page++) {
    const path = `/channels/${search.channelId}/threads/archived/public?limit=${PAGE}${before}` as const;
    const read = await readPatiently(search, path, threadsReply);
    if (read.kind === "failure") return read;
    const fresh = read.body.threads.filter(({ id }) => !found.has(id));
    for (const thread of fresh) found.set(thread.id, thread);
    const oldest = Math.min(...fresh.map(archivedAt));
    if (read.body.has_more !== true || oldest < since) return { kind: "answer", body: [...found.values()] };
    if (fresh.length === 0) break;
    // What was archived within the same moment as the last of this page is asked for once more.
    before = `&before=${encodeURIComponent(new Date(oldest + 1).toISOString())}`;
  }
  return {
    kind: "unreadable",
    reason: `more than ${most * PAGE} posts were archived in the forum since then`,
  };
}

const archivedAt = ({ thread_metadata: { archive_timestamp: at } }: ThreadReply): Millis =>
  Math.trunc(Date.parse(at ?? "")) || 0;

/** A post's first message, which has the thread's id; null: somebody deleted it. */
async function readFirst(search: Search, threadId: string): Promise<Read<MessageReply | null>> {
  const path = `/channels/${threadId}/messages/${threadId}` as const;
  const read = await readPatiently(search, path, messageReply);
  return read.kind === "failure" && read.code === UNKNOWN_MESSAGE ? { kind: "answer", body: null } : read;
}
