import type { Json, SendResult } from "../../domain/types.ts";
import type { DiscordClient } from "./client.ts";
import { unanswered } from "./errors.ts";
import { refOf } from "./find.ts";
import type { Reader } from "./reader.ts";
import { createdReply } from "./replies.ts";

/** Asks for the server first, as every link needs it: what fails there is known not to have been sent. */
export async function createMessage(
  client: DiscordClient,
  reader: Reader,
  channelId: string,
  body: Json,
  signal: AbortSignal,
): Promise<SendResult> {
  const home = await reader.home(channelId, signal);
  if (home.kind === "failure") return home.result;
  const answer = await client.ask({ method: "POST", path: `/channels/${channelId}/messages`, body }, signal);
  if (answer.kind === "failure") return answer.result;
  const created = createdReply.safeParse(answer.body);
  if (!created.success) return unanswered("Discord's answer names no message", false);
  return { kind: "sent", ref: refOf(home.body, channelId, created.data.id) };
}
