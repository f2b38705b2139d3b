import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { AdminError } from "../domain/errors.ts";
import type { Millis } from "../domain/types.ts";

export type Listening = AsyncDisposable & { readonly url: string };

type Where = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** How many ports to try, counting up from `port`. */
  readonly tries: number;
  /** How long a request may take to come in; Node's own times unless said. */
  readonly times?: { readonly headersTimeout: Millis; readonly requestTimeout: Millis };
};

/**
 * Serves an app at the first free port of `port` to `port + tries - 1`. Disposing closes the port and every
 * connection at once. Throws AdminError when no port is free or the host cannot be bound.
 */
export async function listen(app: Hono, where: Where): Promise<Listening> {
  for (let port = where.port; port < where.port + where.tries && port <= 65_535; port++) {
    const opened = await tryListen(app, where, port);
    if (opened !== "taken") return opened;
  }
  const last = where.port + where.tries - 1;
  const range = where.tries > 1 ? `Every port from ${where.port} to ${last}` : `Port ${where.port}`;
  throw new AdminError(`${range} of ${where.host} is taken: stop what uses it, or choose another port.`);
}

async function tryListen(app: Hono, { host, times }: Where, port: number): Promise<Listening | "taken"> {
  // The adapter would otherwise put its own Request and Response in place of Node's, for the whole process.
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: { ...times },
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EADDRINUSE") return "taken";
    throw new AdminError(
      `Cannot listen on ${host}:${port} (${code ?? String(error)}): choose another address.`,
    );
  }
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
