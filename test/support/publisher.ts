import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../src/lib/clock.ts";
import { type Http, openHttp } from "../../src/lib/http.ts";
import { limits } from "./limits.ts";

/** A web server on loopback, and a guarded client that may reach it. */
export type Publisher = AsyncDisposable & { readonly url: string; readonly http: Http };

export async function openPublisher(listener: RequestListener): Promise<Publisher> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const network = { allow: [`127.0.0.1:${port}`], ports: [80, 443] };
  const http = openHttp({ userAgent: "bulletin-test", limits, network, hostGap: 0, clock: systemClock });
  return {
    url: `http://127.0.0.1:${port}`,
    http,
    [Symbol.asyncDispose]: async () => {
      await http[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
