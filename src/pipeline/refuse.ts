import type { Destination, SendResult } from "../domain/types.ts";
import { stopDestinations } from "../store/destinations.ts";
import type { Context } from "./context.ts";
import type { Step } from "./step.ts";

/** The destination, or its whole account, cannot be used: it stops and says so, and its deliveries wait. */
export async function refuse(
  context: Context,
  destination: Destination,
  { scope, reason }: Extract<SendResult, { kind: "refused" }>,
): Promise<Step> {
  const wholeAccount = scope === "account";
  const where = { id: destination.id, wholeAccount };
  const what = wholeAccount ? `${destination.name}, with all of its account,` : destination.name;
  const notice = `${what} was stopped: ${reason}. What waits is kept. When that is mended: bulletin resume ${destination.id}`;
  await stopDestinations(context.store, where, "stopped", reason, context.clock.now(), notice);
  return { kind: "wait", until: context.clock.now() };
}
