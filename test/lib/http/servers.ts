import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Clock } from "../../../src/domain/types.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { openHttp } from "../../../src/lib/http.ts";
import type { Http, HttpOptions, HttpRequest } from "../../../src/lib/http.ts";
import { limits } from "../../support/limits.ts";

export const USER_AGENT = "Bulletin/1.0 (+desk@news.example)";

/** A server on loopback that counts its connections and keeps what it was asked. */
export type LocalServer = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  readonly address: string;
  readonly asked: readonly IncomingMessage[];
  readonly connections: () => number;
};

export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LocalServer> {
  const asked: IncomingMessage[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    asked.push(request);
    answer(request, response);
  });
  return listening(server, asked);
}

/** A server that speaks raw TCP, for answers that node:http would not send. */
export const serveRaw = (answer: (socket: Socket) => void): Promise<LocalServer> =>
  listening(
    createTcpServer((socket) => {
      socket.on("error", () => undefined);
      answer(socket);
    }),
    [],
  );

async function listening(server: Server, asked: readonly IncomingMessage[]): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    address: `127.0.0.1:${port}`,
    asked,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An Http that may reach `servers` and nothing else on this machine. */
export const httpFor = (servers: readonly LocalServer[], options: Partial<HttpOptions> = {}): Http =>
  openHttp({
    userAgent: USER_AGENT,
    limits,
    network: { allow: servers.map(({ address }) => address), ports: [] },
    hostGap: 0,
    clock: systemClock,
    ...options,
  });

export const request = (url: string, rest: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  maxBytes: limits.feedBytes,
  totalMs: limits.feedMs,
  ...rest,
});

/** A clock whose sleeps pass at once and move it on by as much: waits can be read off it. */
export function hurryingClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    monotonic: () => now,
    random: () => 0.5,
    sleep: async (ms, signal) => {
      if (signal?.aborted !== true) now += ms;
      await Promise.resolve();
    },
  };
}
