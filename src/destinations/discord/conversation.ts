import type { Clock, Millis } from "../../domain/types.ts";
import { openTextSocket, type TextSocket } from "../../lib/http/socket.ts";
import { frame, hello, OP, ready } from "./frames.ts";

/** Where a conversation broke off, for the next one to take up. */
export type Session = { readonly id: string; readonly url: string; readonly seq: number };

export type ConversationOptions = {
  readonly url: string;
  readonly token: string;
  /** null: a new session is begun. */
  readonly session: Session | null;
  readonly clock: Clock;
  /** To connect, and once more until the session stands. */
  readonly patience: Millis;
  /** Ends it so that it can be resumed. */
  readonly signal: AbortSignal;
  /** The session as far as it is heard. */
  readonly keep: (session: Session) => void;
  readonly event: (name: string, data: unknown) => void;
};

export type End = {
  /** What the next one does: take the session up, begin a new one, or nothing, as it would only be refused again. */
  readonly next: "resume" | "identify" | "stop";
  readonly reason: string;
  /** It was in order for a while. */
  readonly wasReady: boolean;
};

const GUILDS = 1 << 0;
/** With 1000 or 1001 Discord would forget the session. */
const GOODBYE = 4200;
const GOODBYE_MS: Millis = 1_000;

/** What a code of Discord's says of the next try (https://docs.discord.com/developers/topics/opcodes-and-status-codes). */
const STOP = new Map([
  [4004, "Discord refuses the bot's token"],
  [4010, "the shard is not valid"],
  [4011, "the bot is in so many servers that it must be split"],
  [4012, "this version of the gateway is over"],
  [4013, "the intents are not valid"],
  [4014, "the intents are not allowed"],
]);
const ANEW = new Set([4003, 4005, 4007, 4009]);

/** One connection to Discord's gateway, from its address to its end. Never throws. */
export async function converse(options: ConversationOptions): Promise<End> {
  const { clock, signal } = options;
  const over = new AbortController();
  const ended = Promise.withResolvers<Omit<End, "wasReady">>();
  const closed = Promise.withResolvers<void>();
  const finish = (next: End["next"], reason: string): void => {
    over.abort();
    ended.resolve({ next, reason });
  };
  const told = listener(options, finish, over.signal);
  let socket: TextSocket;
  try {
    socket = openTextSocket(withVersion(options.url), options.patience, {
      text: (text) => told.hear(text, socket),
      closed: (code) => {
        closed.resolve();
        finish(...afterClose(code));
      },
    });
  } catch {
    return { next: "identify", reason: `${options.url} is no address of a gateway`, wasReady: false };
  }
  const stop = (): void => finish("resume", "the program ends");
  signal.addEventListener("abort", stop, { once: true });
  const wait = async (): Promise<void> => {
    await clock.sleep(2 * options.patience, over.signal);
    if (!told.isReady()) finish("resume", "no session within the time");
  };
  void wait();
  const end = await ended.promise;
  signal.removeEventListener("abort", stop);
  socket.close(GOODBYE);
  await Promise.race([closed.promise, clock.sleep(GOODBYE_MS)]);
  socket.kill();
  return { ...end, wasReady: told.isReady() };
}

function withVersion(url: string): string {
  const address = new URL(url);
  address.searchParams.set("v", "10");
  address.searchParams.set("encoding", "json");
  return address.href;
}

function afterClose(code: number): [End["next"], string] {
  const why = STOP.get(code);
  if (why !== undefined) return ["stop", `${why} (${code})`];
  return [ANEW.has(code) ? "identify" : "resume", `closed (${code})`];
}

type Listener = {
  readonly hear: (text: string, socket: TextSocket) => void;
  readonly isReady: () => boolean;
};

/** What is heard of Discord, and what is said to it. */
function listener(
  { token, session, clock, keep, event }: ConversationOptions,
  finish: (next: End["next"], reason: string) => void,
  over: AbortSignal,
): Listener {
  const now = { session, seq: session?.seq ?? null, isReady: false, isAnswered: true };
  const say = (socket: TextSocket, op: number, d: unknown): void => socket.send(JSON.stringify({ op, d }));
  const greet = (socket: TextSocket): void =>
    now.session === null
      ? say(socket, OP.identify, { token, intents: GUILDS, properties: PROPERTIES })
      : say(socket, OP.resume, { token, session_id: now.session.id, seq: now.seq });
  const beat = async (socket: TextSocket, interval: Millis): Promise<void> => {
    // The first beat comes at a moment by chance, so that not all bots beat at once.
    for (let wait = interval * clock.random(); ; wait = interval) {
      await clock.sleep(wait, over);
      if (over.aborted) return;
      if (!now.isAnswered) return finish("resume", "a heartbeat got no answer");
      now.isAnswered = false;
      say(socket, OP.heartbeat, now.seq);
    }
  };
  const dispatch = (name: string, data: unknown): void => {
    if (name === "READY") {
      const { session_id: id, resume_gateway_url: url } = ready.parse(data);
      now.session = { id, url, seq: now.seq ?? 0 };
    }
    if (name === "READY" || name === "RESUMED") now.isReady = true;
    if (now.session !== null) keep({ ...now.session, seq: now.seq ?? 0 });
    event(name, data);
  };
  const hear = (text: string, socket: TextSocket): void => {
    if (over.aborted) return;
    const { op, d, s, t } = frame.parse(JSON.parse(text));
    now.seq = s ?? now.seq;
    if (op === OP.dispatch) return dispatch(t ?? "", d);
    if (op === OP.heartbeat) return say(socket, OP.heartbeat, now.seq);
    if (op === OP.reconnect) return finish("resume", "Discord asks to connect again");
    if (op === OP.invalidSession)
      return finish(d === true ? "resume" : "identify", "Discord does not know the session");
    if (op === OP.heartbeatAck) now.isAnswered = true;
    if (op === OP.hello) {
      const interval = hello.parse(d).heartbeat_interval;
      beat(socket, interval).catch(() => finish("resume", "the line broke"));
      greet(socket);
    }
  };
  return {
    isReady: () => now.isReady,
    hear: (text, socket) => {
      try {
        hear(text, socket);
      } catch {
        finish("resume", "Discord says what makes no sense");
      }
    },
  };
}

const PROPERTIES = { os: "node", browser: "bulletin", device: "bulletin" };
