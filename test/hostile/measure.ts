import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { serve } from "../lib/http/servers.ts";
import type { HostileCase } from "./cases.ts";
import { soundSite } from "./sound.ts";

/** What one case cost the bot. */
export type Cost = {
  /** The longest CPU time of one turn of its event loop. */
  readonly heldMs: number;
  /** Of its memory (RSS, threads and all) over the start of the case. */
  readonly growthMb: number;
  readonly residentMb: number;
};

/** Runs the bot in a process of its own against each case in turn; `tell` hears of each as it ends. */
export async function measure(
  cases: readonly HostileCase[],
  tell: (one: HostileCase, cost: Cost) => void,
): Promise<void> {
  await using good = await soundSite();
  await using hostile = await serve((request, response) => {
    const [, number = "", path = ""] = /^\/(\d+)(\/.*)$/u.exec(request.url ?? "") ?? [];
    const one = cases[Number(number)];
    if (one === undefined || number === "") return void response.writeHead(404).end();
    const site = `http://${request.headers.host ?? ""}/${number}`;
    one.give(path, response, site);
  });
  const script = new URL("./child.ts", import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    ["--expose-gc", script, good.url, hostile.url, String(cases.length)],
    {
      stdio: ["ignore", "pipe", "inherit"],
      // No child of the test runner: its store is a file of its own.
      env: { ...process.env, VITEST: undefined },
    },
  );
  const ended = once(child, "close");
  let at = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const one = cases[at++];
    if (one !== undefined) tell(one, JSON.parse(line) as Cost);
  }
  await ended;
  if (at !== cases.length) throw new Error(`the bot ended at ${cases[at]?.name ?? "?"}`);
}
