import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { reasonOf } from "../domain/errors.ts";
import type { Limits, Log } from "../domain/types.ts";
import type { HubDoor, PushOutcome } from "../operator/websub.ts";
import { listen, type Listening } from "./listen.ts";

export type HubListenerOptions = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly limits: Limits;
  readonly door: HubDoor;
  readonly log: Log;
};

/**
 * Listens for hubs, and for nobody else: a listener of its own, so that nothing of the page can be reached through the
 * public address that leads here. Throws AdminError when the port is taken or the host cannot be bound.
 */
export function openHubListener({ host, port, limits, ...rest }: HubListenerOptions): Promise<Listening> {
  const times = { headersTimeout: limits.headersMs, requestTimeout: limits.pageMs };
  return listen(hubApp(rest), { host, port, tries: 1, times });
}

const STATUS: Readonly<Record<PushOutcome, 202 | 410 | 413>> = { taken: 202, unknown: 410, "too large": 413 };

/**
 * The listener without a port. Only the last part of a path counts, whatever a proxy puts before it; without a token
 * that we gave there is nothing here. A challenge goes back as bytes that no browser takes for a page (W3C WebSub, 8.2).
 */
export function hubApp({ door, log }: Pick<HubListenerOptions, "door" | "log">): Hono {
  const app = new Hono();
  app.use(secureHeaders({ strictTransportSecurity: false }));
  app.get("*", async (c) => {
    const query = (name: string) => c.req.query(`hub.${name}`) ?? "";
    const word = {
      mode: query("mode"),
      topic: query("topic"),
      challenge: query("challenge"),
      lease: query("lease_seconds"),
      reason: query("reason"),
    };
    const answer = await door.hear(tokenOf(c.req.path), word);
    return answer === null
      ? c.body(null, 404)
      : c.body(answer, 200, { "content-type": "application/octet-stream" });
  });
  app.post("*", async (c) => {
    const signature = c.req.header("x-hub-signature") ?? "";
    const outcome = await door.push(tokenOf(c.req.path), signature, c.req.raw.body ?? nothing());
    return c.body(null, STATUS[outcome]);
  });
  app.onError((error, c) => {
    log.error("hearing a hub failed", { error: reasonOf(error) });
    return c.body(null, 500);
  });
  return app;
}

const tokenOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

async function* nothing(): AsyncGenerator<Uint8Array> {}
