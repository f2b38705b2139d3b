import { request } from "node:http";
import { serve } from "../lib/http/servers.ts";

/** The operator's public address: a proxy on loopback that leads to whoever listens behind it. */
export type FrontDoor = AsyncDisposable & {
  readonly url: string;
  /** The addresses behind it, in turn; none: nobody is there. */
  readonly leadTo: (...urls: readonly string[]) => void;
};

export async function openFrontDoor(): Promise<FrontDoor> {
  let behind: readonly string[] = [];
  let asked = 0;
  const server = await serve((incoming, response) => {
    const to = behind[asked++ % Math.max(1, behind.length)];
    if (to === undefined) return void response.writeHead(502).end();
    const { method, headers } = incoming;
    const passed = request(new URL(incoming.url ?? "/", to), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    incoming.pipe(passed);
  });
  return {
    url: server.url,
    leadTo: (...urls) => (behind = urls),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
