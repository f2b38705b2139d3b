import type { ApiError } from "./errors.ts";
import { API_ERRORS } from "./errors.ts";
import { checkCreate, checkEdit } from "./form.ts";
import { answerClick, followUpClick } from "./interactions.ts";
import {
  channelReply,
  createdReply,
  gatewayReply,
  guildReply,
  meReply,
  memberReply,
  messageReply,
  threadReply,
} from "./replies.ts";
import { activeThreads, archivedThreads, createThread, deleteThread, editThread } from "./threads.ts";
import { CROSSPOSTED, PERMISSION, addMessage, botPermissions, knownNonce, trimmed } from "./world.ts";
import type { Channel, Message, Thread, World } from "./world.ts";

export type RouteName =
  | "me"
  | "channel"
  | "guild"
  | "roles"
  | "member"
  | "create"
  | "history"
  | "message"
  | "edit"
  | "delete"
  | "crosspost"
  | "createThread"
  | "activeThreads"
  | "archivedThreads"
  | "editThread"
  | "deleteThread"
  | "gateway"
  | "callback"
  | "followUp";

export type Call = {
  readonly world: World;
  readonly port: number;
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Tells the gateway's sessions of an event. */
  readonly tell: (name: string, data: object) => void;
};

export type Reply =
  | { readonly kind: "ok"; readonly status: 200 | 201 | 204; readonly body?: unknown }
  | { readonly kind: "error"; readonly error: ApiError };

type Route = {
  readonly name: RouteName;
  readonly method: string;
  readonly pattern: RegExp;
  readonly answer: (call: Call) => Reply;
  /** Its path bears a token of its own: the bot's is not asked for. */
  readonly ownToken?: boolean;
};

const ok = (body: unknown): Reply => ({ kind: "ok", status: 200, body });
const refuse = (error: ApiError): Reply => ({ kind: "error", error });

/** The routes below `/api/v10` that this stand-in knows. */
export const ROUTES: readonly Route[] = [
  { name: "me", method: "GET", pattern: /^\/users\/@me$/, answer: ({ world }) => ok(meReply(world)) },
  {
    name: "gateway",
    method: "GET",
    pattern: /^\/gateway\/bot$/,
    answer: ({ port }) => ok(gatewayReply(port)),
  },
  { name: "channel", method: "GET", pattern: /^\/channels\/(\d+)$/, answer: getChannel },
  { name: "guild", method: "GET", pattern: /^\/guilds\/(\d+)$/, answer: getGuild },
  { name: "roles", method: "GET", pattern: /^\/guilds\/(\d+)\/roles$/, answer: getRoles },
  { name: "member", method: "GET", pattern: /^\/guilds\/(\d+)\/members\/(\d+)$/, answer: getMember },
  { name: "create", method: "POST", pattern: /^\/channels\/(\d+)\/messages$/, answer: createMessage },
  { name: "history", method: "GET", pattern: /^\/channels\/(\d+)\/messages$/, answer: getHistory },
  { name: "message", method: "GET", pattern: /^\/channels\/(\d+)\/messages\/(\d+)$/, answer: getMessage },
  { name: "edit", method: "PATCH", pattern: /^\/channels\/(\d+)\/messages\/(\d+)$/, answer: editMessage },
  {
    name: "delete",
    method: "DELETE",
    pattern: /^\/channels\/(\d+)\/messages\/(\d+)$/,
    answer: deleteMessage,
  },
  {
    name: "crosspost",
    method: "POST",
    pattern: /^\/channels\/(\d+)\/messages\/(\d+)\/crosspost$/,
    answer: crosspost,
  },
  {
    name: "createThread",
    method: "POST",
    pattern: /^\/channels\/(\d+)\/threads$/,
    answer: (call) => inside(call, createThread),
  },
  {
    name: "activeThreads",
    method: "GET",
    pattern: /^\/guilds\/(\d+)\/threads\/active$/,
    answer: activeThreads,
  },
  {
    name: "archivedThreads",
    method: "GET",
    pattern: /^\/channels\/(\d+)\/threads\/archived\/public$/,
    answer: (call) => inside(call, archivedThreads),
  },
  {
    name: "editThread",
    method: "PATCH",
    pattern: /^\/channels\/(\d+)$/,
    answer: (call) => inside(call, editThread),
  },
  {
    name: "deleteThread",
    method: "DELETE",
    pattern: /^\/channels\/(\d+)$/,
    answer: (call) => inside(call, deleteThread),
  },
  {
    name: "callback",
    method: "POST",
    pattern: /^\/interactions\/(\d+)\/([\w.~-]+)\/callback$/,
    answer: answerClick,
    ownToken: true,
  },
  {
    name: "followUp",
    method: "POST",
    pattern: /^\/webhooks\/(\d+)\/([\w.~-]+)$/,
    answer: followUpClick,
    ownToken: true,
  },
];

/** A channel that the bot can see, and what it may do there. In a thread that is what it may do in its forum. */
export type Inside = {
  readonly channel: Channel;
  readonly thread: Thread | null;
  readonly may: bigint;
};
type Entered = ({ readonly kind: "channel" } & Inside) | { readonly kind: "error"; readonly error: ApiError };

/** The channel of a call, if it exists and the bot can see it. */
function enter({ world, ids }: Call): Entered {
  const thread = world.threads.get(ids[0] ?? "") ?? null;
  const channel = thread ?? world.channels.get(ids[0] ?? "");
  const home = thread === null ? channel : world.channels.get(thread.parentId);
  if (channel === undefined || home === undefined) return { kind: "error", error: API_ERRORS.unknownChannel };
  const may = botPermissions(world, home);
  if (!(may & PERMISSION.view)) return { kind: "error", error: API_ERRORS.missingAccess };
  return { kind: "channel", channel, thread, may };
}

function inside(call: Call, answer: (call: Call, inside: Inside) => Reply): Reply {
  const entered = enter(call);
  return entered.kind === "error" ? entered : answer(call, entered);
}

function getChannel(call: Call): Reply {
  return inside(call, ({ world }, { channel, thread }) =>
    ok(thread === null ? channelReply(world, channel) : threadReply(world, thread)),
  );
}

function getGuild({ world, ids }: Call): Reply {
  return ids[0] === world.guildId ? ok(guildReply(world)) : refuse(API_ERRORS.unknownGuild);
}

function getRoles({ world, ids }: Call): Reply {
  if (ids[0] !== world.guildId) return refuse(API_ERRORS.unknownGuild);
  return ok(Reflect.get(guildReply(world), "roles"));
}

function getMember({ world, ids }: Call): Reply {
  if (ids[0] !== world.guildId) return refuse(API_ERRORS.unknownGuild);
  return ids[1] === world.botId ? ok(memberReply(world)) : refuse(API_ERRORS.unknownMember);
}

const TEXT_CHANNELS = new Set([0, 2, 5, 13]);

function createMessage(call: Call): Reply {
  const entered = enter(call);
  if (entered.kind === "error") return entered;
  if (!TEXT_CHANNELS.has(entered.channel.type)) return refuse(API_ERRORS.noText);
  if (!(entered.may & PERMISSION.send)) return refuse(API_ERRORS.missingPermissions);
  const checked = checkCreate(call.body);
  if (checked.kind === "error") return checked;
  const { form } = checked;
  if (form.embeds?.length && !(entered.may & PERMISSION.embed)) return refuse(API_ERRORS.missingPermissions);
  if (form.enforce_nonce === true) {
    const known = knownNonce(call.world, entered.channel.id, String(form.nonce));
    if (known === "deleted") return refuse(API_ERRORS.unknownMessage);
    if (known !== null) return ok(createdReply(call.world, known, form.nonce));
  }
  return ok(
    createdReply(call.world, addMessage(call.world, entered.channel.id, call.world.botId, form), form.nonce),
  );
}

const older = (a: Message, b: Message): number => (BigInt(a.id) < BigInt(b.id) ? -1 : 1);

/** `after` gives the page next to it, `before` and neither the newest; always newest first. */
function getHistory(call: Call): Reply {
  const entered = enter(call);
  if (entered.kind === "error") return entered;
  // Discord refuses nothing here: it shows an empty channel.
  if (!(entered.may & PERMISSION.history)) return ok([]);
  const limit = Math.min(100, Number(call.query.get("limit") ?? 50));
  const after = BigInt(call.query.get("after") ?? 0);
  const before = BigInt(call.query.get("before") ?? "9223372036854775807");
  const range = call.world.messages
    .filter(
      ({ channelId, id }) => channelId === entered.channel.id && BigInt(id) > after && BigInt(id) < before,
    )
    .toSorted(older);
  const page = call.query.has("after") ? range.slice(0, limit) : range.slice(-limit);
  return ok(page.toReversed().map((message) => messageReply(call.world, message)));
}

type Pointed =
  | ({ readonly kind: "message"; readonly message: Message } & Inside)
  | { readonly kind: "error"; readonly error: ApiError };

function pointed(call: Call): Pointed {
  const entered = enter(call);
  if (entered.kind === "error") return entered;
  const message = call.world.messages.find(
    (one) => one.id === call.ids[1] && one.channelId === entered.channel.id,
  );
  if (message === undefined) return { kind: "error", error: API_ERRORS.unknownMessage };
  return { ...entered, kind: "message", message };
}

function getMessage(call: Call): Reply {
  const found = pointed(call);
  if (found.kind === "error") return found;
  if (!(found.may & PERMISSION.history)) return refuse(API_ERRORS.missingPermissions);
  return ok(messageReply(call.world, found.message));
}

function editMessage(call: Call): Reply {
  const found = pointed(call);
  if (found.kind === "error") return found;
  if (found.message.authorId !== call.world.botId) return refuse(API_ERRORS.otherAuthor);
  const checked = checkEdit(call.body);
  if (checked.kind === "error") return checked;
  if (checked.form.content !== undefined) found.message.content = (checked.form.content ?? "").trim();
  if (checked.form.embeds !== undefined) found.message.embeds = (checked.form.embeds ?? []).map(trimmed);
  if (checked.form.components !== undefined) found.message.components = checked.form.components ?? [];
  found.message.editedAt = call.world.now();
  return ok(messageReply(call.world, found.message));
}

function deleteMessage(call: Call): Reply {
  const found = pointed(call);
  if (found.kind === "error") return found;
  const mine = found.message.authorId === call.world.botId;
  if (!mine && !(found.may & PERMISSION.manageMessages)) return refuse(API_ERRORS.missingPermissions);
  if (found.thread?.isArchived === true) return refuse(API_ERRORS.archivedThread);
  call.world.messages.splice(call.world.messages.indexOf(found.message), 1);
  return { kind: "ok", status: 204 };
}

const ANNOUNCEMENT = 5;

function crosspost(call: Call): Reply {
  const found = pointed(call);
  if (found.kind === "error") return found;
  if (found.channel.type !== ANNOUNCEMENT) return refuse(API_ERRORS.wrongChannelType);
  if (!(found.may & PERMISSION.send)) return refuse(API_ERRORS.missingPermissions);
  if (found.message.flags & CROSSPOSTED) return refuse(API_ERRORS.alreadyCrossposted);
  found.message.flags |= CROSSPOSTED;
  return ok(messageReply(call.world, found.message));
}
