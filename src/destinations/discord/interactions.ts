import {
  ComponentType,
  InteractionResponseType,
  MessageFlags,
  PermissionFlagsBits,
  TextInputStyle,
} from "discord.js";
import { AdminError } from "../../domain/errors.ts";
import type { CardActions, CardAnswer, Clock, Json, Log, Millis } from "../../domain/types.ts";
import { ellipsize } from "../../lib/text.ts";
import { customId, readCustomId } from "./card.ts";
import { cleanText } from "./clean.ts";
import type { Answer, DiscordClient } from "./client.ts";
import { escapeMarkdown } from "./escape.ts";
import { interaction, type Interaction } from "./frames.ts";
import { fitEscaped } from "./story.ts";

export type InteractionsOptions = {
  readonly client: DiscordClient;
  readonly actions: CardActions;
  /** Cards elsewhere, as in a channel that once was the admin's, are out of use. */
  readonly channelId: string;
  readonly log: Log;
  readonly clock: Clock;
};

/** The longest title that the modal takes; Discord's own field takes 4,000. */
const TITLE_MAX = 300;
/** What is said to one person, of the 2,000 of a message. */
const ANSWER_MAX = 1_500;
/** Clicks under way may end on their own for this long when the program ends. */
const LAST_WORDS: Millis = 2_000;
/** Who may change what the server sees may decide what is posted in it. */
const NEEDED = PermissionFlagsBits.ManageGuild | PermissionFlagsBits.Administrator;

/**
 * Answers clicks on cards: asks whether the member may (Manage Server), tells Discord within its three seconds that the
 * click was heard, and only then does what it asks for: who was told that it failed must find that nothing happened.
 */
export function openInteractions(
  options: InteractionsOptions,
): AsyncDisposable & { readonly answer: (data: unknown) => void } {
  const under = new Set<Promise<void>>();
  const late = new AbortController();
  const answer = (data: unknown): void => {
    const read = interaction.safeParse(data);
    if (!read.success) return options.log.debug("an interaction that is none of ours", {});
    const running = answered(options, read.data, late.signal)
      .catch((error: unknown) => options.log.error("a click broke", { error }))
      .finally(() => under.delete(running));
    under.add(running);
  };
  return {
    answer,
    [Symbol.asyncDispose]: async () => {
      await Promise.race([Promise.all(under), options.clock.sleep(LAST_WORDS)]);
      late.abort();
      await Promise.all(under);
    },
  };
}

async function answered(
  options: InteractionsOptions,
  click: Interaction,
  signal: AbortSignal,
): Promise<void> {
  const { actions } = options;
  const meant = readCustomId(click.data.custom_id);
  const member = click.member;
  const say = (text: string): Promise<Answer> => callback(options, click, ephemeral(text), signal);
  if (meant === null) return void (await say("This button is not known any more."));
  if (click.channel_id !== options.channelId)
    return void (await say("The admin channel is another one now: its cards decide."));
  if (member === undefined || (BigInt(member.permissions) & NEEDED) === 0n)
    return void (await say("Only members with the permission Manage Server may do that."));
  const { verb, cardId } = meant;
  const who = `@${cleanText(member.user.username)}`;
  if (verb === "edit") {
    const title = await answerOf(options, () => actions.title(cardId));
    if (title.kind === "title")
      return void (await callback(options, click, modal(cardId, title.title), signal));
    return void (await say(title.kind === "done" ? "Done." : title.why));
  }
  const heard = await callback(
    options,
    click,
    { type: InteractionResponseType.DeferredMessageUpdate },
    signal,
  );
  if (heard.kind === "failure")
    return options.log.info("a click came too late", { reason: heard.result.reason });
  const done = await answerOf<CardAnswer>(options, () => {
    if (verb === "post") return actions.release(cardId, who);
    if (verb === "drop") return actions.drop(cardId, who);
    return actions.edit(cardId, titleIn(click), who);
  });
  if (done.kind === "not done") await followUp(options, click, done.why, signal);
}

/** What the action says; what a person can mend is told, a bug is logged. */
async function answerOf<T>(
  { log }: InteractionsOptions,
  act: () => Promise<T>,
): Promise<T | { readonly kind: "not done"; readonly why: string }> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof AdminError) return { kind: "not done", why: error.message };
    log.error("a click broke", { error });
    return { kind: "not done", why: "That did not work (internal error): the log says more." };
  }
}

const titleIn = ({ data }: Interaction): string =>
  cleanText(
    data.components?.find((one) => one.component?.custom_id === "title")?.component?.value ?? "",
  ).slice(0, 2 * TITLE_MAX);

/** Only for the one who clicked; it is data, and pings nobody. */
const message = (text: string): Json => ({
  content: escapeMarkdown(fitEscaped(text, ANSWER_MAX)),
  flags: MessageFlags.Ephemeral,
  allowed_mentions: { parse: [] },
});

const ephemeral = (text: string): Json => ({
  type: InteractionResponseType.ChannelMessageWithSource,
  data: message(text),
});

/** Asks for the title, with the present one filled in. */
const modal = (cardId: string, title: string): Json => ({
  type: InteractionResponseType.Modal,
  data: {
    custom_id: customId("title", cardId),
    title: "Edit title",
    components: [
      {
        type: ComponentType.Label,
        label: "The title to post",
        component: {
          type: ComponentType.TextInput,
          custom_id: "title",
          style: TextInputStyle.Paragraph,
          value: ellipsize(cleanText(title), TITLE_MAX, (text) => text.length),
          min_length: 1,
          max_length: TITLE_MAX,
          required: true,
        },
      },
    ],
  },
});

/** The first answer to a click; its path bears the click's own token, which holds for three seconds. */
const callback = (
  { client }: InteractionsOptions,
  { id, token }: Interaction,
  body: Json,
  signal: AbortSignal,
): Promise<Answer> =>
  client.ask({ method: "POST", path: `/interactions/${id}/${token}/callback`, body, ownToken: true }, signal);

/** A later word to the one who clicked, within a quarter of an hour. */
async function followUp(
  { client, log }: InteractionsOptions,
  { application_id: id, token }: Interaction,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const path = `/webhooks/${id}/${token}` as const;
  const told = await client.ask({ method: "POST", path, body: message(text), ownToken: true }, signal);
  if (told.kind === "failure") log.info("a click's answer was not told", { reason: told.result.reason });
}
