import type { Card, CardBoard, Clock, SendResult } from "../../domain/types.ts";
import { cardIn, drawCard } from "./card.ts";
import type { DiscordClient } from "./client.ts";
import { createMessage } from "./create.ts";
import { UNKNOWN_MESSAGE } from "./errors.ts";
import { findOwn, refOf } from "./find.ts";
import type { Reader } from "./reader.ts";

type Bot = { readonly client: DiscordClient; readonly reader: Reader; readonly clock: Clock };

/** A channel as the place where cards stand: each is posted once (its id is the nonce), and drawn again in place. */
export function boardOf({ client, reader, clock }: Bot, channelId: string): CardBoard {
  return {
    channelId,
    post: (card, signal) => {
      const body = { ...drawCard(card), nonce: card.id, enforce_nonce: true };
      return createMessage(client, reader, channelId, body, signal);
    },
    find: (cardId, since, signal) =>
      findOwn(
        { reader, clock, channelId, signal },
        since,
        (message) => cardIn(message.components) === cardId,
      ),
    redraw: (place, card, signal) => redraw(client, place, card, signal),
  };
}

/** A card that somebody deleted is not drawn again: that was said clearly enough. */
async function redraw(
  client: DiscordClient,
  { channelId, messageId }: Parameters<CardBoard["redraw"]>[0],
  card: Card,
  signal: AbortSignal,
): Promise<SendResult> {
  const path = `/channels/${channelId}/messages/${messageId}` as const;
  const answer = await client.ask({ method: "PATCH", path, body: drawCard(card), repeatable: true }, signal);
  if (answer.kind === "answer" || answer.code === UNKNOWN_MESSAGE)
    return { kind: "sent", ref: refOf("@me", channelId, messageId) };
  return answer.result;
}
