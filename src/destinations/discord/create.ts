import type { Json, RemoteRef, SendResult } from "../../domain/types.ts";
import type { DiscordClient } from "./client.ts";
import { UNKNOWN_MESSAGE, unanswered } from "./errors.ts";
import { refOf } from "./find.ts";
import { postUrl } from "./posts.ts";
import type { Reader } from "./reader.ts";
import { createdReply } from "./replies.ts";

/** Writes a message: with a nonce in it, twice within minutes makes one. */
export async function createMessage(
  client: DiscordClient,
  reader: Reader,
  channelId: string,
  body: Json,
  signal: AbortSignal,
  isOver?: () => boolean,
): Promise<SendResult> {
  const refIn = (home: string, id: string): RemoteRef => refOf(home, channelId, id);
  return await create(client, reader, { channelId, what: "messages", refIn, isOver }, body, signal);
}

/** Writes a post in a forum: a thread with its first message. There is no nonce for it. */
export async function createPost(
  client: DiscordClient,
  reader: Reader,
  channelId: string,
  body: Json,
  signal: AbortSignal,
  isOver?: () => boolean,
): Promise<SendResult> {
  const refIn = (home: string, id: string): RemoteRef => ({ id, url: postUrl(home, id), cid: null });
  return await create(client, reader, { channelId, what: "threads", refIn, isOver }, body, signal);
}

type Wanted = {
  readonly channelId: string;
  readonly what: "messages" | "threads";
  readonly refIn: (home: string, id: string) => RemoteRef;
  /** See `Destination.send`. */
  readonly isOver: (() => boolean) | undefined;
};

/** Asks for the server first, as every link needs it: what fails there is known not to have been sent. */
async function create(
  client: DiscordClient,
  reader: Reader,
  { channelId, what, refIn, isOver }: Wanted,
  body: Json,
  signal: AbortSignal,
): Promise<SendResult> {
  const home = await reader.home(channelId, signal);
  if (home.kind === "failure") return home.result;
  const path = `/channels/${channelId}/${what}` as const;
  const answer = await client.ask({ method: "POST", path, body, isOver }, signal);
  // The message that this nonce made is no more.
  if (answer.kind === "failure" && answer.code === UNKNOWN_MESSAGE)
    return { kind: "rejected", reason: answer.result.reason, gone: true };
  if (answer.kind === "failure") return answer.result;
  const created = createdReply.safeParse(answer.body);
  if (!created.success) return unanswered("Discord's answer names nothing that was made", false);
  return { kind: "sent", ref: refIn(home.body, created.data.id) };
}
