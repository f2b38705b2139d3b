import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../../src/lib/clock.ts";
import { answerer, suffer } from "./answer.ts";
import { REPORTED, openBuckets } from "./buckets.ts";
import type { Buckets, Limit } from "./buckets.ts";
import { API_ERRORS } from "./errors.ts";
import { openFaults } from "./faults.ts";
import type { Fault, Faults } from "./faults.ts";
import { openStandInGateway, type StandInGateway } from "./gateway.ts";
import { type Click, clickOn, type Member, submitOf } from "./interactions.ts";
import { ROUTES } from "./routes.ts";
import type { Reply, RouteName } from "./routes.ts";
import { addThread, archive, dropThread } from "./threads.ts";
import { PERMISSION, addMessage } from "./world.ts";
import type { Channel, ForumTag, Message, Overwrite, Thread, World } from "./world.ts";

export type StandInOptions = {
  /** For ids, timestamps, nonces and limits. */
  readonly clock?: { readonly now: () => number };
  readonly token?: string;
  readonly channels?: readonly ChannelSetup[];
  readonly nonceWindow?: number;
  /** null: no rate limits. */
  readonly limits?: Partial<Record<RouteName, Limit>> | null;
  /** How often the gateway wants to hear from the bot. */
  readonly heartbeatMs?: number;
};

/** Real ids have 17 to 19 digits: discord.js keeps shorter ones in one bucket for all channels. */
export type ChannelSetup = {
  readonly id: string;
  readonly name?: string;
  readonly type?: number;
  readonly overwrites?: readonly Overwrite[];
  readonly tags?: readonly ForumTag[];
  readonly requireTag?: boolean;
};

export type LoggedRequest = {
  readonly method: string;
  readonly path: string;
  readonly route: RouteName | null;
  readonly body: unknown;
  readonly userAgent: string | undefined;
  /** null: no answer was given. */
  readonly status: number | null;
  /** When it had been read, by the machine's clock. */
  readonly at: number;
};

export type DiscordStandIn = AsyncDisposable & {
  /** For discord.js's `rest: { api }`: without the version. */
  readonly api: string;
  readonly token: string;
  readonly botId: string;
  readonly guildId: string;
  readonly botRoleId: string;
  /** Oldest first. */
  readonly messages: (channelId: string) => readonly Message[];
  readonly requests: () => readonly LoggedRequest[];
  /** The 401, 403 and 429 that count towards a ban of the address. */
  readonly invalidRequests: () => number;
  /** Resolves when the next request of a route has been dealt with, answered or not. */
  readonly nextOf: (route: RouteName) => Promise<void>;
  readonly fault: (route: RouteName, fault: Fault, times?: number) => void;
  /** The faults that calls have met so far, in short: "create: 429 global". */
  readonly played: readonly string[];
  /** Nothing fails any more. */
  readonly mend: () => void;
  readonly addChannel: (channel: ChannelSetup) => void;
  /** What the bot's own overwrite takes from it in a channel. */
  readonly deny: (channelId: string, permissions: bigint) => void;
  /** Somebody else writes. */
  readonly write: (channelId: string, content: string) => Message;
  /** A moderator deletes. */
  readonly remove: (messageId: string) => void;
  /** The posts of a forum, oldest first; their messages are those of the channel with their id. */
  readonly threads: (forumId: string) => readonly Thread[];
  /** Somebody else begins a post. */
  readonly begin: (forumId: string, name: string, content: string) => Thread;
  /** A moderator archives a post, opens it again, or deletes it. */
  readonly archive: (threadId: string, isArchived?: boolean) => void;
  readonly removeThread: (threadId: string) => void;
  readonly gateway: StandInGateway;
  /** Somebody clicks the button with this label; the click shows what came of it. */
  readonly click: (message: Message, label: string, by: Member) => Click;
  /** Somebody sends off the modal that a click opened. */
  readonly submit: (click: Click, values: Readonly<Record<string, string>>) => Click;
};

const GUILD = "1190000000000000001";
export const BOT = "1190000000000000002";
const BOT_ROLE = "1190000000000000005";
const READER = "1190000000000000007";
export const STAND_IN_TOKEN = "MTE5MDAwMDAwMDAwMDAwMDAwMg.stand-in.only-for-tests";

type Running = {
  readonly world: World;
  readonly token: string;
  readonly buckets: Buckets;
  readonly faults: Faults;
  readonly log: LoggedRequest[];
  readonly events: EventEmitter;
  readonly counts: { invalid: number };
  readonly port: () => number;
  readonly gateway: StandInGateway;
};

/** A Discord of one server and one bot, over REST and the gateway, on loopback. It checks what it is sent and what it answers. */
export async function startDiscord(options: StandInOptions = {}): Promise<DiscordStandIn> {
  const world = newWorld(options);
  const server = createServer((request, response) => {
    void serve(running, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const token = options.token ?? STAND_IN_TOKEN;
  const gateway = openStandInGateway(world, server, { token, heartbeatMs: options.heartbeatMs ?? 41_250 });
  const running: Running = {
    world,
    token,
    gateway,
    buckets: openBuckets(world.now, options.limits === undefined ? REPORTED : options.limits),
    faults: openFaults(),
    log: [],
    events: new EventEmitter(),
    counts: { invalid: 0 },
    port: () => (server.address() as AddressInfo).port,
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    ...doorsOf(running),
    [Symbol.asyncDispose]: async () => {
      gateway.end();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function newWorld(options: StandInOptions): World {
  const clock = options.clock ?? systemClock;
  const world: World = {
    guildId: GUILD,
    botId: BOT,
    now: () => clock.now(),
    nonceWindow: options.nonceWindow ?? 180_000,
    roles: [
      { id: GUILD, name: "@everyone", permissions: PERMISSION.view | PERMISSION.send | PERMISSION.history },
      { id: BOT_ROLE, name: "bulletin", permissions: PERMISSION.embed },
    ],
    botRoles: [BOT_ROLE],
    channels: new Map(),
    threads: new Map(),
    messages: [],
    clicks: new Map(),
    nonces: new Map(),
  };
  for (const channel of options.channels ?? []) world.channels.set(channel.id, channelOf(channel));
  return world;
}

const channelOf = ({ id, name, type, overwrites, tags, requireTag }: ChannelSetup): Channel => ({
  id,
  name: name ?? "news",
  type: type ?? 0,
  overwrites: overwrites ?? [],
  tags: tags ?? [],
  requireTag: requireTag ?? false,
});

function doorsOf({
  world,
  token,
  faults,
  log,
  events,
  counts,
  port,
  gateway,
}: Running): Omit<DiscordStandIn, typeof Symbol.asyncDispose> {
  return {
    api: `http://127.0.0.1:${port()}/api`,
    token,
    botId: world.botId,
    guildId: world.guildId,
    botRoleId: BOT_ROLE,
    messages: (channelId) => world.messages.filter((message) => message.channelId === channelId),
    requests: () => log,
    invalidRequests: () => counts.invalid,
    nextOf: async (route) => void (await once(events, route)),
    fault: (route, fault, times = 1) => faults.add(route, fault, times),
    played: faults.played,
    mend: () => faults.clear(),
    addChannel: (channel) => void world.channels.set(channel.id, channelOf(channel)),
    deny: (channelId, permissions) => {
      const channel = world.channels.get(channelId);
      if (channel !== undefined)
        channel.overwrites = [{ id: world.botId, type: 1, allow: 0n, deny: permissions }];
    },
    write: (channelId, content) => addMessage(world, channelId, READER, { content }),
    remove: (messageId) => {
      const index = world.messages.findIndex((message) => message.id === messageId);
      if (index >= 0) world.messages.splice(index, 1);
    },
    threads: (forumId) => [...world.threads.values()].filter(({ parentId }) => parentId === forumId),
    begin: (forumId, title, content) => {
      const thread = addThread(world, channelOf({ id: forumId }), READER, title);
      addMessage(world, thread.id, READER, { content }, thread.id);
      return thread;
    },
    archive: (threadId, isArchived = true) => {
      const thread = world.threads.get(threadId);
      if (thread !== undefined) archive(world, thread, isArchived);
    },
    removeThread: (threadId) => dropThread(world, threadId),
    gateway,
    click: (message, label, by) => told(gateway, clickOn(world, message, label, by)),
    submit: (click, values) => told(gateway, submitOf(world, click, values)),
  };
}

function told(gateway: StandInGateway, { click, event }: { click: Click; event: object }): Click {
  gateway.dispatch("INTERACTION_CREATE", event);
  return click;
}

async function serve(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await bodyOf(request);
  const at = Date.now();
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const path = url.pathname.replace(/^\/api\/v10/, "");
  const route = url.pathname.startsWith("/api/v10/")
    ? ROUTES.find((one) => one.method === request.method && one.pattern.test(path))
    : undefined;
  const body = await parsed(bytes, request.headers["content-type"] ?? "");
  const record = (status: number | null): void => {
    running.log.push({
      method: request.method ?? "",
      path: `${path}${url.search}`,
      route: route?.name ?? null,
      body,
      userAgent: request.headers["user-agent"],
      status,
      at,
    });
    if (route !== undefined) running.events.emit(route.name);
  };
  const answer = answerer(running.counts, response, record);
  if (route?.ownToken !== true && request.headers.authorization !== `Bot ${running.token}`)
    return answer.refuse({ kind: "error", error: API_ERRORS.unauthorized });
  if (request.headers["user-agent"]?.startsWith("DiscordBot (") !== true)
    return answer.refuse({ kind: "error", error: API_ERRORS.badUserAgent });
  if (route === undefined) return answer.refuse({ kind: "error", error: API_ERRORS.notFound });
  const ids = route.pattern.exec(path)?.slice(1) ?? [];
  const verdict = running.buckets.take(route.name, ids[0] ?? "");
  if (verdict.retryAfter !== null) return answer.limit(verdict);
  const act = (): Reply =>
    body === undefined
      ? { kind: "error", error: API_ERRORS.notJson }
      : route.answer({
          world: running.world,
          port: running.port(),
          ids,
          query: url.searchParams,
          body,
          tell: running.gateway.dispatch,
        });
  const fault = running.faults.next(route.name);
  if (fault === null) return answer.reply(act(), verdict.headers);
  return await suffer(fault, act, answer, response, verdict);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The JSON of a body, or of its part `payload_json` where files come along. null: no body; undefined: not JSON. */
async function parsed(bytes: Buffer<ArrayBuffer>, type: string): Promise<unknown> {
  if (bytes.length === 0) return null;
  try {
    if (!type.startsWith("multipart/form-data")) return JSON.parse(bytes.toString("utf8")) as unknown;
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    const part = form.get("payload_json");
    return typeof part === "string" ? (JSON.parse(part) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
