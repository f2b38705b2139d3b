import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between programs and their database, so that a test can take it away from them. */
export type PostgresProxy = AsyncDisposable & {
  /** The database's address by way of the proxy, without its password. */
  readonly url: string;
  /** Breaks every connection and takes no new ones. */
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
};

export async function openPostgresProxy(url: string): Promise<PostgresProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = reach(url);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => sockets.delete(one));
    }
    near.pipe(far);
    far.pipe(near);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const cut = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  const { username, pathname } = new URL(url);
  return {
    url: `postgres://${username}@127.0.0.1:${port}${pathname}`,
    cut,
    mend: async () => void (await listen(port)),
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await cut();
    },
  };
}

/** A connection to the server of this address, which may name a folder with its socket. */
function reach(url: string): Socket {
  const { hostname, port, searchParams } = new URL(url);
  const folder = searchParams.get("host");
  const number = port === "" ? 5432 : Number(port);
  return folder === null ? connect(number, hostname) : connect(`${folder}/.s.PGSQL.${number}`);
}
