import type { Socket } from "node:net";
import { Agent, buildConnector, WebSocket } from "undici";
import type { Millis } from "../../domain/types.ts";

export type TextSocket = {
  /** Only after the other side has spoken: before that there may be no connection. */
  readonly send: (text: string) => void;
  /** Says goodbye with a code of 3000 to 4999, and waits for the other side's. */
  readonly close: (code: number) => void;
  /** Ends it at once, whatever the other side does. */
  readonly kill: () => void;
};

export type SocketEvents = {
  readonly text: (text: string) => void;
  /** Told once, also when there never was a connection (1006). */
  readonly closed: (code: number) => void;
};

/**
 * A WebSocket (RFC 6455) for texts, to an address that the config or a trusted service gave: it does not pass the
 * address guard. Throws when the address is none; every other failure is `closed`.
 */
export function openTextSocket(url: string, connectMs: Millis, events: SocketEvents): TextSocket {
  const wire: { socket: Socket | null; isKilled: boolean } = { socket: null, isKilled: false };
  const connect = buildConnector({ timeout: connectMs, allowH2: false });
  const agent = new Agent({
    connect: (options, callback) =>
      connect(options, (...[error, socket]) => {
        wire.socket = socket;
        if (wire.isKilled) socket?.destroy();
        if (error === null) callback(null, socket);
        else callback(error, null);
      }),
  });
  const kill = (): void => {
    wire.isKilled = true;
    wire.socket?.destroy();
    void agent.destroy().catch(() => {});
  };
  const socket = new WebSocket(url, { dispatcher: agent });
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") events.text(data);
  });
  socket.addEventListener("close", ({ code }) => {
    kill();
    events.closed(code);
  });
  return { send: (text) => socket.send(text), close: (code) => socket.close(code), kill };
}
