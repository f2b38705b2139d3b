import type { RemoteRef, SendResult } from "../../domain/types.ts";
import type { Answer, DiscordClient } from "./client.ts";
import { ARCHIVED, type Failure, LOCKED, MAY_NOT, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE } from "./errors.ts";
import type { Read, Reader } from "./reader.ts";
import { messagesReply, threadReply } from "./replies.ts";

/** Deletes a message; one that is gone is deleted. */
export async function removeMessage(
  client: DiscordClient,
  channelId: string,
  ref: RemoteRef,
  signal: AbortSignal,
): Promise<SendResult> {
  const path = `/channels/${channelId}/messages/${ref.id}` as const;
  const failed = failureOf(
    await client.ask({ method: "DELETE", path, repeatable: true }, signal),
    UNKNOWN_MESSAGE,
  );
  return failed === null ? { kind: "sent", ref } : failed.result;
}

/**
 * Takes a forum's post back: the whole thread while nobody else has written in it. Else, and where the bot may not
 * delete threads, its first message alone, and that is `rejected`: an admin must see to the rest.
 */
export async function removePost(
  client: DiscordClient,
  reader: Reader,
  ref: RemoteRef,
  signal: AbortSignal,
): Promise<SendResult> {
  const replied = await hasReplies(reader, ref.id, signal);
  if (replied.kind === "failure")
    return replied.code === UNKNOWN_CHANNEL ? { kind: "sent", ref } : ofThread(replied);
  if (!replied.body) {
    const thread = { method: "DELETE", path: `/channels/${ref.id}`, repeatable: true } as const;
    const failed = failureOf(await client.ask(thread, signal), UNKNOWN_CHANNEL);
    if (failed === null) return { kind: "sent", ref };
    if (failed.code !== MAY_NOT) return ofThread(failed);
  }
  const failed = await removeFirst(client, ref.id, signal);
  if (failed !== null) return failed.code === UNKNOWN_CHANNEL ? { kind: "sent", ref } : ofThread(failed);
  const reason = replied.body
    ? "others have written in its thread, so that only its own message was deleted"
    : "its message was deleted, but to delete its thread the bot needs Manage Threads";
  return { kind: "rejected", reason };
}

/** What is in the way of what a request asked for; null: nothing, or it was done before (these codes say so). */
const failureOf = (answer: Answer, ...doneBefore: readonly number[]): Failure | null =>
  answer.kind === "answer" || doneBefore.includes(answer.code ?? 0) ? null : answer;

/** An archived or locked thread says nothing of its forum. */
function ofThread({ code, result }: Failure): SendResult {
  return code === ARCHIVED || code === LOCKED ? { kind: "rejected", reason: result.reason } : result;
}

/** Whether somebody else wrote in a thread; where its messages are hidden or gone, the thread's own count tells. */
async function hasReplies(reader: Reader, threadId: string, signal: AbortSignal): Promise<Read<boolean>> {
  const me = await reader.me(signal);
  if (me.kind === "failure") return me;
  const messages = await reader.read(`/channels/${threadId}/messages?limit=100`, messagesReply, signal);
  if (messages.kind === "failure") return messages;
  if (messages.body.length > 0)
    return { kind: "answer", body: messages.body.some(({ author }) => author.id !== me.body.id) };
  const thread = await reader.read(`/channels/${threadId}`, threadReply, signal);
  return thread.kind === "failure" ? thread : { kind: "answer", body: thread.body.message_count !== 0 };
}

/** Deletes a thread's first message; an archived thread is opened for it. Null: it is gone. */
async function removeFirst(
  client: DiscordClient,
  threadId: string,
  signal: AbortSignal,
): Promise<Failure | null> {
  const path = `/channels/${threadId}/messages/${threadId}` as const;
  const first = { method: "DELETE", path, repeatable: true } as const;
  const failed = failureOf(await client.ask(first, signal), UNKNOWN_MESSAGE);
  if (failed?.code !== ARCHIVED) return failed;
  const open = {
    method: "PATCH",
    path: `/channels/${threadId}`,
    body: { archived: false },
    repeatable: true,
  } as const;
  const closed = failureOf(await client.ask(open, signal));
  return closed ?? failureOf(await client.ask(first, signal), UNKNOWN_MESSAGE);
}
