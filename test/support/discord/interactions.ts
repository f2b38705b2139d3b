import {
  CreateMessageInteractionCallbackRequestSchema,
  IncomingWebhookInteractionRequestSchema,
  ModalInteractionCallbackRequestSchema,
  UpdateMessageInteractionCallbackRequestSchema,
} from "discord-api-spec/zod";
import { API_ERRORS, invalidForm } from "./errors.ts";
import type { ComponentForm } from "./form.ts";
import { clickerReply, messageReply } from "./replies.ts";
import type { Call, Reply } from "./routes.ts";
import { type Message, nextSnowflake, type World } from "./world.ts";

/** How long a click may wait for its first answer. */
const HEARD_WITHIN = 3_000;
const TOKEN_LIFE = 900_000;

/** Somebody in the server, as far as a click tells of him. */
export type Member = { readonly username: string; readonly permissions: bigint };

/** A click, and what the one who clicked gets to see of it. */
export type Click = {
  readonly id: string;
  readonly token: string;
  readonly message: Message;
  readonly by: Member;
  readonly at: number;
  /** null: nothing so far; after three seconds Discord shows that it failed. */
  answer: "later" | "message" | Modal | null;
  /** What only he sees. */
  readonly told: string[];
};

export type Modal = { readonly customId: string; readonly title: string; readonly fields: readonly Field[] };
type Field = { readonly customId: string; readonly value: string; readonly max: number };

/** A click on the button with this label. */
export function clickOn(
  world: World,
  message: Message,
  label: string,
  by: Member,
): { readonly click: Click; readonly event: object } {
  const button = buttons(message.components).find((one) => one.label === label);
  if (button === undefined) throw new Error(`no button “${label}” on “${message.content}”`);
  const click = newClick(world, message, by);
  const data = { custom_id: button.custom_id, component_type: 2, id: 1 };
  return { click, event: eventOf(world, click, 3, data) };
}

/** The modal of an earlier click is sent off with these values. */
export function submitOf(
  world: World,
  { answer, message, by }: Click,
  values: Readonly<Record<string, string>>,
): { readonly click: Click; readonly event: object } {
  if (answer === null || typeof answer === "string") throw new Error("that click opened no modal");
  const components = answer.fields.map(({ customId, value, max }, index) => {
    const written = values[customId] ?? value;
    if (written.length > max) throw new Error(`Discord takes ${max} characters there`);
    return {
      type: 18,
      id: 2 * index + 1,
      component: { type: 4, id: 2 * index + 2, custom_id: customId, value: written },
    };
  });
  const click = newClick(world, message, by);
  return { click, event: eventOf(world, click, 5, { custom_id: answer.customId, components }) };
}

const buttons = (rows: readonly ComponentForm[]): readonly ComponentForm[] =>
  rows.flatMap((row) => row.components ?? []);

function newClick(world: World, message: Message, by: Member): Click {
  const id = nextSnowflake(world);
  const token = `aW50ZXJhY3Rpb24${id}`;
  const click: Click = { id, token, message, by, at: world.now(), answer: null, told: [] };
  world.clicks.set(token, click);
  return click;
}

const eventOf = (world: World, click: Click, type: number, data: object): object => ({
  id: click.id,
  application_id: world.botId,
  type,
  token: click.token,
  version: 1,
  guild_id: world.guildId,
  channel_id: click.message.channelId,
  member: clickerReply(world, click.by),
  message: messageReply(world, click.message),
  data,
  locale: "en-GB",
  guild_locale: "en-US",
  app_permissions: "0",
  entitlements: [],
  authorizing_integration_owners: { "0": world.guildId },
  context: 0,
  attachment_size_limit: 10_485_760,
});

type Body = {
  readonly type?: unknown;
  readonly data?: {
    readonly content?: string;
    readonly flags?: number;
    readonly custom_id?: string;
    readonly title?: string;
    readonly components?: readonly {
      readonly component?: {
        readonly custom_id?: string;
        readonly value?: string;
        readonly max_length?: number;
      };
    }[];
  };
};

const SCHEMAS = new Map([
  [4, CreateMessageInteractionCallbackRequestSchema],
  [5, CreateMessageInteractionCallbackRequestSchema],
  [6, UpdateMessageInteractionCallbackRequestSchema],
  [7, UpdateMessageInteractionCallbackRequestSchema],
  [9, ModalInteractionCallbackRequestSchema],
]);

/** POST /interactions/ID/TOKEN/callback */
export function answerClick({ world, ids, body }: Call): Reply {
  const click = world.clicks.get(ids[1] ?? "");
  if (click === undefined || click.id !== ids[0] || world.now() - click.at > HEARD_WITHIN)
    return { kind: "error", error: API_ERRORS.unknownInteraction };
  if (click.answer !== null) return { kind: "error", error: API_ERRORS.alreadyAcknowledged };
  const { type, data } = body as Body;
  const parsed = SCHEMAS.get(Number(type))?.safeParse(body);
  if (parsed?.success !== true) return refuse(parsed?.error.issues ?? []);
  if (type === 4 && isEphemeral(data?.flags)) click.told.push(data?.content ?? "");
  click.answer = type === 9 ? modalOf(data) : type === 4 ? "message" : "later";
  return { kind: "ok", status: 204 };
}

/** POST /webhooks/APPLICATION/TOKEN: a word after the first answer. */
export function followUpClick({ world, ids, body }: Call): Reply {
  const click = world.clicks.get(ids[1] ?? "");
  if (ids[0] !== world.botId || click === undefined || click.answer === null || expired(world, click))
    return { kind: "error", error: API_ERRORS.unknownWebhook };
  const parsed = IncomingWebhookInteractionRequestSchema.safeParse(body);
  if (!parsed.success) return refuse(parsed.error.issues);
  const { content = "", flags } = body as NonNullable<Body["data"]>;
  if (!isEphemeral(flags)) throw new Error("a word to one person must be for his eyes only");
  click.told.push(content);
  return { kind: "ok", status: 200, body: { ...messageReply(world, click.message), content, flags } };
}

const expired = (world: World, click: Click): boolean => world.now() - click.at > TOKEN_LIFE;
const isEphemeral = (flags: number | undefined): boolean => ((flags ?? 0) & 64) !== 0;

const refuse = (
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): Reply => ({
  kind: "error",
  error: invalidForm(
    issues.map(({ path, message }) => ({ path: path.map(String), code: "BASE_TYPE_INVALID", message })),
  ),
});

function modalOf(data: Body["data"]): Modal {
  const fields = (data?.components ?? []).map(({ component }) => ({
    customId: component?.custom_id ?? "",
    value: component?.value ?? "",
    max: component?.max_length ?? 4_000,
  }));
  for (const { value, max } of fields)
    if (value.length > max) throw new Error("the value passes its own limit");
  return { customId: data?.custom_id ?? "", title: data?.title ?? "", fields };
}
