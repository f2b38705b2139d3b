import { AdminError } from "./domain/errors.ts";
import type { Operator } from "./operator/operator.ts";
import { hubDoor } from "./operator/websub.ts";

/**
 * Listens for hubs where the config gives a public address; null: it gives none, or another process of this machine
 * listens there. Pushes are a gain, not a need: what keeps us from hearing them is logged, and feeds are polled.
 */
export async function openHubs(operator: Operator): Promise<(AsyncDisposable & { url: string }) | null> {
  const { config, log } = operator.context;
  const { websub, limits } = config();
  if (websub === null) return null;
  const { openHubListener } = await import("./web/websub.ts");
  try {
    const { host, port } = websub;
    return await openHubListener({ host, port, limits, log, door: hubDoor(operator) });
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    log.warn(`Hubs cannot reach this process, feeds are polled as ever. ${error.message}`);
    return null;
  }
}
