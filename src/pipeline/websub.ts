import { STATUS_CODES } from "node:http";
import type { Millis } from "../domain/types.ts";
import { requestForm } from "../feeds/websub.ts";
import type { HttpResponse } from "../lib/http.ts";
import { oneLine } from "../lib/text.ts";
import type { WebsubRow } from "../store/tables.ts";
import { claimTopics, endTopic, settleTopic, wakeTopics } from "../store/websub.ts";
import type { Context } from "./context.ts";

const HOUR: Millis = 3_600_000;
/** A hub that says no, or never calls back, is asked ever more rarely: after an hour, and at last once a day. */
const LONGEST_WAIT: Millis = 24 * HOUR;
/** A hub that does not take our farewell forgets us when the lease is over. */
const FAREWELLS = 3;
/** How often it is looked for feeds that were removed or paused. */
const SWEEP: Millis = 60_000;
const ANSWER_BYTES = 2_000;
const REASON_LENGTH = 200;

export type Topics = {
  /** Takes up to `room` topics whose hub is to be asked now; none unless the config gives a public address. */
  readonly claim: (room: number, except: readonly string[]) => Promise<readonly WebsubRow[]>;
};

export function openTopics(context: Context): Topics {
  let sweepAt = -Infinity;
  return {
    claim: async (room, except) => {
      const { store, clock } = context;
      const { websub, timing } = context.config();
      if (websub === null) return [];
      const now = clock.now();
      if (clock.monotonic() >= sweepAt) {
        await wakeTopics(store, websub.address, now);
        sweepAt = clock.monotonic() + SWEEP;
      }
      return await claimTopics(store, { now, lease: timing.lease, address: websub.address }, room, except);
    },
  };
}

/**
 * Asks a hub for a claimed topic: to push it, again before the lease is over, or no more (W3C WebSub, 5.1). Its answer
 * settles nothing yet: the hub calls back. Foreign data decides where this goes, so it goes through the guard.
 */
export async function askHub(context: Context, row: WebsubRow): Promise<void> {
  const { http, store, clock, signal } = context;
  const { limits } = context.config();
  const isOver = row.leaseUntil === null || row.leaseUntil <= clock.now() || row.failures >= FAREWELLS;
  if (row.wanted === 0 && isOver) return void (await endTopic(store, row.token, row.topic));
  const callback = `${row.address ?? ""}/${row.token}`;
  const form = requestForm(row.wanted === 1 ? "subscribe" : "unsubscribe", { ...row, callback });
  const request = { url: row.hub, form, maxBytes: ANSWER_BYTES, truncate: true, totalMs: limits.pageMs };
  const response = await http.post({ ...request, signal });
  const now = clock.now();
  const { failures } = row;
  if (signal.aborted) return await settleTopic(store, row, { dueAt: now, failures, reason: row.reason });
  if (response.kind === "failed" && response.pausedUntil !== undefined)
    return await settleTopic(store, row, {
      dueAt: response.pausedUntil,
      failures,
      reason: response.reason,
    });
  const wait = Math.min(LONGEST_WAIT, HOUR * 2 ** Math.min(failures, 10)) * (1 + clock.random() / 10);
  const reason = reasonOf(response, callback);
  await settleTopic(store, row, { dueAt: Math.ceil(now + wait), failures: failures + 1, reason });
  context.log.info("asked a hub", { hub: row.hub, topic: row.topic, wanted: row.wanted === 1, reason });
}

/** How it stands until the hub calls back. */
function reasonOf(response: HttpResponse, callback: string): string {
  if (response.kind === "failed") return response.reason;
  const { status, body } = response;
  if (status >= 200 && status < 300)
    return `the hub took the request, but has not called back at ${new URL(callback).origin} yet`;
  const said = oneLine(new TextDecoder().decode(body)).slice(0, REASON_LENGTH);
  const name = STATUS_CODES[status] ?? "";
  return `the hub answers ${`${status} ${name}`.trim()}${said === "" || said.startsWith("<") ? "" : `: ${said}`}`;
}

/** Asking that threw is a bug or a broken machine: the row waits like any that failed. */
export async function askHubFailed(context: Context, row: WebsubRow, error: unknown): Promise<void> {
  context.log.error("asking a hub broke", { hub: row.hub, error });
  const dueAt = context.clock.now() + HOUR;
  await settleTopic(context.store, row, { dueAt, failures: row.failures + 1, reason: "internal error" });
}
