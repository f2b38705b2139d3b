import { subscribe } from "node:diagnostics_channel";
import type { Life } from "./plan.ts";

type Sent = { readonly request: { readonly method: string; readonly path: string } };

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^POST \S*\/channels\/\d+\/messages$/u, "create"],
  [/^POST \S*\/crosspost$/u, "crosspost"],
  [/^DELETE \S*\/messages\/\d+$/u, "delete"],
  [/^POST \S*\/channels\/\d+\/threads$/u, "createThread"],
  [/^GET \S*\/threads\//u, "threads"],
  [/^DELETE \S*\/channels\/\d+$/u, "deleteThread"],
  [/^GET \S*\/channels\/\d+\/messages/u, "history"],
  [/^POST \S*\.uploadBlob/u, "uploadBlob"],
  [/^POST \S*\.putRecord/u, "putRecord"],
  [/^POST \S*\.deleteRecord/u, "deleteRecord"],
  [/^GET \S*\/feed\//u, "feed"],
];

const STAGES: readonly (readonly [string, string])[] = [
  ["undici:request:create", "before"],
  ["undici:request:bodySent", "sent"],
  ["undici:request:headers", "inside the answer to"],
  ["undici:request:trailers", "after"],
];

/** Passes the points of every request of undici's, which all clients of the program go through. */
export function watchRequests({ pass }: Life): void {
  for (const [channel, stage] of STAGES)
    subscribe(channel, (message) => {
      const { method, path } = (message as Sent).request;
      const name = NAMES.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1];
      if (name !== undefined) pass(`${stage} ${name}`);
    });
}
