import type { ServerResponse } from "node:http";
import { systemClock } from "../../../src/lib/clock.ts";
import { limited } from "./buckets.ts";
import type { Verdict } from "./buckets.ts";
import type { Fault } from "./faults.ts";
import { errorReply, rateLimitReply } from "./replies.ts";
import type { Reply } from "./routes.ts";

/** The ways in which a request can be answered, or not. */
export type Answerer = {
  readonly reply: (reply: Reply, headers: Readonly<Record<string, string>>) => void;
  readonly refuse: (reply: Reply) => void;
  readonly limit: (verdict: Verdict) => void;
  readonly raw: (status: number, type: string, text: string) => void;
  /** Logs a request that gets no answer. */
  readonly silent: () => void;
};

/** Writes the answer to one request; `record` logs its status, `counts` those that lead to a ban. */
export function answerer(
  counts: { invalid: number },
  response: ServerResponse,
  record: (status: number | null) => void,
): Answerer {
  const write = (status: number, headers: Readonly<Record<string, string>>, body: unknown): void => {
    if (status === 401 || status === 403 || (status === 429 && headers["X-RateLimit-Scope"] !== "shared"))
      counts.invalid += 1;
    record(status);
    const type = body === undefined ? "text/html" : "application/json";
    response.writeHead(status, { "Content-Type": type, ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const reply: Answerer["reply"] = (one, headers) =>
    one.kind === "ok"
      ? write(one.status, headers, one.body)
      : write(one.error.status, headers, errorReply(one.error));
  return {
    reply,
    refuse: (one) => reply(one, {}),
    limit: ({ headers, retryAfter, global }) => write(429, headers, rateLimitReply(retryAfter ?? 0, global)),
    raw: (status, type, text) => {
      record(status);
      response.writeHead(status, { "Content-Type": type }).end(text);
    },
    silent: () => record(null),
  };
}

/** Plays a fault on one request. */
export async function suffer(
  fault: Fault,
  act: () => Reply,
  answer: Answerer,
  response: ServerResponse,
  verdict: Verdict,
): Promise<void> {
  if (fault.kind.startsWith("created")) {
    const reply = act();
    // What is refused was not created: the refusal is told.
    if (reply.kind === "error") return answer.reply(reply, verdict.headers);
  }
  switch (fault.kind) {
    case "none":
      return answer.reply(act(), verdict.headers);
    case "created-then-500":
      return answer.raw(500, "application/json", '{"message": "500: Internal Server Error", "code": 0}');
    case "created-then-cut":
    case "cut":
      answer.silent();
      response.destroy();
      return;
    case "created-then-hang":
    case "hang":
      return answer.silent();
    case "created-then-half":
      answer.silent();
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "5000" });
      response.write('{"id":');
      return;
    case "slow":
      await systemClock.sleep(fault.ms);
      return answer.reply(act(), verdict.headers);
    case "error":
      return answer.reply({ kind: "error", error: fault.error }, verdict.headers);
    case "5xx":
      return answer.raw(fault.status, "text/plain", "upstream connect error");
    case "html":
      return answer.raw(fault.status, "text/html", "<title>Attention Required!</title>");
    case "429":
      return answer.limit(
        limited(fault.retryAfter * 1000, fault.scope === "global", fault.scope, verdict.headers),
      );
    default:
      return fault satisfies never;
  }
}
