import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { guildReply, meReply } from "./replies.ts";
import type { World } from "./world.ts";

export type GatewayCounts = { identified: number; resumed: number; beats: number };

export type StandInGateway = {
  /** Sends an event to every session; one that is away gets it when it resumes. */
  readonly dispatch: (name: string, data: object) => void;
  /** How many connections have a session. */
  readonly connected: () => number;
  readonly counts: Readonly<GatewayCounts>;
  /** The intents of every IDENTIFY. */
  readonly intents: readonly unknown[];
  /** Drops the line without a word. */
  readonly cut: () => void;
  readonly close: (code: number) => void;
  /** Op 7: connect again. */
  readonly askToReconnect: () => void;
  /** Op 9; not resumable: the sessions are gone. */
  readonly invalidate: (resumable: boolean) => void;
  /** Answers no heartbeat any more on the lines that are open. */
  readonly fallSilent: () => void;
  /** Hears nothing any more on the lines that are open, not even a goodbye. */
  readonly freeze: () => void;
  readonly end: () => void;
};

export type GatewayOptions = {
  readonly token: string;
  readonly heartbeatMs: number;
};

type Event = { readonly s: number; readonly t: string; readonly d: object };
type Session = { readonly id: string; readonly events: Event[]; line: Line | null };
type Line = { readonly socket: WebSocket; session: Session | null; isSilent: boolean; isClosed: boolean };

/** The gateway of the stand-in, on the same port: version 10 in JSON, without compression. */
export function openStandInGateway(world: World, server: Server, options: GatewayOptions): StandInGateway {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const lines = new Set<Line>();
  const counts: GatewayCounts = { identified: 0, resumed: 0, beats: 0 };
  const intents: unknown[] = [];
  const say = (line: Line, op: number, d: unknown, event?: Event): void =>
    line.socket.send(JSON.stringify({ op, d, s: event?.s ?? null, t: event?.t ?? null }));
  const tell = (session: Session, t: string, d: object): void => {
    const event = { s: session.events.length + 1, t, d };
    session.events.push(event);
    if (session.line !== null) say(session.line, 0, d, event);
  };
  const begin = (line: Line): void => {
    const session: Session = { id: randomUUID(), events: [], line };
    sessions.set(session.id, session);
    line.session = session;
    counts.identified += 1;
    tell(session, "READY", readyOf(world, session.id, (server.address() as AddressInfo).port));
    tell(session, "GUILD_CREATE", {
      ...guildReply(world),
      unavailable: false,
      member_count: 3,
      channels: [],
    });
  };
  const resume = (line: Line, { session_id: id, seq }: Said): void => {
    const session = sessions.get(String(id));
    if (session === undefined || Number(seq) > session.events.length) return say(line, 9, false);
    session.line = line;
    line.session = session;
    counts.resumed += 1;
    for (const event of session.events.slice(Number(seq))) say(line, 0, event.d, event);
    tell(session, "RESUMED", {});
  };
  const hear = (line: Line, { op, d }: { readonly op: unknown; readonly d: Said | null }): void => {
    if (op === 1) {
      counts.beats += 1;
      return line.isSilent ? undefined : say(line, 11, null);
    }
    if (op !== 2 && op !== 6) return line.socket.close(line.session === null ? 4003 : 4001);
    if (line.session !== null) return line.socket.close(4005);
    if (d?.token !== options.token) return line.socket.close(4004);
    if (op === 6) return resume(line, d);
    intents.push(d.intents);
    return Number.isInteger(d.intents) ? begin(line) : line.socket.close(4013);
  };
  sockets.on("connection", (socket: WebSocket, { url = "" }) => {
    const { searchParams } = new URL(url, "http://127.0.0.1");
    if (searchParams.get("v") !== "10" || searchParams.get("encoding") !== "json") return socket.close(4012);
    const line: Line = { socket, session: null, isSilent: false, isClosed: false };
    lines.add(line);
    socket.on("message", (data) => {
      const said = parsed(data);
      if (said === null) socket.close(4002);
      else hear(line, said);
    });
    socket.on("close", (code) => {
      lines.delete(line);
      if (line.session?.line === line) line.session.line = null;
      // A bot that leaves with one of these does not come back.
      if (!line.isClosed && line.session !== null && (code === 1000 || code === 1001))
        sessions.delete(line.session.id);
    });
    say(line, 10, { heartbeat_interval: options.heartbeatMs, _trace: [] });
  });
  server.on("upgrade", (request, socket, head) => {
    if (!(request.url ?? "").startsWith("/gateway")) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened, request));
  });
  const each = (act: (line: Line) => void): void => {
    for (const line of lines) act(line);
  };
  return {
    dispatch: (name, data) => {
      for (const session of sessions.values()) tell(session, name, data);
    },
    connected: () => [...lines].filter(({ session }) => session !== null).length,
    counts,
    intents,
    cut: () => each(({ socket }) => socket.terminate()),
    close: (code) =>
      each((line) => {
        line.isClosed = true;
        line.socket.close(code);
      }),
    askToReconnect: () => each((line) => say(line, 7, null)),
    invalidate: (resumable) => {
      if (!resumable) sessions.clear();
      each((line) => say(line, 9, resumable));
    },
    fallSilent: () => each((line) => void (line.isSilent = true)),
    freeze: () => each(({ socket }) => socket.pause()),
    end: () => {
      each(({ socket }) => socket.terminate());
      sockets.close();
    },
  };
}

type Said = {
  readonly token?: unknown;
  readonly intents?: unknown;
  readonly session_id?: unknown;
  readonly seq?: unknown;
};

function parsed(data: RawData): { readonly op: unknown; readonly d: Said | null } | null {
  try {
    return JSON.parse((data as Buffer).toString("utf8")) as { op: unknown; d: Said | null };
  } catch {
    return null;
  }
}

const readyOf = (world: World, sessionId: string, port: number): object => ({
  v: 10,
  user: meReply(world),
  guilds: [{ id: world.guildId, unavailable: true }],
  session_id: sessionId,
  resume_gateway_url: `ws://127.0.0.1:${port}/gateway/resume`,
  application: { id: world.botId, flags: 0 },
});
